// What people ask of the builds of a patchset, as its history keeps it: the fold has judged who may. A request counts once,
// and an old one not at all: who begins to build today does not do what was asked last year.
import { type Kysely, sql } from 'kysely'
import { type ListId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Tables } from '../../sql/tables.ts'
import { valuesOf } from '../mail/tag/value.ts'
import type { Topic } from '../topic/topic.ts'

export interface BuildRequest {
  readonly job: 'test' | 'retest' | 'cancel'
  /** Of the revision. */
  readonly digest: string
  readonly checks: readonly string[]
  readonly mail: string
  readonly who: string
  /** When its mail came. */
  readonly at: Date
}

/** In order of arrival. */
export async function requestsOf(
  db: Kysely<Tables>,
  list: ListId,
  { history }: Pick<Topic, 'history'>,
  since: Date,
): Promise<BuildRequest[]> {
  const asked = history.flatMap((change): Omit<BuildRequest, 'at'>[] => {
    const [tag] = change.what === 'CI' && change.effect ? (valuesOf('CI', change.value) ?? []) : []
    if (tag?.tag !== 'CI' || change.digest === undefined) return []
    const { mail, digest, who } = change
    return [{ job: tag.job, checks: tag.checks ?? [], mail, digest, who: who.address || who.name }]
  })
  if (asked.length === 0) return []
  const keys = asked.map(({ mail }) => indexKey(messageId(mail)))
  const { rows } = await sql<{ message_id: string; at: Date }>`
    select message_id, min(known_at) as at from mail
    where list_id = ${list} and message_key = any(${keys}::text[]) and envelope ? 'trace' and not hidden
    group by message_id having min(known_at) >= ${since}`.execute(db)
  const times = new Map(rows.map(row => [row.message_id, row.at]))
  return asked
    .flatMap(one => {
      const at = times.get(one.mail)
      return at === undefined ? [] : [{ ...one, at }]
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}
