// Milestones: all of a list, and one with its bugs, tasks and ideas, open ones first.
import { html } from 'hono/html'
import { stateWords } from '../part/chip.ts'
import { frame } from '../part/frame.ts'
import { countText, dayOf, type Html, titleOf, titleText } from '../part/text.ts'
import { topicTable } from '../part/topic-table.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { Milestone } from '../read/milestones.ts'
import type { TopicRow } from '../read/topic-row.ts'
import type { TopicRun } from '../read/topic-rows.ts'

const crumbsOf = (list: ListRow) => [
  { text: list.name, path: paths.list(list.name) },
  { text: 'Bugs', path: paths.bugs(list.name) },
]

export const milestonesPage = (list: ListRow, milestones: readonly Milestone[]): Html =>
  frame({
    title: 'Milestones',
    list,
    here: 'bugs',
    crumbs: [...crumbsOf(list), { text: 'Milestones' }],
    skipTo: 'milestones',
    main: html`<h1>Milestones</h1>
<p class="meta"><span>What a bug, a task or an idea is planned for: the line <code>Target: NAME</code> in an answer to it</span></p>
${
  milestones.length === 0
    ? html`<p>Nothing is planned for anything yet. <a href="${paths.bugs(list.name)}">Open bugs</a></p>`
    : html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Milestone</th><th scope="col" class="num slim">Open</th><th scope="col" class="num slim">Done</th><th scope="col" class="num thin">Last mail</th></tr></thead>
<tbody>${milestones.map(milestone => milestoneRow(list.name, milestone))}</tbody></table></div>`
}`,
  })

const milestoneRow = (list: string, { name, open, done, lastSaid }: Milestone): Html =>
  html`<tr><td class="full"><a class="s" href="${paths.milestone(list, name)}">${titleOf(name)}</a></td><td class="num n" data-w="Open">${open}</td><td class="num n" data-w="Done">${done}</td><td class="num n">${dayOf(lastSaid)}</td></tr>
`

export interface MilestoneView {
  readonly list: ListRow
  readonly name: string
  readonly open: TopicRun
  readonly done: TopicRun
}

export const milestonePage = ({ list, name, open, done }: MilestoneView): Html =>
  frame({
    title: `Milestone ${titleText(name)}`,
    list,
    here: 'bugs',
    crumbs: [...crumbsOf(list), { text: 'Milestones', path: paths.milestones(list.name) }, { text: name }],
    skipTo: 'milestone',
    main: html`<h1>Milestone ${titleOf(name)}</h1>
<p class="meta"><span>${countOf(open)} open, ${countOf(done)} done</span> ${statusCounts([...open.rows, ...done.rows])}</p>
${open.rows.length + done.rows.length === 0 ? html`<p>Nothing is planned for it. <a href="${paths.milestones(list.name)}">All milestones</a></p>` : ''}
${half(list, 'Open', open)}
${half(list, 'Done', done)}`,
  })

const countOf = ({ rows, next }: TopicRun) =>
  next === null ? String(rows.length) : `more than ${rows.length}`

/** `2 Confirmed`, in words and signs. */
const statusCounts = (rows: readonly TopicRow[]): Html[] =>
  [...Map.groupBy(rows, row => row.state)].flatMap(([state, group]) =>
    state === null ? [] : [html`<span>${group.length} ${stateWords(state)}</span>`],
  )

function half(list: ListRow, words: string, run: TopicRun): Html | string {
  if (run.rows.length === 0) return ''
  const id = `h-${words.toLowerCase()}`
  return html`<section aria-labelledby="${id}"><div class="hd"><h2 id="${id}">${words}</h2></div>
${topicTable(list.name, run.rows)}
${run.next === null ? '' : html`<p class="soft">These are the latest ${countText(run.rows.length, 'one')}.</p>`}</section>`
}
