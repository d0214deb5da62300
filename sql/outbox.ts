// Mail that we owe. A row is written in the transaction that made the debt, so there is neither a mail without its reason nor
// a reason without its mail; it holds the bytes, so each attempt sends the same ones under one Message-ID.
import { createHmac } from 'node:crypto'
import { type Kysely, type NotNull, type Selectable, sql } from 'kysely'
import type { IndexKey, ListId } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { limits } from '../base/limits.ts'
import { toStorableText } from '../base/storable.ts'
import { buildMail, hostOf, messageIdFor } from './outgoing-mail.ts'
import type { Tables } from './tables.ts'

/**
 * `error`: lines that had no effect. `token`: a change waits for a confirmation. `ack`, `state`, `digest`, `waiting`: what
 * a list chose to send. `result`: of a run of CI.
 */
type OwedKind = 'error' | 'token' | 'ack' | 'state' | 'digest' | 'waiting' | 'result'

export interface OwedMail {
  /** What it is owed for: the same key is written once, whoever asks. */
  readonly key: string
  readonly list: ListId | null
  readonly to: string
  readonly subject: string
  readonly body: string
  /** Without angle brackets. */
  readonly inReplyTo?: string | undefined
  readonly references?: readonly string[] | undefined
  /** What it speaks of, for the limit of one an hour: the id of a topic. */
  readonly thread?: string | undefined
  readonly kind: OwedKind
  /** Where an answer goes; what a list sends unasked takes answers at its address for unsubscribing. */
  readonly replyTo?: string | undefined
  /** Not sent before. */
  readonly notBefore?: Date | undefined
}

/** `known`: this key was owed before. `limited`: enough was sent there. `refused`: no address that mail can go to. */
export type Owing = 'owed' | 'known' | 'limited' | 'unsubscribed' | 'refused'

