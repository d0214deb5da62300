// The first page: all lists.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { cappedText, dayOf, type Html, titleOf, visible } from '../part/text.ts'
import { allLists, paths } from '../paths.ts'
import type { ListLine } from '../read/lists.ts'

export interface ListsView {
  readonly lists: readonly ListLine[]
  readonly countMax: number
  /** There are any on this server. */
  readonly builds: boolean
}

export const listsPage = ({ lists, countMax, builds }: ListsView): Html =>
  frame({
    title: 'Threadwork: mailing lists',
    all: lists.length > 0 && lists.every(({ name }) => name !== allLists),
    skipTo: 'lists',
    main: html`<h1>Mailing lists</h1>
<p class="meta"><span>Patches and bugs, from the mails of each list</span> ${builds ? html`<a href="${paths.queue()}">Builds</a>` : ''}</p>
${
  lists.length === 0
    ? html`<p>No list is configured. <code>threadwork init</code> writes a configuration with one; a list appears here once the server knows it.</p>`
    : html`<div class="card"><table class="flat"><thead><tr><th scope="col">List</th><th scope="col">Open patchsets</th><th scope="col">Open bugs</th><th scope="col" class="num">Last mail</th></tr></thead>
<tbody>${lists.map(list => row(list, countMax))}</tbody></table></div>`
}`,
  })

const row = (list: ListLine, max: number): Html =>
  html`<tr><th scope="row" class="sub"><a href="${paths.list(list.name)}">${titleOf(list.name)}</a><br><span class="soft">${visible(list.description || list.address)}</span></th><td><a href="${paths.list(list.name)}">${cappedText(list.patchsets, max, 'patchset')}</a></td><td><a href="${paths.bugs(list.name)}">${cappedText(list.bugs, max, 'bug')}</a></td><td class="num n">${list.lastSaid === null ? 'no mail yet' : dayOf(list.lastSaid)}</td></tr>
`
