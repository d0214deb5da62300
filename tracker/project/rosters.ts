// The dated rosters of a list, as they were read before. A list that follows a MAINTAINERS file has one for each change
// of it, of thousands of entries; nearly all are the same in all of them, and are asked for with each mail.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { keepRecent } from '../../base/recent.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DatedRoster, Roster, RosterEntry } from '../topic/rules.ts'

/** A row: since when, milliseconds, the hash of its people, and what became of the file that names them. */
export interface RosterMark {
  readonly since: number
  readonly hash: string
  readonly file: 'unread' | 'read' | null
}

/** The rosters with these marks, in their order; the very same value as long as no mark is added. */
export async function rostersWith(
  db: Kysely<Tables>,
  list: ListId,
  marks: readonly RosterMark[],
): Promise<readonly DatedRoster[]> {
  const name = JSON.stringify(marks)
  const known = whole.get(name)
  if (known) return known
  const rosters: DatedRoster[] = []
  for (const { since, hash, file } of marks) {
    const people = await rosterWith(db, list, hash)
    // The first one was just replaced, and everything is folded again.
    if (people !== undefined) rosters.push({ since, people, ...(file && { file }) })
  }
  if (rosters.length === marks.length) whole.keep(name, rosters, name.length + rosters.length * datedBytes)
  return rosters
}

const ofNow = sql`from roster r where r.list_id = l.id order by r.since desc, r.id desc limit 1`

/** For a query over `list l`: the hash of the roster of now, from the configuration and the MAINTAINERS file. */
export const hashOfRoster = sql`(select hash ${ofNow})`

/** And what became of that file: null where the list names none. */
export const fileOfRoster = sql<RosterMark['file']>`(select file ${ofNow})`

/**
 * The roster with this hash; undefined when it was just replaced. One at a time: of hundreds in one answer memory would
 * hold all texts.
 */
export async function rosterWith(
  db: Kysely<Tables>,
  list: ListId,
  hash: string,
): Promise<Roster | undefined> {
  const known = single.get(hash)
  if (known) return known
  const row = await db
    .selectFrom('roster')
    .select('people')
    .where('list_id', '=', list)
    .where('hash', '=', hash)
    .limit(1)
    .executeTakeFirst()
  const roster = row?.people.map(sameEntry)
  if (roster) single.keep(hash, roster, (roster.length + 1) * entryBytes)
  return roster
}

/** The value that another roster has for an equal entry. */
function sameEntry(entry: RosterEntry): RosterEntry {
  const text = JSON.stringify(entry)
  const known = entries.get(text)
  if (known) return known
  entries.keep(text, entry, text.length)
  return entry
}

const whole = keepRecent<readonly DatedRoster[]>(limits.rosterBytesKeptMax)
const single = keepRecent<Roster>(limits.rosterBytesKeptMax)
const entries = keepRecent<RosterEntry>(limits.rosterBytesKeptMax)
const datedBytes = 100
/** The place of an entry that other rosters have as well. */
const entryBytes = 8
