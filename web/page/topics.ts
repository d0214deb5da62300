// A run of topics: one group of patchsets, everything closed, the whole archive.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { keepSince, type NewSince, sinceLine } from '../part/news.ts'
import type { Html } from '../part/text.ts'
import { patchsetTable, topicTable } from '../part/topic-table.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { TopicRun } from '../read/topic-rows.ts'

export interface TopicsView {
  readonly list: ListRow
  readonly here: 'home' | 'archive'
  readonly words: string
  /** One sentence below the heading. */
  readonly meaning: string
  readonly shape: 'patchsets' | 'mixed'
  readonly run: TopicRun
  /** The address of this run from a cursor, or from its beginning. */
  readonly pathOf: (before?: string) => string
  /** True when this is not the first page. */
  readonly continued: boolean
  readonly since: NewSince | undefined
  /** Milliseconds; days are counted to here. Null where nothing waits. */
  readonly now: number | null
}

export const topicsPage = (view: TopicsView): Html => {
  const { list, words, meaning, run } = view
  return frame({
    title: words,
    list,
    here: view.here,
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: words }],
    skipTo: 'list',
    main: html`<h1>${words}</h1>
<p class="meta"><span>${meaning}</span></p>
${sinceLine(view.since)}
${run.rows.length === 0 ? html`<p>${view.continued ? 'That was all.' : 'There are none.'} <a href="${paths.list(list.name)}">What is open on ${list.name}</a></p>` : tableOf(view)}
${pager(view)}`,
  })
}

function tableOf({ list, shape, run, since, now }: TopicsView): Html {
  switch (shape) {
    case 'patchsets':
      return patchsetTable(list.name, run.rows, { states: true, since, now })
    case 'mixed':
      return topicTable(list.name, run.rows, { since })
    default:
      return shape satisfies never
  }
}

const pager = ({ run, pathOf, continued, since }: TopicsView): Html | string =>
  run.next || continued
    ? html`<nav class="near" aria-label="Pages">${continued ? html`<a href="${keepSince(pathOf(), since)}">← From the newest</a>` : html`<span></span>`}<span></span> ${run.next ? html`<a href="${keepSince(pathOf(run.next), since)}" rel="next">Older ones →</a>` : html`<span></span>`}</nav>`
    : ''
