// Rows of topics: title, who, how far reviewed, checks, mails, when.

import { html } from 'hono/html'
import { kindWords } from '../../tracker/topic/kind-words.ts'
import { paths } from '../paths.ts'
import type { TopicRow } from '../read/topic-row.ts'
import { rebaseWords } from './applies.ts'
import { checkCount } from './checks.ts'
import { stateWords } from './chip.ts'
import { keepSince, type NewSince, newTopicMark } from './news.ts'
import { sentence } from './standing.ts'
import { countText, dayOf, daysSince, type Html, nameOf, numberText, titleOf, visible } from './text.ts'

interface PatchsetOptions {
  /** Each one's state, for groups of more than one. */
  readonly states: boolean
  readonly since: NewSince | undefined
  /** Milliseconds: why each waits, and for how many days until then. Null for what is closed. */
  readonly now: number | null
}

/** Patchsets, all in one group. */
export function patchsetTable(list: string, rows: readonly TopicRow[], how: PatchsetOptions): Html {
  const { states } = how
  const checked = rows.some(row => row.revision?.checks != null)
  return html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Patchset</th>${
    states ? html`<th scope="col" class="wide">State</th>` : html`<th scope="col" class="thin">Reviewed</th>`
  }${checked ? html`<th scope="col" class="wide">Checks</th>` : ''}${lastHeads}</tr></thead>
<tbody>${rows.map(row => patchsetRow(list, row, { ...how, checked }))}</tbody></table></div>`
}

const lastHeads = html`<th scope="col" class="num slim">Mails</th><th scope="col" class="num thin">Last mail</th>`

function patchsetRow(
  list: string,
  row: TopicRow,
  { states, checked, since, now }: PatchsetOptions & { readonly checked: boolean },
): Html {
  const { revision } = row
  const { patches = 0, reviewed = 0, checks = null } = revision ?? {}
  const second = states
    ? html`<td>${row.state ? stateWords(row.state) : ''}</td>`
    : html`<td data-w="Reviewed" class="n${reviewed === 0 ? ' soft' : ''}">${patches > 0 ? `${reviewed} of ${patches}` : ''}</td>`
  return html`<tr><td class="full"><a class="s" href="${keepSince(paths.mail(list, revision?.head ?? row.id), since)}">${titleOf(revision?.title ?? row.title)}</a>${versionOf(
    row,
  )}${newTopicMark(since, row)}<br><span class="soft">${nameOf(revision?.author ?? row.author)}, ${revision?.pullRequest ? 'pull request' : countText(patches, 'patch', 'patches')}${revision && !revision.complete ? ', not complete' : ''}${rebaseWords(row.tried)}${now === null ? '' : waitWords(list, row, now)}</span></td>${second}${checked ? html`<td>${checkCount(checks)}</td>` : ''}${lastColumns(row)}</tr>
`
}

/** "12 days: Marek commented on 3 March 2026 and has no answer yet.", with its link to that mail. */
function waitWords(list: string, { standing }: TopicRow, now: number): Html | string {
  if (standing === null) return ''
  const { sentence: why, since } = standing
  return html`<br>${since === undefined ? '' : html`<b>${daysSince(since, now)}:</b> `}${sentence(list, why)}`
}

/** What tells it from others of its title: the branch or project it is for, and the version. */
const versionOf = ({ revision }: TopicRow): Html =>
  html`${revision?.scope ? html` <span class="rev">${visible(revision.scope)}</span>` : ''}${
    revision && revision.version > 1 ? html` <span class="rev">v${revision.version}</span>` : ''
  }`

interface TableOptions {
  readonly since?: NewSince | undefined
  /** They are of several lists, whose names stand in the rows. */
  readonly lists?: boolean
}

/** Topics of any kind. */
export const topicTable = (list: string, rows: readonly TopicRow[], how: TableOptions = {}): Html =>
  listedTable(
    rows.map(row => ({ list, row })),
    how,
  )

/** The same, each of its own list. */
export const listedTable = (
  rows: readonly { readonly list: string; readonly row: TopicRow }[],
  how: TableOptions,
): Html =>
  html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Subject</th><th scope="col" class="thin">Kind</th><th scope="col" class="wide">State</th>${lastHeads}</tr></thead>
<tbody>${rows.map(({ list, row }) => topicRow(list, row, how))}</tbody></table></div>`

function topicRow(list: string, row: TopicRow, { lists = false, since }: TableOptions): Html {
  const { revision } = row
  return html`<tr><td class="full"><a class="s" href="${keepSince(paths.mail(list, revision?.head ?? row.id), since)}">${titleOf(row.title)}</a>${versionOf(
    row,
  )}${newTopicMark(since, row)}<br><span class="soft">${nameOf(row.author)}${lists ? html`, on <bdi>${visible(list)}</bdi>` : ''}</span></td><td class="soft">${kindOf(row)}</td><td>${row.state ? stateWords(row.state) : ''}</td>${lastColumns(row)}</tr>
`
}

const lastColumns = (row: TopicRow): Html =>
  html`<td data-unit="${row.mails === 1 ? 'mail' : 'mails'}" class="num n">${numberText(row.mails)}</td><td class="num n">${dayOf(row.lastSaid)}</td>`

/** A bug may be a task or an idea. */
const kindOf = ({ kind, bugType }: TopicRow) =>
  bugType && bugType !== 'bug' ? typeWords[bugType] : kindWords[kind]

export const typeWords = { task: 'Task', idea: 'Idea' } as const
