// The answer to a token mail (tracker/answer/token-mail.ts). Who can answer it with its token reads the mail of the address
// that was asked, and that is grade B.
import { type Kysely, sql, type Transaction } from 'kysely'
import { plainAddress } from '../../base/git-address.ts'
import { type ListId, listId, type Seq, seq } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import { tokenHash } from '../../base/token-hash.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { senderOf } from '../../tracker/mail/author.ts'
import { isAutomatic as isProgram } from '../../tracker/mail/automatic.ts'
import { readText } from '../../tracker/mail/text.ts'
import { noteWords } from '../../tracker/topic/verdict-words.ts'
import { purportedOf } from './purported.ts'
import { lockClusters, refoldMails } from './refold-mails.ts'

/** The token in a recipient such as `confirm+TOKEN@lists.example.org`; null for any other address. */
export function tokenIn(address: string): string | null {
  return /^confirm\+([0-9a-f]{32})@/i.exec(address)?.[1]?.toLowerCase() ?? null
}

/** Whether it is such an address, at the host of a list. */
export function isConfirmation(address: string, lists: readonly Pick<List, 'address'>[]): boolean {
  const host = address.slice(address.lastIndexOf('@')).toLowerCase()
  return tokenIn(address) !== null && lists.some(list => plainAddress(list.address).endsWith(host))
}

export interface Answer {
  readonly bytes: Buffer
  /** MAIL FROM; empty for the null sender. */
  readonly from: string
}

export interface Confirmation {
  readonly confirmed: boolean
  /** One sentence for whoever sent the answer. */
  readonly text: string
}

const refused = (text: string): Confirmation => ({ confirmed: false, text })

/**
 * Takes the answer to a token mail: the verdict of the mail it is for becomes B. That it came to the token's address is not
 * enough: a program that answers all mail writes there, too.
 */
export async function confirm(db: Kysely<Tables>, answer: Answer): Promise<Confirmation> {
  const mail = decodeMail(answer.bytes)
  if (isAutomatic(mail, answer.from)) return refused('An automatic answer confirms nothing')
  const { address, problem } = purportedOf(answer.bytes)
  if (problem !== null) return refused(`It confirms nothing: ${noteWords(problem)}`)
  const hashes = [...new Set(tokensIn(mail))].map(tokenHash)
  if (hashes.length === 0) return refused('The answer must hold the line "Confirm: ..." of the question')
  return db.transaction().execute(async trx => {
    const found = await findToken(trx, hashes)
    if (found === undefined) return refused('This confirmation is not known here')
    if (found.used) return refused('This was confirmed before')
    if (found.expired) return refused('This confirmation is too old; send the change again')
    if (found.address !== address) return refused('A confirmation must come from the address that was asked')
    await raise(trx, found, messageIdOf(answer.bytes).id)
    return { confirmed: true, text: 'Confirmed' }
  })
}

/** A vacation robot answers from the right address and quotes the token; not every one says what it is in a field (RFC 3834). */
function isAutomatic({ headers, body }: DecodedMail, from: string): boolean {
  const lines = readText(body).own.map(({ line }) => line)
  const subject = decodeWords(headerValue(headers, 'subject') ?? '').trim()
  const value = (name: string) => (headerValue(headers, name) ?? '').trim().toLowerCase()
  const automatic = value('auto-submitted')
  return (
    from === '' ||
    (automatic !== '' && !automatic.startsWith('no')) ||
    /^(?:bulk|junk|list|auto_reply)$/.test(value('precedence')) ||
    ['x-autoreply', 'x-autorespond', 'x-autoresponse'].some(name => value(name) !== '') ||
    value('content-type').startsWith('multipart/report') ||
    awaySubject.test(subject) ||
    isProgram({ headers, subject, sender: senderOf(headers), answers: true, lines })
  )
}

const awaySubject =
  /^\s*(?:auto(?:mated|matic)?[ -]?(?:reply|response|answer)|out[ -]of[ -](?:the[ -])?office|ooo\b|vacation\b|automatische (?:antwort|abwesenheit)|abwesenheits?|r[ée]ponse automatique|respuesta autom[áa]tica|resposta autom[áa]tica|risposta automatica|autosvar)/i

/** In the subject or the text; quoted, as mailers do, is fine. */
function tokensIn({ headers, body }: DecodedMail): string[] {
  const subject = decodeWords(headerValue(headers, 'subject') ?? '')
  const found = `${subject}\n${body}`.matchAll(/\bconfirm:\s{0,5}(?:>\s{0,5}){0,5}([0-9a-f]{32})\b/gi)
  return [...found].slice(0, 5).flatMap(match => match[1] ?? [])
}

interface Found {
  readonly hash: Buffer
  readonly list: ListId
  readonly seq: Seq
  readonly address: string
  readonly used: boolean
  readonly expired: boolean
}

async function findToken(trx: Transaction<Tables>, hashes: readonly Buffer[]): Promise<Found | undefined> {
  const { rows } = await sql<{
    token_hash: Buffer
    list_id: number
    seq: Seq
    address: string
    used: boolean
    expired: boolean
  }>`
    select token_hash, list_id, seq, address, used_at is not null as used, expires_at < now() as expired
    from token_mail where token_hash = any(${hashes}::bytea[]) order by used_at nulls first limit 1 for update`.execute(
    trx,
  )
  const row = rows[0]
  return row && { ...row, hash: row.token_hash, list: listId(row.list_id), seq: seq(row.seq) }
}

/** Never lowers a grade: the job may have found a signature meanwhile. */
async function raise(
  trx: Transaction<Tables>,
  { hash, list, seq: at, address }: Found,
  by: string,
): Promise<void> {
  await lockClusters(trx, list)
  await sql`
    update token_mail set used_at = now(), answered_by = ${toStorableText(by)} where token_hash = ${hash}`.execute(
    trx,
  )
  await sql`delete from verdict_due where list_id = ${list} and seq = ${at}`.execute(trx)
  await sql`
    insert into verdict (list_id, seq, grade, how, identity, data)
    values (${list}, ${at}, 'B', jsonb_build_object('code', 'token'), ${address}, jsonb_build_object('confirmed', now()))
    on conflict (list_id, seq) do update set grade = 'B', how = excluded.how, identity = excluded.identity,
      data = verdict.data || excluded.data, made_at = now()
    where verdict.grade = 'C'`.execute(trx)
  await refoldMails(trx, list, [at])
}
