// Rows of what waits: what it is and why it waits, how far it is reviewed, its checks and whether it applies, whose turn it is
// and since when. Columns that no row fills are left out.
import { html } from 'hono/html'
import { paths } from '../paths.ts'
import type { WaitRow } from '../read/waits.ts'
import { appliesWords } from './applies.ts'
import { checkCount } from './checks.ts'
import { filledChip } from './chip.ts'
import { keepSince, type NewSince, newTopicMark } from './news.ts'
import { personLink } from './person-link.ts'
import { sentence } from './standing.ts'
import { countText, dayOf, daysSince, type Html, titleOf } from './text.ts'

interface WaitOptions {
  /** Milliseconds; days are counted to here. */
  readonly now: number
  readonly since: NewSince | undefined
}

export function waitTable(list: string, rows: readonly WaitRow[], how: WaitOptions): Html {
  const columns = [reviewed, checked, applies].filter(({ cell }) => rows.some(row => cell(row) !== ''))
  return html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">What, and why</th>${columns.map(
    ({ head, width }) => html`<th scope="col" class="${width}">${head}</th>`,
  )}<th scope="col" class="wide">Whose turn</th><th scope="col" class="num thin">Since</th></tr></thead>
<tbody>${rows.map(row => waitRow(list, row, columns, how))}</tbody></table></div>`
}

interface Column {
  readonly head: string
  readonly width: string
  /** Empty where there is nothing to say. */
  readonly cell: (row: WaitRow) => Html | string
}

const reviewed: Column = {
  head: 'Reviewed',
  width: 'thin',
  cell: ({ revision }) =>
    revision && revision.patches > 0 ? `${revision.reviewed} of ${revision.patches}` : '',
}

/** What a program remarks is no remark of a person: it stands with the checks. */
const checked: Column = {
  head: 'Checks',
  width: 'wide',
  cell: ({ revision }) => {
    const { checks = null, findings } = revision ?? {}
    if (checks === null && !findings) return ''
    return html`${checkCount(checks)}${findings ? html` <span class="soft">${countText(findings.count, 'finding')}, ${findings.count === 1 ? '' : 'the worst '}${findings.worst}</span>` : ''}`
  },
}

const applies: Column = { head: 'Applies', width: 'thin', cell: ({ tried }) => appliesWords(tried) }

function waitRow(list: string, row: WaitRow, columns: readonly Column[], how: WaitOptions): Html {
  const { id, title, author, standing, revision } = row
  const { since } = standing
  return html`<tr><td class="full"><a class="s" href="${keepSince(paths.mail(list, revision?.head ?? id), how.since)}">${titleOf(revision?.title ?? title)}</a>${revision && revision.version > 1 ? html` <span class="rev">v${revision.version}</span>` : ''} <span class="soft">${personLink(list, revision?.author ?? author)}</span>${newTopicMark(how.since, row)}<br>${filledChip(standing)} <span class="soft">${sentence(list, standing.sentence)}</span></td>${columns.map(
    ({ head, cell }) => html`<td data-w="${head}">${cell(row)}</td>`,
  )}<td>${whose(list, standing)}</td><td class="num n">${since === undefined ? '' : html`${dayOf(since)}<br><span class="soft">${daysSince(since, how.now)}</span>`}</td></tr>
`
}

const whose = (list: string, { turn, waits }: WaitRow['standing']): Html | string =>
  waits ? personLink(list, waits) : turnWords[turn ?? 'anybody']

const turnWords = {
  author: 'The author',
  reviewer: 'A reviewer',
  maintainer: 'A maintainer',
  nobody: 'Nobody',
  anybody: 'Anybody',
} as const
