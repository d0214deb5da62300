// Programs that poll: an answer of the API has a tag, and who holds it is told with 304 that nothing changed, before anything is
// looked up but how far the log, the lists and the events are.
import type { MiddlewareHandler } from 'hono'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { entityTag, holdsTag } from '../entity-tag.ts'

/** Behind what asks for the token: some answers are for its owners alone. */
export const unlessUnchanged =
  (db: Kysely<Tables>): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next()
    const { pathname, search } = new URL(c.req.url)
    const reader = c.get('caller') ? 'with a token' : 'anybody'
    // Read before the answer is made: what comes in between makes the next answer another one.
    const tag = entityTag(['api', c.get('base') ?? '', reader, pathname, search, await stateOf(db)])
    if (holdsTag(c.req.header('If-None-Match'), tag)) return c.body(null, 304, { ETag: tag })
    await next()
    if (c.res.status === 200) c.res.headers.set('ETag', tag)
  }

/** Another one with every change to anything that an answer holds: settings, mails, topics, events. */
async function stateOf(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ state: string }>`
    select concat_ws(' ', (select max(id) from event), string_agg(concat_ws(' ', id, name, version, md5(settings::text),
      (select max(seq) from mail where list_id = list.id)), ',' order by id)) as state from list`.execute(db)
  return rows[0]?.state ?? ''
}
