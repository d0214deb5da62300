// Robots whose lines lost their effect: what they told once changed states here, and now they have no role. Whoever runs the
// list is to hear of it; a robot that never had an effect is not named, or anybody could ask for a role under such a name.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ClusterId, ListId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { traitsOf } from '../mail/robots.ts'
import type { Change, Topic } from '../topic/topic.ts'

/** What the robots of the table said in these clusters; rows of an earlier fold are gone already. */
export async function writeRobotLines(
  db: Kysely<Tables>,
  list: ListId,
  folds: readonly { cluster: ClusterId; fold: { topics: readonly Topic[] } }[],
): Promise<void> {
  const rows = folds.flatMap(({ cluster, fold }) =>
    fold.topics.flatMap(linesOf).map(line => ({ list_id: list, cluster, ...line })),
  )
  if (rows.length === 0) return
  await db
    .insertInto('robot_line')
    .values(rows)
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

function linesOf({ robots, history }: Topic): { address: string; effect: boolean }[] {
  const known = new Set(robots.flatMap(({ mail, class: name }) => (traitsOf(name).history ? [mail] : [])))
  return history
    .filter(
      change => known.has(change.mail) && change.who.address !== '' && (change.effect || lacksRole(change)),
    )
    .map(({ who, effect }) => ({ address: toStorableText(who.address), effect }))
}

const lacksRole = ({ reason, vouch }: Change) => reason !== null && vouch?.role === 'anybody'

/** The addresses of those of a list, at most `max`. */
export async function robotsWithoutRole(
  db: Kysely<Tables>,
  list: ListId,
  max: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ address: string }>`${idleRobots(list, max)}`.execute(db)
  return rows.map(({ address }) => address)
}

/** The same for a query that asks for more. */
export const idleRobots = (list: ListId, max: number): RawBuilder<unknown> => sql`
  select distinct address from robot_line lost where list_id = ${list} and not effect
    and exists (select from cluster where id = lost.cluster)
    and exists (select from robot_line where list_id = ${list} and effect and address = lost.address)
    and not exists (select from roster r, jsonb_array_elements(r.people) entry
      where r.id = (select id from roster where list_id = ${list} order by since desc, id desc limit 1)
        and entry->>'role' = 'robot' and (entry->'person'->>'address' = lost.address or entry->'aliases' ? lost.address))
  order by address limit ${max}`

/** What gives it back, for threadwork.toml below the list. */
export const robotRole = (address: string): string =>
  `[[lists.people]]\naddress = ${JSON.stringify(address)}\nrole = "robot"`
