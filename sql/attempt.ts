// An attempt to send what is owed: which mail is next, how it ended, and when to try again.
import { type Kysely, type NotNull, type Selectable, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import { toStorableText } from '../base/storable.ts'
import { looplessKinds } from './outbox.ts'
import { returnHost } from './outgoing-mail.ts'
import type { Tables } from './tables.ts'

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
  /** Never throws. `trx` ends the attempt: what is written with it stands when the mail counts as sent. */
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
    const first = await nextRow(trx, now, false)
    if (!first) return null
    const quiet = !isLoopless(first) && (await isQuiet(trx, now, perHourMax))
    const row = quiet ? await nextRow(trx, now, true) : first
    if (!row) return 'quiet'
    const { id, hash, message_id, recipient: to, bytes } = row
    const returnPath = `bounce+${hash}@${returnHost(row)}`
    const done = await attempt({ id, messageId: message_id, returnPath, to, bytes }, trx)
    await end(trx, row, done, now)
    return done
  })
}

/** `loopless`: of what leaves though too much of ours left. */
const nextRow = (trx: Kysely<Tables>, now: Date, loopless: boolean) =>
  trx
    .selectFrom('outbox')
    .selectAll()
    .where('state', '=', 'owed')
    .where('next_at', '<=', now)
    .where('bytes', 'is not', null)
    .$if(loopless, query => query.where('kind', 'in', looplessKinds))
    .$narrowType<{ bytes: NotNull }>()
    .orderBy('next_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()

const isLoopless = ({ kind }: { readonly kind: string }) => looplessKinds.some(one => one === kind)

/** The breaker: it opens when an hour's mails have left, and closes by itself an hour later. */
async function isQuiet(trx: Kysely<Tables>, now: Date, perHourMax: number): Promise<boolean> {
  const { quiet_until } = await trx.selectFrom('instance').select('quiet_until').executeTakeFirstOrThrow()
  if (quiet_until !== null && quiet_until > now) return true
  const { left } = await trx
    .selectFrom('outbox')
    .select(sql<number>`count(*)::int`.as('left'))
    .where('state', 'in', ['sent', 'bounced'])
    .where('kind', 'not in', looplessKinds)
    .where('ended_at', '>', new Date(now.getTime() - hourMs))
    .executeTakeFirstOrThrow()
  if (left < perHourMax) return false
  await trx
    .updateTable('instance')
    .set({ quiet_until: new Date(now.getTime() + hourMs) })
    .execute()
  return true
}

const hourMs = 3_600_000

async function end(
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
          ended_at: now,
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
