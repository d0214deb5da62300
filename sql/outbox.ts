// Mail that we owe. A row is written in the transaction that made the debt, so there is neither a mail without its reason nor
// a reason without its mail; it holds the bytes, so each attempt sends the same ones under one Message-ID.
import { createHmac } from 'node:crypto'
import { type Insertable, type Kysely, sql } from 'kysely'
import type { IndexKey, ListId } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { limits } from '../base/limits.ts'
import { readInstance } from './instance.ts'
import { buildMail, hashIn, hostOf, messageIdFor } from './outgoing-mail.ts'
import type { Tables } from './tables.ts'

/**
 * `error`: lines that had no effect. `token`: a change waits for a confirmation. `ack`, `state`, `digest`, `waiting`: what
 * a list chose to send. `result`: of a run of CI. `note`: what came through the API, to the thread. `challenge`:
 * whether a key is the reader's.
 */
type OwedKind = 'error' | 'token' | 'ack' | 'state' | 'digest' | 'waiting' | 'result' | 'note' | 'challenge'

/** What others wrote: `submission` goes to a list and its people, `reflection` back to its author. No loop makes these. */
export const passedKinds = ['submission', 'reflection'] as const
/** These besides: a request asks for one, and they have limits of their own (ingest/submission/challenge.ts). */
export const looplessKinds = [...passedKinds, 'challenge'] as const satisfies readonly (
  | OwedKind
  | (typeof passedKinds)[number]
)[]

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
  /** Further header fields, by name. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** It tells of something that happened here and only stands in a thread; without it an answer answers its mail. */
  readonly generated?: boolean | undefined
  /** Its reader did not ask for it and may end it; where this is not given its kind says so. */
  readonly optional?: boolean | undefined
  /** The key of the mail that it is a copy of, for another reader: both have one Message-ID. */
  readonly copyOf?: string | undefined
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
  const hash = hashOf(secret, key)
  const named = mail.copyOf === undefined ? hash : hashOf(secret, indexKey(mail.copyOf))
  const messageId = messageIdFor(address, named)
  const bytes = await buildMail({
    ...mail,
    to,
    address,
    hash,
    messageId,
    date: now,
    optional: isOptional(mail),
  })
  return write(trx, {
    ...{ key, hash, kind: mail.kind, bytes, due: mail.notBefore ?? now },
    ...{ message_id: messageId, list_id: mail.list, recipient: to, return_host: null },
    thread: mail.thread === undefined ? null : indexKey(mail.thread),
  })
}

/** Somebody's own mail, to leave as it is. */
export interface PassedMail {
  readonly key: string
  readonly kind: (typeof passedKinds)[number]
  readonly list: ListId
  readonly to: string
  /** Without angle brackets. */
  readonly messageId: string
  /** With CRLF. */
  readonly bytes: Buffer
}

/** Within the caller's transaction; bounces come back to us. */
export async function passMail(
  trx: Kysely<Tables>,
  { key: given, kind, list, to: recipient, messageId, bytes }: PassedMail,
): Promise<Owing> {
  const to = recipient.toLowerCase()
  if (!sendable.test(to)) return 'refused'
  const key = indexKey(given)
  const { secret, address, now } = await readInstance(trx)
  return write(trx, {
    ...{ key, hash: hashOf(secret, key), kind, bytes, due: now },
    ...{ message_id: messageId, list_id: list, recipient: to, return_host: hostOf(address), thread: null },
  })
}

/** Of a key, which nobody else can make. */
const hashOf = (secret: string, key: string) =>
  createHmac('sha256', secret).update(key).digest('hex').slice(0, 32)

async function write(
  trx: Kysely<Tables>,
  { due, ...row }: Omit<Insertable<Tables['outbox']>, 'next_at' | 'give_up_at'> & { readonly due: Date },
): Promise<Owing> {
  const written = await trx
    .insertInto('outbox')
    .values({ ...row, next_at: due, give_up_at: giveUpAfter(due) })
    .onConflict(conflict => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  return written ? 'owed' : 'known'
}

/** A mail to a list whose bytes stand already, under an id of ours. */
export interface OwedBytes {
  readonly list: ListId
  readonly to: string
  /** Made by `messageIdFor`. */
  readonly id: string
  readonly thread: string
  readonly bytes: Buffer
}

/** Within the caller's transaction. By its id its return is known (ingest/auth/outbox.ts). */
export async function oweBytes(
  trx: Kysely<Tables>,
  { list, to, id, thread, bytes }: OwedBytes,
): Promise<void> {
  const now = new Date()
  await trx
    .insertInto('outbox')
    .values({
      key: indexKey(`note ${id}`),
      hash: hashIn(id),
      message_id: id,
      kind: 'note' satisfies OwedKind,
      list_id: list,
      thread: indexKey(thread),
      recipient: to.toLowerCase(),
      bytes,
      next_at: now,
      give_up_at: giveUpAfter(now),
    })
    .execute()
}

/** A recipient comes out of a mail: nothing that a relay or a header could read as something else. */
const sendable = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/

/** Sent because a list chose so, not because somebody asked: each can be ended by its reader. */
const optional: ReadonlySet<OwedKind> = new Set(['ack', 'state', 'digest', 'waiting'])
const isOptional = ({ kind, optional: given }: OwedMail): boolean => given ?? optional.has(kind)
/** Sent because of a mail that somebody wrote, who can write many. */
const answers: readonly OwedKind[] = ['error', 'ack', 'state']

async function isUnsubscribed(trx: Kysely<Tables>, mail: OwedMail, to: string): Promise<boolean> {
  const { list } = mail
  if (!isOptional(mail) || list === null) return false
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

/** From when on it is not tried any more. */
export const giveUpAfter = (due: Date) => new Date(due.getTime() + limits.outgoingGiveUpDaysMax * 86_400_000)
