// The bugs of a list: what is open, of which severity, with which labels and since when, filtered and ordered by links.
import { html } from 'hono/html'
import { stateWords } from '../part/chip.ts'
import { frame } from '../part/frame.ts'
import { morePages } from '../part/more-pages.ts'
import { keepSince, type NewSince, newTopicMark, sinceLine } from '../part/news.ts'
import { dayOf, daysSince, type Html, nameOf, numberText, titleOf, visible } from '../part/text.ts'
import { typeWords } from '../part/topic-table.ts'
import { type BugsAsked, paths } from '../paths.ts'
import { type BugChoice, type BugMarks, type BugOrder, type BugRuns, bugOrders } from '../read/bug-rows.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { TopicRow } from '../read/topic-row.ts'

export interface BugsView {
  readonly list: ListRow
  readonly choice: BugChoice
  readonly run: BugRuns
  readonly marks: BugMarks
  /** From 1. */
  readonly page: number
  /** Milliseconds; ages are counted to here. */
  readonly now: number
  readonly since: NewSince | undefined
}

export const bugsPage = (view: BugsView): Html => {
  const { list, choice, run, page } = view
  const words = choice.open ? 'Open bugs' : 'Closed bugs'
  return frame({
    title: words,
    list,
    here: 'bugs',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: words }],
    skipTo: 'list',
    main: html`<h1>${words}</h1>
<p class="meta">${choice.open ? html`<a href="${paths.bugs(list.name, { state: 'closed' })}">Closed bugs</a>` : html`<a href="${paths.bugs(list.name)}">Open bugs</a>`} <a href="${paths.milestones(list.name)}">Milestones</a> <a href="${paths.triage(list.name)}">Triage</a></p>
${sinceLine(view.since)}
${filters(view)}
${run.rows.length === 0 ? nothing(view) : table(view)}
${morePages({
  first: page > 1 ? pathOf(view, {}) : null,
  next: run.more ? pathOf(view, { page: page + 1 }) : null,
  words: { first: 'From the first', next: 'More bugs' },
})}`,
  })
}

const orderWords: Record<BugOrder, string> = {
  last: 'Last mail first',
  age: 'Oldest first',
  severity: 'Worst first',
}

/** The address of this page with something of it changed; undefined takes it out. */
function pathOf(
  { list, choice, since }: BugsView,
  change: { [Key in keyof BugsAsked]?: BugsAsked[Key] | undefined },
) {
  const { open, label, severity, order } = choice
  const now = {
    state: open ? undefined : 'closed',
    label,
    severity,
    order: order === 'last' ? undefined : order,
  }
  return keepSince(paths.bugs(list.name, { ...now, ...change }), since)
}

function filters(view: BugsView): Html {
  const { choice, marks } = view
  return html`<ul class="tabs" aria-label="Order">${bugOrders.map(order =>
    tab(
      pathOf(view, { order: order === 'last' ? undefined : order }),
      orderWords[order],
      order === choice.order,
    ),
  )}</ul>
${filter('Severity', marks.severities, choice.severity, severity => pathOf(view, { severity }))}
${filter('Label', marks.labels, choice.label, label => pathOf(view, { label }))}`
}

const tab = (path: string, words: Html | string, current: boolean): Html =>
  html`<li><a href="${path}"${current ? html` aria-current="true"` : ''}>${words}</a></li>`

function filter(
  name: string,
  marks: BugMarks['labels'],
  chosen: string | undefined,
  path: (word: string | undefined) => string,
): Html | string {
  if (marks.length === 0 && chosen === undefined) return ''
  const words =
    chosen === undefined || marks.some(({ word }) => word === chosen)
      ? marks
      : [...marks, { word: chosen, count: 0 }]
  return html`<ul class="tabs" aria-label="${name}"><li class="soft">${name}</li>${words.map(
    ({ word, count }) =>
      word === chosen
        ? tab(
            path(undefined),
            html`<bdi>${visible(word)}</bdi> <span aria-hidden="true">✕</span><span class="vh"> take this filter away</span>`,
            true,
          )
        : tab(
            path(word),
            html`<bdi>${visible(word)}</bdi> <span class="n">${numberText(count)}</span>`,
            false,
          ),
  )}</ul>`
}

const nothing = (view: BugsView): Html => {
  const { list, choice, page } = view
  const filtered = choice.label !== undefined || choice.severity !== undefined
  return html`<p>${page > 1 ? 'That was all.' : 'There are none.'} ${filtered ? html`<a href="${pathOf(view, { label: undefined, severity: undefined })}">Without these filters</a>` : html`<a href="${paths.list(list.name)}">What is open on ${list.name}</a>`}</p>`
}

function table(view: BugsView): Html {
  const { run } = view
  const severe = run.rows.some(({ severity }) => severity !== null)
  return html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Bug</th><th scope="col" class="wide">State</th>${severe ? html`<th scope="col" class="thin">Severity</th>` : ''}<th scope="col" class="num thin">Age</th><th scope="col" class="num slim">Mails</th><th scope="col" class="num thin">Last mail</th></tr></thead>
<tbody>${run.rows.map(row => bugRow(view, row, severe))}</tbody></table></div>`
}

function bugRow(view: BugsView, row: TopicRow, severe: boolean): Html {
  const { list, choice, now, since } = view
  const labels = row.labels.map(
    label => html` <a class="rev" href="${pathOf(view, { label })}"><bdi>${visible(label)}</bdi></a>`,
  )
  const type = row.bugType && row.bugType !== 'bug' ? `${typeWords[row.bugType]}, ` : ''
  return html`<tr><td class="full"><a class="s" href="${keepSince(paths.mail(list.name, row.id), since)}">${titleOf(row.title)}</a>${labels}${newTopicMark(since, row)}<br><span class="soft">${type}${nameOf(row.author)}</span></td><td>${row.state ? stateWords(row.state) : ''}</td>${severe ? html`<td data-w="Severity">${row.severity === null ? '' : html`<bdi>${visible(row.severity)}</bdi>`}</td>` : ''}<td class="num n" data-w="Age">${choice.open ? daysSince(row.said, now) : dayOf(row.said)}</td><td data-unit="${row.mails === 1 ? 'mail' : 'mails'}" class="num n">${numberText(row.mails)}</td><td class="num n">${dayOf(row.lastSaid)}</td></tr>
`
}
