// What was applied lately: each patchset with who took it, where it landed and the mail that says so.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { changeLine } from '../part/history.ts'
import { keepSince, type NewSince, newMark, sinceLine } from '../part/news.ts'
import { personLink } from '../part/person-link.ts'
import { countText, dayOf, type Html, titleOf } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { AppliedRow } from '../read/applied.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface AppliedView {
  readonly list: ListRow
  readonly rows: readonly AppliedRow[]
  readonly since: NewSince | undefined
}

export const appliedPage = ({ list, rows, since }: AppliedView): Html =>
  frame({
    title: 'applied lately',
    list,
    here: 'applied',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Applied' }],
    skipTo: 'list',
    main: html`<h1>Applied lately</h1>
<p class="meta"><span>What landed where, and who said so, the newest first</span> <a href="${paths.topics(list.name, 'closed')}">All closed patchsets</a></p>
${sinceLine(since)}
${
  rows.length === 0
    ? html`<p>Nothing was applied yet: no followed branch holds a patch of this list, and nobody accepted one by mail. <a href="${paths.list(list.name)}">What is open on ${list.name}</a></p>`
    : html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Patchset</th><th scope="col">What happened</th><th scope="col" class="num thin">Applied</th></tr></thead>
<tbody>${rows.map(row => appliedRow(list, row, since))}</tbody></table></div>`
}`,
  })

function appliedRow(list: ListRow, row: AppliedRow, since: NewSince | undefined): Html {
  const { id, title, author, revision, changes, count, at } = row
  const more = count - changes.length
  const { patches = 0, version = 1 } = revision ?? {}
  return html`<tr><td class="full"><a class="s" href="${keepSince(paths.mail(list.name, revision?.head ?? id), since)}">${titleOf(revision?.title ?? title)}</a>${version > 1 ? html` <span class="rev">v${version}</span>` : ''}${newMark(since, at)}<br><span class="soft">${personLink(list.name, revision?.author ?? author)}, ${patches > 0 ? countText(patches, 'patch', 'patches') : 'pull request'}</span></td><td class="full">${changes.map(
    (change, index) => html`${index > 0 ? html`<br>` : ''}${changeLine(list, change)}`,
  )}${more > 0 ? html`<br><span class="soft">and ${countText(more, 'more such change')}</span>` : ''}</td><td class="num n">${dayOf(at)}</td></tr>
`
}
