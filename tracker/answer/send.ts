// Lets mail out: what the outbox owes goes to the operator's relay, the mail first that is due first. A mail leaves at least
// once, and each time as the same bytes.
import type { Kysely } from 'kysely'
import type { Log } from '../../base/log.ts'
import { type Attempt, type DueMail, sendNext } from '../../sql/attempt.ts'
import type { Relay } from '../../sql/relay.ts'
import type { Tables } from '../../sql/tables.ts'
import { loopback } from './loopback.ts'

export interface SenderOptions {
  readonly db: Kysely<Tables>
  /** Null for loopback. */
  readonly relay: Relay | null
  readonly log: Log
  /** `limits.outgoingPerHourMax` when absent. */
  readonly perHourMax?: number | undefined
}

export interface SendDueOptions extends SenderOptions {
  readonly clock: () => Date
  readonly signal?: AbortSignal
}

/** Attempts each mail that is due, once. `quiet`: too many left within an hour. `unreachable`: the relay does not take mail. */
export async function sendDue(options: SendDueOptions): Promise<'all' | 'quiet' | 'unreachable'> {
  const { db, relay, log, perHourMax, clock, signal } = options
  const attempt = async (mail: DueMail, trx: Kysely<Tables>): Promise<Attempt> => {
    const done = await (relay === null ? loopback(mail, trx) : relay.send(mail))
    const { result, reply } = done
    log.info({ messageId: mail.messageId, result, said: reply }, 'Attempted a mail')
    return done
  }
  while (signal?.aborted !== true) {
    const done = await sendNext(db, { now: clock(), perHourMax, attempt })
    if (done === null) return 'all'
    if (done === 'quiet') {
      log.warn({ perHourMax }, 'Too many mails within an hour, so nothing leaves for an hour')
      return 'quiet'
    }
    if (done.result === 'unreachable') {
      log.warn({ said: done.reply }, 'The relay does not take mail')
      return 'unreachable'
    }
  }
  return 'all'
}
