// Who is who on a list, and what it wants to be sure of: its roles at all times, its settings, and the .mailmap of its
// repository.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import { keepRecent } from '../../base/recent.ts'
import type { Tables } from '../../sql/tables.ts'
import { type Mailmap, rosterWithMailmap } from '../topic/mailmap.ts'
import { openRules, type Roster, type Rules } from '../topic/rules.ts'
import { hashOfRoster, type RosterMark, rostersWith, rosterWith } from './rosters.ts'

export async function peopleOf(
  db: Kysely<Tables>,
  list: ListId,
): Promise<{ rules: Rules; mailmap: Mailmap }> {
  const { rows } = await sql<Settings>`
    select settings->'trust' as trust, settings->'history' as history, settings->'needs' as needs,
      settings->'approvers' as approvers, (select secret from instance) as secret, mailmap_hash, array(
      select json_build_object('since', extract(epoch from since) * 1000, 'hash', hash, 'file', file)
      from roster where list_id = l.id order by since, id) as marks
    from list l where id = ${list}`.execute(db)
  const [row] = rows
  if (!row) return { rules: openRules, mailmap: [] }
  const { mailmap_hash: hash, marks, ...settings } = row
  const rosters = await rostersWith(db, list, marks)
  return { rules: { ...settings, rosters }, mailmap: await mailmapWith(db, list, hash) }
}

type Settings = Omit<Rules, 'rosters'> & {
  readonly marks: readonly RosterMark[]
  readonly mailmap_hash: string
}

/** What sorting asks of a list: who has a role now, whether newcomers wait, and its .mailmap. */
export interface SortingRules {
  readonly roster: Roster
  readonly moderate: ListConfig['moderate']
  readonly mailmap: Mailmap
}

export async function sortingRulesOf(db: Kysely<Tables>, list: ListId): Promise<SortingRules> {
  const { rows } = await sql<{
    moderate: ListConfig['moderate']
    mailmap_hash: string
    roster: string | null
  }>`
    select settings->'moderate' as moderate, mailmap_hash, ${hashOfRoster} as roster from list l where id = ${list}`.execute(
    db,
  )
  const [row] = rows
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
