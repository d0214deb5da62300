// What GitHub says of an issue -> the lines that say it here. Pure.
import type { BugStatus } from '../../base/state-words.ts'
import { oneLine } from '../../tracker/answer/one-line.ts'
import type { Issue, IssueEvent } from './objects.ts'

/** Null for an event that means nothing here. */
export function linesOfEvent(
  event: IssueEvent,
  addressOf: (login: string | null) => string,
): string[] | null {
  const { label, milestone, assignee, rename } = event
  switch (event.event) {
    case 'closed':
      return [closedLine(event.state_reason ?? null, event.commit_id ?? null)]
    case 'reopened':
      return ['Bug-Status: reopened']
    case 'labeled':
    case 'unlabeled': {
      const word = label ? labelWord(label.name) : null
      if (word === null) return null
      const type = event.event === 'labeled' ? typeOfLabel(word) : null
      return [`Labels: ${event.event === 'labeled' ? '+' : '-'}${word}`, ...(type ? [`Type: ${type}`] : [])]
    }
    case 'milestoned':
      return milestone === null ? null : [`Target: ${targetOf(milestone)}`]
    case 'demilestoned':
      return ['Target: none']
    case 'assigned':
      return assignee === null ? null : [`Delegate: ${addressOf(assignee)}`]
    case 'unassigned':
      return ['Delegate: none']
    case 'renamed':
      return rename && titleOf(rename.to) !== '' ? [`Title: ${titleOf(rename.to)}`] : null
    default:
      return null
  }
}

/** The same for a pull request, which has no labels and no milestone here. */
export function linesOfPullEvent(
  event: IssueEvent,
  addressOf: (login: string | null) => string,
): string[] | null {
  const { commit_id, assignee, actor, issue } = event
  switch (event.event) {
    case 'merged':
      return [acceptedLine(commit_id ?? null)]
    case 'closed':
      // What is merged is closed, too.
      if (issue.pull_request?.merged_at || commit_id != null) return null
      return [`Patch-Status: ${actor === issue.user ? 'withdrawn' : 'rejected'}`]
    case 'reopened':
    case 'ready_for_review':
      return ['Patch-Status: new']
    case 'convert_to_draft':
    case 'converted_to_draft':
      return ['Patch-Status: rfc']
    case 'assigned':
      return assignee === null ? null : [`Delegate: ${addressOf(assignee)}`]
    case 'unassigned':
      return ['Delegate: none']
    default:
      return null
  }
}

export const acceptedLine = (commit: string | null): string =>
  commit !== null && isCommit(commit) ? `Patch-Status: accepted ${commit}` : 'Patch-Status: accepted'

/** "Fixes #12", in any of the words by which GitHub closes an issue. */
export function closedBy(body: string): number[] {
  const found = body.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]{1,5}#(\d{1,9})\b/gi)
  return [...new Set([...found].map(([, digits]) => Number(digits)))].slice(0, closedMax)
}

const closedMax = 20

const isCommit = (word: string): boolean => /^[0-9a-f]{7,64}$/.test(word)

/** In a commit, it is fixed whatever the reason says. */
function closedLine(reason: string | null, commit: string | null): string {
  if (commit !== null && isCommit(commit)) return `Bug-Status: fixed in ${commit}`
  if (reason === 'duplicate') return 'Bug-Status: invalid -- closed as a duplicate'
  return `Bug-Status: ${statusOf(reason)}`
}

/** GitHub says no reason of what was closed before it had any. */
export const statusOf = (reason: string | null): BugStatus =>
  reason === 'not_planned' ? 'wontfix' : reason === 'duplicate' ? 'invalid' : 'fixed'

/** "good first issue" -> `good-first-issue`; null where nothing is left of it. */
export function labelWord(name: string): string | null {
  const word = name
    .toLowerCase()
    .replace(/[^\p{L}\d_.:/-]+/gu, '-')
    .replace(/^[^\p{L}\d]+|-+$/gu, '')
    .slice(0, 60)
  return word === '' ? null : word
}

const typeOfLabel = (word: string): 'idea' | null =>
  /^(?:(?:type|kind)[:/-]*)?(?:enhancement|feature(?:-request)?)$/.test(word) ? 'idea' : null

/** As GitHub's own types and the usual labels have it; null where neither says anything. */
export function typeOf({ type, labels }: Issue): 'bug' | 'task' | 'idea' | null {
  const name = type?.name.toLowerCase()
  if (name === 'bug' || name === 'task') return name
  if (name === 'feature') return 'idea'
  return labels.some(label => typeOfLabel(labelWord(label) ?? '')) ? 'idea' : null
}

/** A value that begins with `#12` or `<id>` would speak of that bug; a blank of another kind makes it words, and is read as a blank. */
const asWords = (text: string): string => (/^[#<]/.test(text) ? text.replace(' ', '\u00a0') : text)

export const titleOf = (title: string): string => asWords(oneLine(title))

/** ` -- ` begins a reason, and `none` says that there is no milestone. */
export function targetOf(title: string): string {
  const line = oneLine(title)
    .replace(/\s--\s/g, ' - ')
    .slice(0, 60)
    .trim()
  return /^(?:none)?$/i.test(line) ? `"${line}"` : asWords(line)
}
