// Events on their way to webhooks. An event is given to those that want it once, in one transaction; each call then holds its row
// while it is under way, so a process that dies lets go of it, and the next one sends the same event under the same id.
import { type Kysely, type Selectable, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import { toStorableText } from '../base/storable.ts'
import type { Tables } from './tables.ts'

export type EventRow = Selectable<Tables['event']>

/** Gives the events that nobody gave yet to the webhooks that `wanted` names by their URLs; answers whether there may be more. */
export function giveEvents(
  db: Kysely<Tables>,
  wanted: (event: EventRow) => readonly string[],
): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const events = await trx
      .selectFrom('event')
      .selectAll()
      .where('hooked_at', 'is', null)
      .orderBy('id')
      .limit(limits.webhookEventsMax)
      .forUpdate()
      .skipLocked()
      .execute()
    if (events.length === 0) return false
    const calls = events.flatMap(event =>
      wanted(event).map(url => ({ event_id: event.id, list_id: event.list_id, url })),
    )
    if (calls.length > 0)
      await trx
        .insertInto('webhook_call')
        .values(calls)
        .onConflict(conflict => conflict.doNothing())
        .execute()
    await sql`update event set hooked_at = now() where id = any(${events.map(({ id }) => id)}::bigint[])`.execute(
      trx,
    )
    return events.length === limits.webhookEventsMax
  })
}

export interface DueCall {
  readonly url: string
  readonly event: EventRow
}

/** `later` is tried again; of `dead` nothing more comes. */
export interface CallEnd {
  readonly result: 'sent' | 'later' | 'dead'
  readonly reply: string
}

/** Makes the call that is due first and writes how it ended; null when none is due. */
export function callNext(
  db: Kysely<Tables>,
  make: (call: DueCall) => Promise<CallEnd>,
): Promise<CallEnd | null> {
  return db.transaction().execute(async trx => {
    const row = await trx
      .selectFrom('webhook_call')
      .selectAll()
      .where('state', '=', 'owed')
      .where('next_at', '<=', sql<Date>`now()`)
      .orderBy('next_at')
      .orderBy('id')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!row) return null
    const event = await trx
      .selectFrom('event')
      .selectAll()
      .where('id', '=', row.event_id)
      .executeTakeFirstOrThrow()
    const end = await make({ url: row.url, event })
    await writeEnd(trx, row, end)
    return end
  })
}

async function writeEnd(
  trx: Kysely<Tables>,
  { id, url, attempts: before }: Selectable<Tables['webhook_call']>,
  { result, reply }: CallEnd,
): Promise<void> {
  const attempts = before + 1
  const text = toStorableText(reply.slice(0, 500))
  if (result === 'later' && attempts < limits.webhookAttemptsMax) {
    const next = sql<Date>`clock_timestamp() + make_interval(secs => ${retrySeconds(attempts)})`
    await trx
      .updateTable('webhook_call')
      .set({ attempts, next_at: next, reply: text })
      .where('id', '=', id)
      .execute()
    // The others for a receiver that is away wait with it: nobody else's wait behind them.
    await sql`
      update webhook_call set next_at = greatest(next_at, clock_timestamp() + make_interval(secs => ${retrySeconds(attempts)}))
      where id in (select id from webhook_call where url = ${url} and state = 'owed' and id <> ${id} for update skip locked)`.execute(
      trx,
    )
    return
  }
  await trx
    .updateTable('webhook_call')
    .set({
      attempts,
      state: result === 'sent' ? 'sent' : 'dead',
      ended_at: sql`now()`,
      reply: result === 'later' ? toStorableText(`given up after ${attempts} attempts: ${text}`) : text,
    })
    .where('id', '=', id)
    .execute()
}

const retrySeconds = (attempts: number) =>
  Math.min(limits.webhookRetrySecondsMax, limits.webhookRetrySecondsMin * 4 ** (attempts - 1))

/** A call as the operator sees it. */
export interface CallRow extends Selectable<Tables['webhook_call']> {
  readonly list: string
  readonly what: Tables['event']['what']
  readonly topic: string
}

/** What did not arrive, the newest last; with `sent` also what did. */
export async function listCalls(db: Kysely<Tables>, { sent }: { sent: boolean }): Promise<CallRow[]> {
  const rows = await db
    .selectFrom('webhook_call')
    .innerJoin('event', 'event.id', 'webhook_call.event_id')
    .innerJoin('list', 'list.id', 'webhook_call.list_id')
    .selectAll('webhook_call')
    .select(['list.name as list', 'event.what', 'event.topic_id as topic'])
    .$if(!sent, query => query.where('webhook_call.state', '!=', 'sent'))
    .orderBy('webhook_call.id', 'desc')
    .limit(limits.outboxRowsShownMax)
    .execute()
  return rows.reverse()
}

/** Owes it again, from the first attempt on; false when there is no such call, or it arrived. */
export async function retryCall(db: Kysely<Tables>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_call')
    .set({ state: 'owed', attempts: 0, next_at: sql`now()`, ended_at: null })
    .where('id', '=', id)
    .where('state', '!=', 'sent')
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** What is owed, and what was given up within a week, by URL. */
export async function callStates(
  db: Kysely<Tables>,
): Promise<readonly { url: string; owed: number; dead: number; reply: string | null }[]> {
  const { rows } = await sql<{ url: string; owed: number; dead: number; reply: string | null }>`
    select url, count(*) filter (where state = 'owed')::int as owed, count(*) filter (where state = 'dead')::int as dead,
      (array_agg(reply order by coalesce(ended_at, next_at) desc) filter (where reply is not null))[1] as reply
    from webhook_call where state = 'owed' or (state = 'dead' and ended_at > now() - interval '7 days')
    group by url order by url`.execute(db)
  return rows
}
