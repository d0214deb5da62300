// Who is who on a list, and what it wants to be sure of: its roles at all times, its settings, and the .mailmap of its
// repository. What sorting and folding ask besides of a list comes with it.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import { keepRecent } from '../../base/recent.ts'
import type { Tables } from '../../sql/tables.ts'
import { type Mailmap, rosterWithMailmap } from '../topic/mailmap.ts'
import { openRules, type Roster, type Rules } from '../topic/rules.ts'
import { hashOfRoster, type RosterMark, rostersWith, rosterWith } from './rosters.ts'

export interface People {
  readonly rules: Rules
  readonly mailmap: Mailmap
}

export async function peopleOf(db: Kysely<Tables>, list: ListId): Promise<People> {
  const { rows } = await sql<Settings>`select ${peopleColumns} from list l where id = ${list}`.execute(db)
  return withPeople(db, list, rows[0])
}

/** What folding asks of a list. */
export interface FoldingRules extends People {
  /** How far its branches were read; null for a list without any. */
  readonly following: Following | null
  /** A topic says something of another one. */
  readonly speaks: boolean
  /** A topic bears a mark (statements-due.ts). */
  readonly marked: boolean
  /** What stands in brackets on every mail of the list. */
  readonly ownWords: readonly string[]
}

/**
 * Call it under the list's fold lock, since only a fold makes topics speak and marks them, and when the clusters are
 * leased: who changes the rest wakes them.
 */
export async function foldingRulesOf(db: Kysely<Tables>, list: ListId): Promise<FoldingRules> {
  const { rows } = await sql<
    Settings & Omit<FoldingRules, keyof People | 'ownWords'> & { name: string; prefix: string | null }
  >`
    select ${peopleColumns}, ${followingOf} as following, name, settings->>'prefix' as prefix,
      exists (select from statement where list_id = l.id) as speaks,
      exists (select from statement_due where list_id = l.id) as marked
    from list l where id = ${list}`.execute(db)
  const [row] = rows
  if (!row)
    return {
      ...(await withPeople(db, list, row)),
      following: null,
      speaks: false,
      marked: false,
      ownWords: [],
    }
  const { following, speaks, marked, name, prefix, ...settings } = row
  const ownWords = [name, ...(prefix === null ? [] : prefix.split(/[,\s]+/))]
  return { ...(await withPeople(db, list, settings)), following, speaks, marked, ownWords }
}

export interface Following {
  readonly complete: boolean
  /** Milliseconds: commits from before are not known. */
  readonly since: number
}

const followingOf = sql`(
  select json_build_object('complete', bool_and(head is not null), 'since', coalesce(floor(extract(epoch from max(since)) * 1000), 0))
  from branch where list_id = l.id having count(*) > 0)`

/** For a query over `list l`. */
const peopleColumns = sql`settings->'trust' as trust, settings->'history' as history, settings->'needs' as needs,
  settings->'approvers' as approvers, (select secret from instance) as secret, mailmap_hash, array(
  select json_build_object('since', extract(epoch from since) * 1000, 'hash', hash, 'file', file)
  from roster where list_id = l.id order by since, id) as marks`

interface Settings extends Omit<Rules, 'rosters'> {
  readonly marks: readonly RosterMark[]
  readonly mailmap_hash: string
}

async function withPeople(db: Kysely<Tables>, list: ListId, row: Settings | undefined): Promise<People> {
  if (!row) return { rules: openRules, mailmap: [] }
  const { mailmap_hash: hash, marks, ...settings } = row
  const rosters = await rostersWith(db, list, marks)
  return { rules: { ...settings, rosters }, mailmap: await mailmapWith(db, list, hash) }
}

/** What sorting asks of a list: who has a role now, whether newcomers wait, and its .mailmap. */
export interface SortingRules {
  readonly roster: Roster
  readonly moderate: ListConfig['moderate']
  readonly mailmap: Mailmap
}

export async function sortingRulesOf(db: Kysely<Tables>, list: ListId): Promise<SortingRules> {
  const { rows } = await sql<SortingRow>`select ${sortingColumns} from list l where id = ${list}`.execute(db)
  return sortingRulesIn(db, list, rows[0])
}

/** For a query over `list l` that asks for more. */
export const sortingColumns = sql`settings->'moderate' as moderate, mailmap_hash, ${hashOfRoster} as roster`

export interface SortingRow {
  readonly moderate: ListConfig['moderate']
  readonly mailmap_hash: string
  readonly roster: string | null
}

export async function sortingRulesIn(
  db: Kysely<Tables>,
  list: ListId,
  row: SortingRow | undefined,
): Promise<SortingRules> {
  if (!row) throw new Error(`There is no list ${list}`)
  const mailmap = await mailmapWith(db, list, row.mailmap_hash)
  const roster = row.roster === null ? undefined : await rosterWith(db, list, row.roster)
  return { roster: rosterWithMailmap(roster ?? [], mailmap), moderate: row.moderate, mailmap }
}

/** The half that says which mails belong together. */
export async function mailmapOf(db: Kysely<Tables>, list: ListId): Promise<Mailmap> {
  const row = await db.selectFrom('list').select('mailmap_hash').where('id', '=', list).executeTakeFirst()
  return row ? mailmapWith(db, list, row.mailmap_hash) : []
}

/** The list's map, which has this hash; the same value each time. */
async function mailmapWith(db: Kysely<Tables>, list: ListId, hash: string): Promise<Mailmap> {
  const known = recent.get(hash)
  if (known) return known
  const { mailmap, mailmap_hash } = await db
    .selectFrom('list')
    .select(['mailmap', 'mailmap_hash'])
    .where('id', '=', list)
    .executeTakeFirstOrThrow()
  // It may be another one by now.
  recent.keep(mailmap_hash, mailmap, mailmap.length * entryBytes)
  return mailmap
}

const recent = keepRecent<Mailmap>(limits.mailmapBytesKeptMax)
/** About what a line takes. */
const entryBytes = 200
