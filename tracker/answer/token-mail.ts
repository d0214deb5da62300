// The token mail: where a list's footer breaks every signature, a configured person is asked at the configured address
// whether a change is theirs. Who can answer that mail with its token reads that address's mail, and that is grade B.
import { randomBytes } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { ListId, MessageId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { tokenHash } from '../../base/token-hash.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'

export interface TokenQuestion {
  readonly list: Pick<List, 'id' | 'name' | 'address'>
  /** The mail that is to be confirmed. */
  readonly seq: Seq
  readonly messageId: MessageId
  readonly subject: string
  /** The configured address of the person it claims to be from. */
  readonly address: string
  /** Our own address: the answer comes to its host. */
  readonly own: string
  /** A signature of the person's provider covers the header: no forger can make many of these. */
  readonly headed: boolean
  /** The lines whose effect waits. */
  readonly lines: readonly string[]
}

/** What the outbox takes. */
export interface TokenMail {
  readonly key: string
  readonly list: ListId
  readonly to: string
  readonly subject: string
  readonly body: string
  readonly inReplyTo: MessageId
  readonly kind: 'token'
  readonly replyTo: string
}

/**
 * Writes the token's row and answers the mail to owe in the same transaction. Null when this mail was asked for
 * before, or when the person was asked often enough today: forged mail must not become a flood, and what a forger can
 * write takes no place from what shows a signature of the person's provider.
 */
export async function tokenMail(
  trx: Transaction<Tables>,
  question: TokenQuestion,
): Promise<TokenMail | null> {
  const { list, address, headed } = question
  const to = address.toLowerCase()
  const { rows: today } = await sql<{ count: number }>`
    select count(*)::int as count from token_mail
    where address = ${to} and headed = ${headed} and made_at > now() - interval '1 day'`.execute(trx)
  if ((today[0]?.count ?? 0) >= (headed ? limits.headedTokenMailsPerDayMax : limits.tokenMailsPerDayMax))
    return null
  const token = randomBytes(16).toString('hex')
  const { rows } = await sql`
    insert into token_mail (token_hash, list_id, seq, address, headed, expires_at)
    select ${tokenHash(token)}, ${list.id}, ${question.seq}, ${to}, ${headed}, now() + make_interval(days => ${limits.tokenDaysMax})
    where not exists (
      select from token_mail t join mail asked on asked.list_id = t.list_id and asked.seq = t.seq
        join mail this on this.list_id = asked.list_id and this.message_key = asked.message_key
      where this.list_id = ${list.id} and this.seq = ${question.seq})
    on conflict do nothing returning seq`.execute(trx)
  return rows.length === 0 ? null : written(question, to, token)
}

function written(
  { list, seq: at, messageId, subject, own, lines }: TokenQuestion,
  to: string,
  token: string,
): TokenMail {
  const quoted = lines.slice(0, 20).map(line => `> ${line.slice(0, 200)}`)
  const replyTo = `confirm+${token}@${own.slice(own.lastIndexOf('@') + 1)}`
  return {
    key: `token ${list.id} ${at}`,
    list: list.id,
    to,
    subject: `Did you write this to ${list.name}? ${subject}`.slice(0, 200),
    inReplyTo: messageId,
    kind: 'token',
    replyTo,
    body: [
      `A mail to ${list.address} in your name says:`,
      '',
      ...quoted,
      '',
      'No signature shows that it is yours, so it has no effect yet. If you did not write it, do nothing.',
      `If you did, answer with the next line in it, to ${replyTo}`,
      '',
      `Confirm: ${token}`,
      '',
      `The line works once, for ${limits.tokenDaysMax} days, and only from ${to}.`,
      '',
    ].join('\n'),
  }
}