/** Within the caller's transaction. */
export async function oweMail(trx: Kysely<Tables>, mail: OwedMail): Promise<Owing> {
  const to = mail.to.toLowerCase()
  if (!sendable.test(to)) return 'refused'
  const key = indexKey(mail.key)
  const known = await trx.selectFrom('outbox').select('id').where('key', '=', key).executeTakeFirst()
  if (known) return 'known'
  if (await isUnsubscribed(trx, mail, to)) return 'unsubscribed'
  if (await isLimited(trx, mail, to)) return 'limited'
  const { secret, address, now } = await readInstance(trx)
  const hash = createHmac('sha256', secret).update(key).digest('hex').slice(0, 32)
  const bytes = await buildMail({ ...mail, to, address, hash, date: now, optional: optional.has(mail.kind) })
  const due = mail.notBefore ?? now
  const row = await trx
    .insertInto('outbox')
    .values({
      key,
      hash,
      message_id: messageIdFor(address, hash),
      kind: mail.kind,
      list_id: mail.list,
      thread: mail.thread === undefined ? null : indexKey(mail.thread),
      recipient: to,
      bytes,
      next_at: due,
      give_up_at: giveUpAfter(due),
    })
    .onConflict(conflict => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row ? 'owed' : 'known'
}

/** A recipient comes out of a mail: nothing that a relay or a header could read as something else. */
const sendable = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/

/** Sent because a list chose so, not because somebody asked: each can be ended by its reader. */
const optional: ReadonlySet<OwedKind> = new Set(['ack', 'state', 'digest', 'waiting'])
/** Sent because of a mail that somebody wrote, who can write many. */
const answers: readonly OwedKind[] = ['error', 'ack', 'state']

async function isUnsubscribed(trx: Kysely<Tables>, { kind, list }: OwedMail, to: string): Promise<boolean> {
  if (!optional.has(kind) || list === null) return false
  const row = await trx
    .selectFrom('unsubscribed')
    .select('address')
    .where('list_id', '=', list)
    .where('address', '=', to)
    .executeTakeFirst()
  return row !== undefined
}

async function isLimited(trx: Kysely<Tables>, { kind, thread }: OwedMail, to: string): Promise<boolean> {
  if (!answers.includes(kind)) return false
  if ((await owedSince(trx, to, answers, day)) >= limits.answersPerDayMax) return true
  if (thread === undefined) return false
  return (await owedSince(trx, to, answers, hour, indexKey(thread))) >= limits.answersPerThreadHourMax
}

const hour = '1 hour'
const day = '1 day'

async function owedSince(
  trx: Kysely<Tables>,
  to: string,
  kinds: readonly OwedKind[],
  since: string,
  thread?: IndexKey,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from outbox where recipient = ${to} and kind = any(${kinds}::text[])
      and made_at > now() - ${since}::interval and (${thread ?? null}::text is null or thread = ${thread ?? null})`.execute(
    trx,
  )
  return rows[0]?.count ?? 0
}

async function readInstance(trx: Kysely<Tables>): Promise<{ secret: string; address: string; now: Date }> {
  return trx
    .selectFrom('instance')
    .select(['secret', 'address', sql<Date>`now()`.as('now')])
    .executeTakeFirstOrThrow()
}

/** Where answers come from, as the configuration says. */
export async function saveInstance(db: Kysely<Tables>, address: string): Promise<void> {
  await db
    .updateTable('instance')
    .set({ address: toStorableText(address.toLowerCase()) })
    .execute()
}

/** The address that answers come from, and bounces go to its host. */
export async function instanceAddress(db: Kysely<Tables>): Promise<string> {
  return (await readInstance(db)).address
}

export interface DueMail {
  readonly id: string
  readonly messageId: string
  /** The envelope's sender, by which a bounce finds its mail: variable envelope return path. */
  readonly returnPath: string
  readonly to: string
  readonly bytes: Buffer
}

/** How an attempt ended. `later` and `unreachable` are tried again; with `unreachable` nothing was said of this mail. */
export interface Attempt {
  readonly result: 'sent' | 'kept' | 'refused' | 'later' | 'unreachable'
  readonly reply: string
}

export interface SendOptions {
  readonly now: Date
  readonly perHourMax?: number | undefined
  /** Never throws. `trx` settles the mail: what is written with it stands when the mail counts as sent. */
  readonly attempt: (mail: DueMail, trx: Kysely<Tables>) => Promise<Attempt>
}

/**
 * Attempts the mail that is due first and writes how it ended; `quiet` when too many left, null when none is due. The row is
 * locked meanwhile: a process that dies lets go of it at once, and others take the next mail.
 */
export function sendNext(
  db: Kysely<Tables>,
  { now, perHourMax = limits.outgoingPerHourMax, attempt }: SendOptions,
): Promise<Attempt | 'quiet' | null> {
  return db.transaction().execute(async trx => {
    const row = await trx
      .selectFrom('outbox')
      .selectAll()
      .where('state', '=', 'owed')
      .where('next_at', '<=', now)
      .where('bytes', 'is not', null)
      .$narrowType<{ bytes: NotNull }>()
      .orderBy('next_at')
      .orderBy('id')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!row) return null
    if (await isQuiet(trx, now, perHourMax)) return 'quiet'
    const { id, hash, message_id, recipient: to, bytes } = row
    const returnPath = `bounce+${hash}@${hostOf(message_id)}`
    const done = await attempt({ id, messageId: message_id, returnPath, to, bytes }, trx)
    await settle(trx, row, done, now)
    return done
  })
}

/** The breaker: it opens when an hour's mails have left, and closes by itself an hour later. */
async function isQuiet(trx: Kysely<Tables>, now: Date, perHourMax: number): Promise<boolean> {
  const { quiet_until } = await trx.selectFrom('instance').select('quiet_until').executeTakeFirstOrThrow()
  if (quiet_until !== null && quiet_until > now) return true
  const { left } = await trx
    .selectFrom('outbox')
    .select(sql<number>`count(*)::int`.as('left'))
    .where('state', 'in', ['sent', 'bounced'])
    .where('settled_at', '>', new Date(now.getTime() - hourMs))
    .executeTakeFirstOrThrow()
  if (left < perHourMax) return false
  await trx
    .updateTable('instance')
    .set({ quiet_until: new Date(now.getTime() + hourMs) })
    .execute()
  return true
}

const hourMs = 3_600_000

async function settle(
  trx: Kysely<Tables>,
  row: Pick<Selectable<Tables['outbox']>, 'id' | 'attempts' | 'give_up_at'>,
  { result, reply }: Attempt,
  now: Date,
): Promise<void> {
  const attempts = row.attempts + 1
  const text = toStorableText(reply.slice(0, 500))
  const again = result === 'later' || result === 'unreachable'
  const next = new Date(now.getTime() + retrySeconds(attempts) * 1000)
  const values =
    again && next < row.give_up_at
      ? { next_at: next, reply: text }
      : {
          state: again || result === 'refused' ? ('dead' as const) : result,
          settled_at: now,
          reply: again ? toStorableText(`given up after ${attempts} attempts: ${text}`) : text,
        }
  await trx
    .updateTable('outbox')
    .set({ ...values, attempts })
    .where('id', '=', row.id)
    .execute()
}

const retrySeconds = (attempts: number) =>
  Math.min(limits.outgoingRetrySecondsMax, limits.outgoingRetrySecondsMin * 2 ** (attempts - 1))

const giveUpAfter = (due: Date) => new Date(due.getTime() + limits.outgoingGiveUpDaysMax * 86_400_000)

/** A row as the operator sees it. */
export interface OutboxRow {
  readonly id: string
  readonly kind: string
  readonly state: Selectable<Tables['outbox']>['state']
  readonly recipient: string
  readonly messageId: string
  readonly attempts: number
  readonly madeAt: Date
  readonly nextAt: Date
  readonly reply: string | null
}

/** What did not leave or came back, the newest last; with `sent` also what left. */
export async function listOutbox(db: Kysely<Tables>, { sent }: { sent: boolean }): Promise<OutboxRow[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['id', 'kind', 'state', 'recipient', 'message_id', 'attempts', 'made_at', 'next_at', 'reply'])
    .$if(!sent, query => query.where('state', '!=', 'sent'))
    .orderBy('id', 'desc')
    .limit(limits.outboxRowsShownMax)
    .execute()
  return rows.reverse().map(({ message_id, made_at, next_at, ...row }) => ({
    ...row,
    messageId: message_id,
    madeAt: made_at,
    nextAt: next_at,
  }))
}

/** Owes it again, with five new days; false when there is no such mail, it left, or its text is gone (ages.ts). */
export async function retryMail(db: Kysely<Tables>, id: string): Promise<boolean> {
  const now = new Date()
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ state: 'owed', attempts: 0, next_at: now, give_up_at: giveUpAfter(now), settled_at: null })
    .where('id', '=', id)
    .where('state', '!=', 'sent')
    .where('bytes', 'is not', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export interface OutboxState {
  readonly owed: number
  /** Dead or bounced in the last seven days. */
  readonly failed: number
  /** While the breaker is open. */
  readonly quietUntil: Date | null
}

export async function outboxState(db: Kysely<Tables>): Promise<OutboxState> {
  const { rows } = await sql<{ owed: number; failed: number; quiet: Date | null }>`
    select (select count(*)::int from outbox where state = 'owed') as owed,
      (select count(*)::int from outbox where state in ('dead', 'bounced') and settled_at > now() - interval '7 days') as failed,
      (select quiet_until from instance where quiet_until > now()) as quiet`.execute(db)
  const { owed = 0, failed = 0, quiet = null } = rows[0] ?? {}
  return { owed, failed, quietUntil: quiet }
}

/** What an address of ours is for: `bounce+...` and `unsubscribe+...` of a mail that we wrote; null for all others. */
export interface OwnAddress {
  readonly what: 'bounce' | 'unsubscribe'
  readonly id: string
}

export async function ownAddress(db: Kysely<Tables>, address: string): Promise<OwnAddress | null> {
  const match = /^(bounce|unsubscribe)\+([0-9a-f]{32})@([^@]{1,255})$/.exec(address.toLowerCase())
  if (!match) return null
  const [, what, hash = '', host = ''] = match
  const row = await db
    .selectFrom('outbox')
    .select(['id', 'message_id'])
    .where('hash', '=', hash)
    .executeTakeFirst()
  if (!row || hostOf(row.message_id) !== host) return null
  return { what: what === 'bounce' ? 'bounce' : 'unsubscribe', id: row.id }
}

/** A mail came to its return path: it did not arrive, whatever the relay said at first. */
export async function markBounced(db: Kysely<Tables>, id: string, reply: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({
      state: 'bounced',
      reply: toStorableText(reply.slice(0, 500)),
      settled_at: sql`coalesce(settled_at, now())`,
    })
    .where('id', '=', id)
    .execute()
}

/** Its recipient gets no more of what this list sends unasked. */
export async function unsubscribe(db: Kysely<Tables>, id: string): Promise<void> {
  await sql`
    insert into unsubscribed (list_id, address)
    select list_id, recipient from outbox where id = ${id} and list_id is not null on conflict do nothing`.execute(
    db,
  )
}
