// `Closes: #12` in a commit: which bug is meant.
import type { Kysely } from 'kysely'
import type { ListId, MessageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { CommitFacts } from '../topic/commit.ts'
import type { BugNumbers } from '../topic/reference.ts'
import { bugsOfNumbers } from './bug-number.ts'

/** The bugs that these commits name by number. */
export function numberedBugs(
  db: Kysely<Tables>,
  list: ListId,
  commits: readonly CommitFacts[],
): Promise<BugNumbers> {
  return bugsOfNumbers(
    db,
    list,
    commits.flatMap(({ closes }) => closes.flatMap(numberIn)),
  )
}

/** The mail of the bug that a reference means; null for a number that nobody could know when the commit was made. */
export function closedId(ref: string, at: number, numbers: BugNumbers): MessageId | string | null {
  const [number] = numberIn(ref)
  if (number === undefined) return ref
  const bug = numbers.get(number)
  return bug !== undefined && bug.since <= at ? bug.id : null
}

const numberIn = (ref: string): number[] => {
  const number = ref.match(/^#(\d{1,9})$/)?.[1]
  return number === undefined ? [] : [Number(number)]
}
