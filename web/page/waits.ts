// Whose turn it is: everything open on a list by how long it waits, and the same of one person.
import { html } from 'hono/html'
import { filledChip } from '../part/chip.ts'
import { frame } from '../part/frame.ts'
import { personLink } from '../part/person-link.ts'
import { sentence } from '../part/standing.ts'
import { countText, dayOf, type Html, nameOf, titleOf, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { WaitRow } from '../read/waits.ts'

export interface WaitsView {
  readonly list: ListRow
  readonly rows: readonly WaitRow[]
  readonly next: string | null
  readonly continued: boolean
  /** Milliseconds; days are counted to here. */
  readonly now: number
}

export const waitsPage = ({ list, rows, next, continued, now }: WaitsView): Html =>
  frame({
    title: 'whose turn it is',
    list,
    here: 'home',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Whose turn' }],
    skipTo: 'list',
    main: html`<h1>Whose turn it is</h1>
<p class="meta"><span>Every open patchset and bug, the longest wait first. A name leads to all that waits for that person.</span></p>
${rows.length === 0 ? html`<p>${continued ? 'That was all.' : 'Nothing waits for anybody.'} <a href="${paths.list(list.name)}">What is open on ${list.name}</a></p>` : waitTable(list.name, rows, now)}
${next === null ? '' : html`<nav class="near" aria-label="Pages"><span></span> <span></span> <a href="${paths.waits(list.name, next)}" rel="next">Shorter waits →</a></nav>`}`,
  })

export interface PersonView {
  readonly list: ListRow
  readonly address: string
  readonly here: readonly WaitRow[]
  readonly elsewhere: readonly WaitRow[]
  readonly now: number
}

export function personPage({ list, address, here, elsewhere, now }: PersonView): Html {
  const known = here[0]?.standing.waits ?? elsewhere[0]?.author
  const name = known ? nameOf(known) : html`<bdi>${visible(address)}</bdi>`
  const half = (id: string, words: string, rows: readonly WaitRow[], none: string) =>
    html`<section aria-labelledby="${id}"><div class="hd"><h2 id="${id}">${words}</h2></div>
${rows.length === 0 ? html`<p class="soft">${none}</p>` : waitTable(list.name, rows, now)}</section>`
  return frame({
    title: `what waits for ${visible(known?.name || address)}`,
    list,
    here: 'home',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: 'Whose turn', path: paths.waits(list.name) },
      { text: known?.name || address },
    ],
    skipTo: 'list',
    main: html`<h1>${name}</h1>
<p class="meta"><span><bdi>${visible(address)}</bdi></span> <a href="${paths.search(list.name, `f:${address}`)}">Mails</a></p>
${half('h-here', 'Waits for this person', here, 'Nothing.')}
${half('h-elsewhere', 'Waits for others', elsewhere, 'Nothing that this person posted or reported waits for somebody else.')}`,
  })
}

const waitTable = (list: string, rows: readonly WaitRow[], now: number): Html =>
  html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">What, and why</th><th scope="col" class="wide">Whose turn</th><th scope="col" class="num thin">Since</th></tr></thead>
<tbody>${rows.map(row => waitRow(list, row, now))}</tbody></table></div>`

function waitRow(list: string, { id, title, author, standing }: WaitRow, now: number): Html {
  const { since = 0 } = standing
  const days = Math.max(0, Math.floor((now - since) / 86_400_000))
  return html`<tr><td class="full"><a class="s" href="${paths.mail(list, id)}">${titleOf(title)}</a> <span class="soft">${personLink(list, author)}</span><br>${filledChip(standing)} <span class="soft">${sentence(list, standing.sentence)}</span></td><td>${whose(list, standing)}</td><td class="num n">${dayOf(since)}<br><span class="soft">${days === 0 ? 'today' : countText(days, 'day')}</span></td></tr>
`
}

const whose = (list: string, { turn, waits }: WaitRow['standing']): Html =>
  waits
    ? personLink(list, waits)
    : html`${turn === 'reviewer' ? 'A reviewer' : turn === 'maintainer' ? 'A maintainer' : 'Anybody'}`
