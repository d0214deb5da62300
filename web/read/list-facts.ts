// What the home of a list says beside its topics and mails: who has a role, how sure it wants to be of a sender, and how
// much is closed or held.
import { type Kysely, sql } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { idleRobots } from '../../tracker/project/robot-lines.ts'
import { fileOfRoster, hashOfRoster, type RosterMark, rosterWith } from '../../tracker/project/rosters.ts'
import type { Roster, Rules } from '../../tracker/topic/rules.ts'

export interface ListFacts extends Pick<Rules, 'trust' | 'history' | 'needs'> {
  /** Of today, by the configuration and the MAINTAINERS file. */
  readonly people: Roster
  /** Of that file: null where the list names none. */
  readonly file: RosterMark['file']
  /** Addresses of robots whose lines lost their effect. */
  readonly idleRobots: readonly string[]
  readonly closedPatchsets: number
  /** Mails that wait for a maintainer on a moderated list; copies of a mail are one. */
  readonly heldMails: number
}

const idleRobotsShownMax = 5

/** The counts end at `countMax` + 1, which stands for "more". */
export async function readListFacts(db: Kysely<Tables>, list: ListId, countMax: number): Promise<ListFacts> {
  const max = sql.lit(countMax + 1)
  const { rows } = await sql<Omit<ListFacts, 'people'> & { roster: string | null }>`
    select settings->'trust' as trust, settings->'history' as history, settings->'needs' as needs, ${hashOfRoster} as roster,
      ${fileOfRoster} as file, array(${idleRobots(list, idleRobotsShownMax)}) as "idleRobots",
      (select count(*)::int from (
        select from topic t where t.list_id = l.id and t.kind = 'patchset' and not t.open limit ${max}) c
      ) as "closedPatchsets",
      (select count(*)::int from (
        select distinct message_key from held h where h.list_id = l.id and released_at is null limit ${max}) c
      ) as "heldMails"
    from list l where id = ${list}`.execute(db)
  const [facts] = rows
  if (facts === undefined) throw new Error(`There is no list ${list}`)
  const { roster, ...rest } = facts
  return { ...rest, people: (roster !== null && (await rosterWith(db, list, roster))) || [] }
}
