// receive: a series goes to the lists that it names, each of its mails once, under its author's signature. All of it or nothing:
// every message is read and its signature proved before one is owed. reflect does the same, and the author alone gets what he signed.
import { type Kysely, sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { plainAddress } from '../../base/git-address.ts'
import { limits } from '../../base/limits.ts'
import { crlfOnly } from '../../base/line-ends.ts'
import { instanceAddress } from '../../sql/instance.ts'
import { allLists, type List } from '../../sql/lists.ts'
import { passMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { peopleOf } from '../../tracker/project/people.ts'
import { addressesOf } from '../../tracker/topic/rules.ts'
import type { Keys } from '../auth/keyring.ts'
import type { Resolve } from '../auth/resolver.ts'
import { coveredForms } from './covered-form.ts'
import { lockDay, refuseMany } from './day.ts'
import { forbidsOthers } from './dmarc.ts'
import { passedBytes } from './from-via.ts'
import { Refusal } from './refusal.ts'
import { type Signature, signatureOf } from './signed.ts'
import { readSubmitted, type Submitted, textHashOf } from './submitted.ts'

export interface Receiving {
  readonly db: Kysely<Tables>
  readonly keys: Keys
  readonly resolve: Resolve
  readonly mailBytesMax: number
  /** Milliseconds. */
  readonly now: number
}

/** Answers what b4 shows. */
export async function receive(request: unknown, receiving: Receiving): Promise<string> {
  const series = await readSeries(request, receiving, async mail => mail)
  const { mails, by } = series
  const sent = await receiving.db.transaction().execute(trx => send(trx, series))
  const before = sent < mails.length ? `, and ${mails.length - sent} were there before` : ''
  return `Sent ${sent} messages for ${by.identity}/${by.selector}${before}`
}

/** The same for the author's eyes alone: anybody may ask for it with a signed mail that he found, so it holds what is signed. */
export async function reflect(request: unknown, receiving: Receiving): Promise<string> {
  const { mails, by } = await readSeries(request, receiving, ownPart)
  await receiving.db.transaction().execute(async trx => {
    await lockDay(trx, by.identity)
    await refuseMany(trx, by.identity, mails.length)
    for (const { mail, lists, wire, signature } of mails)
      await passMail(trx, {
        // By the signature: b4 makes a new one each time.
        key: `reflection ${signature}`,
        kind: 'reflection',
        list: lists[0].id,
        to: by.identity,
        messageId: mail.messageId,
        bytes: wire,
      })
  })
  return `Reflected ${mails.length} messages to ${by.identity}`
}

interface Series {
  readonly by: Signature
  readonly mails: readonly Ready[]
}

/** A message that may leave. */
interface Ready {
  readonly mail: Submitted
  readonly textHash: string
  /** Those of its recipients that take mail so. */
  readonly lists: readonly [List, ...List[]]
  /** As it goes over the wire. */
  readonly wire: Buffer
  /** The hash of its signature. */
  readonly signature: string
}

const requested = z.object({ messages: z.array(z.string()).min(1).max(limits.submissionMessagesMax) })

/** What of a message leaves. */
type Shape = (
  mail: Submitted,
  signature: Signature,
  at: { readonly lists: readonly List[]; readonly before: readonly string[]; readonly receiving: Receiving },
) => Promise<Submitted>

const ownPart: Shape = async (mail, { covers, hash }, { lists, before, receiving }) => {
  const { keys, mailBytesMax, now } = receiving
  const to = lists.map(({ address }) => address)
  for (const text of await coveredForms(mail, { covers, to, before, now })) {
    const own = readSubmitted(text, mailBytesMax, now)
    const signed = await signatureOf(own, keys, now, 'message-id').catch(() => null)
    if (signed?.hash === hash) return own
  }
  throw new Refusal(403, `Cannot send back <${mail.messageId}>: its signature does not cover what it says`)
}

async function readSeries(request: unknown, receiving: Receiving, shape: Shape): Promise<Series> {
  const { db, keys, resolve, mailBytesMax, now } = receiving
  const { data } = requested.safeParse(request)
  if (data === undefined)
    throw new Refusal(
      400,
      `Cannot read the messages; allowed are 1 to ${limits.submissionMessagesMax} of them, as text`,
    )
  const open = (await allLists(db)).filter(({ webSubmission }) => webSubmission)
  const own = await instanceAddress(db)
  const ready: Ready[] = []
  let by: Signature | undefined
  let via = false
  // One by one, the cheap questions first: who has no key is refused at the header of the first.
  for (const text of data.messages) {
    const mail = readSubmitted(text, mailBytesMax, now)
    const lists = listsOf(mail, open)
    const signature = await signatureOf(mail, keys, now, 'message-id')
    if (by !== undefined && by.signer !== signature.signer)
      throw new Refusal(403, 'Cannot take messages that several keys signed; allowed is one for a series')
    if (ready.some(other => other.mail.messageKey === mail.messageKey))
      throw new Refusal(400, `Cannot take two messages as <${mail.messageId}>`)
    if (by === undefined) via = await forbidsOthers(mail.from, own, resolve)
    by = signature
    const textHash = textHashOf(mail)
    const before = ready.map(other => other.mail.messageId)
    const leaving = await shape(mail, signature, { lists, before, receiving })
    const bytes = passedBytes(leaving, { own, via, selector: by.selector, road: 'HTTP', at: new Date(now) })
    // What readers will verify is what leaves.
    if (via) await signatureOf({ bytes, from: mail.from }, keys, now, 'message-id')
    ready.push({ mail, textHash, lists, wire: crlfOnly(bytes), signature: signature.hash })
  }
  if (by === undefined) throw new Error('A series without a message passed')
  return { by, mails: ready }
}

function listsOf({ recipients }: Submitted, open: readonly List[]): [List, ...List[]] {
  const named = new Set(recipients.map(plainAddress))
  const [list, ...others] = open.filter(({ address }) => named.has(plainAddress(address)))
  if (list !== undefined) return [list, ...others]
  const allowed = open.map(({ address }) => address).join(', ') || 'no list at all'
  throw new Refusal(
    403,
    `Cannot send a message to none of the lists that are served here; allowed in To or Cc: ${allowed}`,
  )
}

/** Answers how many of them are new on one of their lists. */
async function send(trx: Transaction<Tables>, { mails, by }: Series): Promise<number> {
  await lockDay(trx, by.identity)
  await refuseMany(trx, by.identity, mails.length)
  let sent = 0
  for (const ready of mails) {
    let fresh = false
    for (const list of ready.lists) fresh = (await sendTo(trx, list, ready, by)) || fresh
    if (fresh) sent += 1
  }
  await trx
    .updateTable('submission_key')
    .set({ used_at: sql`now()` })
    .where('identity', '=', by.identity)
    .where('selector', '=', by.selector)
    .where('revoked_at', 'is', null)
    .execute()
  return sent
}

/** False when it went there before, by this road or another one. */
async function sendTo(
  trx: Transaction<Tables>,
  list: List,
  { mail, textHash, wire }: Ready,
  { identity, selector }: Signature,
): Promise<boolean> {
  const { messageId, messageKey } = mail
  const { rows: known } = await sql<{ text_hash: string }>`
    select text_hash from submission where list_id = ${list.id} and message_key = ${messageKey}`.execute(trx)
  if (known[0] && known[0].text_hash !== textHash)
    throw new Refusal(409, `Cannot send another text as <${messageId}>; allowed is a new revision`)
  const { rows: there } = await sql`
    select from mail where list_id = ${list.id} and message_key = ${messageKey} limit 1`.execute(trx)
  if (known.length + there.length > 0) return false
  await trx
    .insertInto('submission')
    .values({
      ...{ list_id: list.id, message_key: messageKey, message_id: messageId, text_hash: textHash },
      ...{ identity, selector },
    })
    .execute()
  for (const to of await readersOf(trx, list, mail))
    await passMail(trx, {
      key: `submission ${list.id} ${messageId} ${to}`,
      ...{ kind: 'submission', list: list.id, to, messageId, bytes: wire },
    })
  return true
}

/** The list, and those whom the mail names and who have a role there; to anybody else this is no way. */
async function readersOf(trx: Transaction<Tables>, list: List, { recipients }: Submitted): Promise<string[]> {
  const { rules } = await peopleOf(trx, list.id)
  const people = new Set((rules.rosters.at(-1)?.people ?? []).flatMap(addressesOf))
  return [list.address, ...recipients.filter(address => people.has(address))]
}
