// How issues stand here beside how they stand on GitHub, and the lines that make up the difference.
import { type Kysely, sql } from 'kysely'
import type { MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { acceptedLine, labelWord, statusOf, targetOf, typeOf } from './lines.ts'
import type { Issue, Pull } from './objects.ts'

export type BugHere = Pick<Topic, 'bug' | 'delegate'>

export type PatchsetHere = Pick<Topic, 'state' | 'revisions'>

/** By the key of its Message-ID. */
export const bugsHere = (
  db: Kysely<Tables>,
  list: List,
  roots: readonly MessageId[],
): Promise<ReadonlyMap<string, BugHere>> => topicsHere<BugHere>(db, list, 'bug', roots)

/** The same of pull requests. */
export const patchsetsHere = (
  db: Kysely<Tables>,
  list: List,
  roots: readonly MessageId[],
): Promise<ReadonlyMap<string, PatchsetHere>> => topicsHere<PatchsetHere>(db, list, 'patchset', roots)

async function topicsHere<Data>(
  db: Kysely<Tables>,
  list: List,
  kind: 'bug' | 'patchset',
  roots: readonly MessageId[],
): Promise<ReadonlyMap<string, Data>> {
  const { rows } = await sql<{ key: string; data: Data }>`
    select id_key as key, data from topic
    where list_id = ${list.id} and kind = ${kind} and id_key = any(${roots.map(indexKey)}::text[])`.execute(
    db,
  )
  return new Map(rows.map(({ key, data }) => [key, data]))
}

/** Lines of its state. */
export function pullDifferenceOf(pull: Pull, { state }: PatchsetHere): string[] {
  const { merged_at, merge_commit_sha, draft } = pull
  const ended = state === 'rejected' || state === 'withdrawn'
  if (merged_at != null) return state === 'accepted' ? [] : [acceptedLine(merge_commit_sha ?? null)]
  if (pull.state === 'closed') return ended ? [] : ['Patch-Status: rejected']
  if (draft) return state === 'new' ? ['Patch-Status: rfc'] : []
  return ended || state === 'accepted' ? ['Patch-Status: new'] : []
}

export interface Difference {
  /** Of its status, which GitHub dates. */
  readonly status: readonly string[]
  readonly rest: readonly string[]
}

export function differenceOf(
  issue: Issue,
  { bug, delegate }: BugHere,
  addressOf: (login: string | null) => string,
): Difference {
  if (bug === null) return { status: [], rest: [] }
  const closed = !['new', 'confirmed', 'needs-info', 'reopened'].includes(bug.status)
  const end = statusOf(issue.state_reason ?? null)
  const status = issue.state === 'open' ? (closed ? ['reopened'] : []) : isEnd(bug.status, end) ? [] : [end]
  return {
    status: status.map(word => `Bug-Status: ${word}`),
    rest: [
      ...labelLines(issue, bug.labels),
      ...typeLine(issue, bug.type),
      ...targetLine(issue, bug.target),
      ...delegateLine(issue, delegate?.by ? delegate.person.address : null, addressOf),
    ],
  }
}

const isEnd = (status: string, end: string) => status === end || (end === 'invalid' && status === 'duplicate')

function labelLines({ labels }: Issue, here: readonly string[]): string[] {
  const there = [...new Set(labels.flatMap(name => labelWord(name) ?? []))]
  const words = [
    ...there.filter(word => !here.includes(word)).map(word => `+${word}`),
    ...here.filter(word => !there.includes(word)).map(word => `-${word}`),
  ]
  // A line holds thirty.
  return Array.from(
    { length: Math.ceil(words.length / labelsMax) },
    (_, at) => `Labels: ${words.slice(at * labelsMax, (at + 1) * labelsMax).join(' ')}`,
  )
}

const labelsMax = 10

function typeLine(issue: Issue, here: string): string[] {
  const type = typeOf(issue)
  return type === null || type === here ? [] : [`Type: ${type}`]
}

function targetLine({ milestone }: Issue, here: string | null): string[] {
  const there = milestone === null ? null : targetOf(milestone)
  if (there?.replace(/\s+/g, ' ') === here || there === here) return []
  return [`Target: ${there ?? 'none'}`]
}

function delegateLine(
  { assignees }: Issue,
  here: string | null,
  addressOf: (login: string | null) => string,
): string[] {
  const there = assignees.map(addressOf)
  if (there.length === 0) return here === null ? [] : ['Delegate: none']
  return here !== null && there.includes(here) ? [] : [`Delegate: ${there[0]}`]
}
