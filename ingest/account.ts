// What the log and the metrics say of mails that come by SMTP: one line for each mail, kept or refused, with its
// Message-ID where it is known, its list and its sender. Never the mail's text.
import type { SMTPServerSession } from 'smtp-server'
import type { Metrics } from '../base/metrics.ts'
import type { Envelope } from '../sql/tables.ts'

/** An SMTP reply. The library adds the enhanced status code that belongs to the number (RFC 3463). */
export interface Reply {
  readonly code: number
  readonly text: string
  readonly hangUp?: true
}

/** As much of a mail as the log tells. */
interface Received {
  readonly messageId: string
  /** Names of the lists that it is for, with commas. */
  readonly list: string
  readonly bytes: number
}

export interface ReceptionLog {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
}

export interface Account {
  kept(mail: Received & { readonly ms: number; readonly fresh: boolean }): void
  /** The database refused it or is away. */
  failed(mail: Received, error: unknown): void
  /** The id is empty when it was not seen. */
  refused(messageId: string, reply: Reply): void
  /** It was for a token's address, and is in no log of a list. */
  answered(mail: Received, reply: Reply): void
  recipientRefused(to: string, reply: Reply): void
  recipientFailed(to: string, error: unknown): void
}

/** The account of one session's mail. */
export function accountFor(
  session: SMTPServerSession,
  envelope: Pick<Envelope, 'road' | 'from'>,
  { log, metrics }: { readonly log: ReceptionLog; readonly metrics?: Metrics | undefined },
): Account {
  const { road, from = '' } = envelope
  const sender = { from: withoutSecret(from), client: session.remoteAddress }
  const count = (result: string) => metrics?.arrivals.inc({ road, result })
  return {
    kept({ fresh, ...received }) {
      count(fresh ? 'kept' : 'known')
      if (fresh) metrics?.arrivalBytes.inc({ road }, received.bytes)
      log.info({ ...received, ...sender }, fresh ? 'Kept a mail' : 'Had a mail already')
    },
    failed(received, error) {
      count('later')
      metrics?.errors.inc({ kind: 'store' })
      log.warn({ ...received, ...sender, error }, 'Answered 451 to a mail')
    },
    refused(messageId, { code, text }) {
      count(code >= 500 ? 'refused' : 'later')
      log.info({ messageId, code, reason: text, ...sender }, 'Refused a mail')
    },
    answered({ messageId }, { code, text }) {
      log.info({ messageId, code, reason: text, ...sender }, 'Read a confirmation')
    },
    recipientRefused(to, { code }) {
      log.info({ code, to: withoutSecret(to), ...sender }, 'Refused a recipient')
    },
    recipientFailed(to, error) {
      metrics?.errors.inc({ kind: 'store' })
      log.warn({ to: withoutSecret(to), ...sender, error }, 'Answered 451 to a recipient')
    },
  }
}

/** Who knows the address of a question can answer it, and that of a mail of ours can end it. */
const withoutSecret = (address: string) => address.replace(/\+[0-9a-f]{32}(?=@)/i, '+...')
