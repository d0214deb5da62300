// Whose turn it is: everything open on a list by how long it waits.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { keepSince, type NewSince, sinceLine } from '../part/news.ts'
import type { Html } from '../part/text.ts'
import { waitTable } from '../part/wait-table.ts'
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
  readonly since: NewSince | undefined
}

export const waitsPage = ({ list, rows, next, continued, now, since }: WaitsView): Html =>
  frame({
    title: 'whose turn it is',
    list,
    here: 'home',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Whose turn' }],
    skipTo: 'list',
    main: html`<h1>Whose turn it is</h1>
<p class="meta"><span>Every open patchset and bug, the longest wait first. A name leads to all that waits for that person.</span></p>
${sinceLine(since)}
${rows.length === 0 ? html`<p>${continued ? 'That was all.' : 'Nothing waits for anybody.'} <a href="${paths.list(list.name)}">What is open on ${list.name}</a></p>` : waitTable(list.name, rows, { now, since })}
${next === null ? '' : html`<nav class="near" aria-label="Pages"><span></span> <span></span> <a href="${keepSince(paths.waits(list.name, next), since)}" rel="next">Shorter waits →</a></nav>`}`,
  })
