// A write through the API -> a note in the log. What it would do is asked of the fold first, so that whoever may not do it hears
// so at once and nothing is kept; then it is appended, and with the list's wish for it owed to the thread, in one transaction.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type ListId, type MessageId, messageId, type Seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { completeList, type ListConfig } from '../../base/list-settings.ts'
import { readInstance } from '../../sql/instance.ts'
import { appendNote } from '../../sql/notes.ts'
import { oweBytes } from '../../sql/outbox.ts'
import { messageIdFor } from '../../sql/outgoing-mail.ts'
import type { Tables } from '../../sql/tables.ts'
import { holdToken } from '../../sql/tokens.ts'
import type { MailFacts, Person } from '../mail/facts.ts'
import { assign } from '../project/assign.ts'
import { foresee } from '../project/foresee.ts'
import { peopleOf } from '../project/people.ts'
import { refold } from '../project/refold.ts'
import { addressesOf } from '../topic/rules.ts'
import type { Topic } from '../topic/topic.ts'
import { answering } from './asker.ts'
import { type NoteMail, noteBytes, postedBytes } from './note-mail.ts'
import { oneLine } from './one-line.ts'

/** Who writes: the token and the person who acts with it. */
export interface Writer {
  readonly token: string
  /** Its number, where it may have been revoked meanwhile. */
  readonly tokenId?: number
  readonly address: string
}

export interface Write {
  readonly list: ListId
  readonly kind: 'checks' | 'states' | 'notes'
  /** The mail that it answers. */
  readonly on: MessageId
  /** Others that its lines name. */
  readonly names?: readonly MessageId[]
  readonly body: string
}

/** `missing`: the mail is in no topic. `refused`: why its writer may not do it. `topic`: as it is with the note. */
export type Noted =
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | {
      readonly outcome: 'written'
      readonly note: MessageId
      /** Its place in the log. */
      readonly seq: Seq
      readonly topic: Topic
    }

export const writeNote = (db: Kysely<Tables>, writer: Writer, write: Write): Promise<Noted> =>
  writeNotes(db, writer, [write])

/** All of them in one transaction, or none: what is refused is refused before anything is kept. The answer is that of the last. */
export async function writeNotes(
  db: Kysely<Tables>,
  writer: Writer,
  writes: readonly [Write, ...Write[]],
): Promise<Noted> {
  const ready: Ready[] = []
  for (const write of writes) {
    const prepared = await prepare(db, writer, write)
    if ('outcome' in prepared) return prepared
    ready.push(prepared)
  }
  const places = await db.transaction().execute(async trx => {
    if (writer.tokenId !== undefined && !(await holdToken(trx, writer.tokenId))) return null
    const kept: Seq[] = []
    for (const note of ready) kept.push(await keep(trx, writer, note))
    return kept
  })
  if (places === null) return { outcome: 'refused', reason: 'the token was revoked or expired' }
  for (const { list, id } of ready) await settle(db, list, id)
  const [last, seq] = [ready.at(-1), places.at(-1)]
  if (last === undefined || seq === undefined) throw new Error('No note was written')
  return { outcome: 'written', note: last.id, seq, topic: last.topic }
}

/** A note that may be kept. */
interface Ready {
  readonly list: ListId
  readonly id: MessageId
  readonly bytes: Buffer
  /** What goes to the thread, where the list wishes so. */
  readonly posted: { readonly to: string; readonly bytes: Buffer } | null
  readonly topic: Topic
}

/** Makes the note and asks the fold what it would do. */
async function prepare(
  db: Kysely<Tables>,
  writer: Writer,
  write: Write,
): Promise<Ready | Exclude<Noted, { outcome: 'written' }>> {
  const about = await answeredMail(db, write.list, write.on)
  if (about === undefined) return { outcome: 'missing' }
  const { address, now } = await readInstance(db)
  const {
    subject,
    inReplyTo,
    references = [],
  } = answering(about.facts, [about.settings.address, writer.address])
  if (inReplyTo === undefined) return { outcome: 'refused', reason: unnameable }
  const mail: NoteMail = {
    ...{ inReplyTo, references, subject: oneLine(subject) },
    id: messageIdFor(address, hashAt(now)),
    who: await personOf(db, write.list, writer.address),
    by: `by token ${writer.token}`,
    to: about.settings.address,
    body: `${write.body}\n`,
    date: now,
  }
  const bytes = await noteBytes(mail)
  const verdict = {
    grade: 'A' as const,
    how: { code: 'noted' as const, token: writer.token },
    identity: writer.address,
  }
  const foreseen = await foresee(db, write.list, indexKey(write.on), { bytes, at: now, verdict })
  if (foreseen === null) return { outcome: 'missing' }
  const id = messageId(mail.id)
  const reason = whyNot(foreseen, id, write)
  if (reason !== null) return { outcome: 'refused', reason }
  const posted = about.settings.post[write.kind]
    ? { to: mail.to, bytes: await postedBytes(mail, address) }
    : null
  return { list: write.list, id, bytes, posted, topic: foreseen.topic }
}

function whyNot(
  { topic, facts }: { readonly topic: Topic; readonly facts: MailFacts },
  id: MessageId,
  write: Write,
): string | null {
  const done = topic.history.filter(change => change.mail === id)
  const refused = done.find(({ effect, reason }) => !effect && reason !== null)
  if (refused) return refused.reason ?? ''
  if (write.kind === 'notes' && saysMore(facts)) return onlyWords
  return facts.references[0] !== write.on || namesOthers(facts, write) ? unnameable : null
}

async function keep(
  trx: Kysely<Tables>,
  writer: Writer,
  { list, id, bytes, posted, topic }: Ready,
): Promise<Seq> {
  const place = await appendNote(trx, { list, bytes, by: { token: writer.token }, address: writer.address })
  if (posted !== null) await oweBytes(trx, { list, id, thread: topic.id, ...posted })
  if (place === null) throw new Error(`The note ${id} is in the log already`)
  return place
}

/** Who may write words alone sets nothing by them. */
const saysMore = ({ tags, checks, trailers, applied, withdrawal, releases, findings }: MailFacts): boolean =>
  [tags, checks, trailers, releases ?? [], findings ?? []].some(facts => facts.length > 0) ||
  applied !== null ||
  withdrawal !== null

/** An id that a stranger chose may end the brackets around it and say more. */
const namesOthers = ({ tags }: MailFacts, { on: answered, names = [] }: Write): boolean =>
  tags.some(({ on }) => on !== undefined && on !== answered && !names.includes(on))

const unnameable = 'a mail cannot name its Message-ID'

const onlyWords = 'a note is only words, and a line of this one would do something'

/**
 * Two notes of one second are told apart by their ids alone (tree.ts), so these grow with the time; nobody can guess the rest.
 */
const hashAt = (now: Date): string =>
  `${(now.getTime() * 1000 + (Math.floor(performance.now() * 1000) % 1000)).toString(16).padStart(14, '0')}${randomBytes(9).toString('hex')}`

async function answeredMail(
  db: Kysely<Tables>,
  list: ListId,
  on: MessageId,
): Promise<{ facts: MailFacts; settings: ListConfig } | undefined> {
  const row = await db
    .selectFrom('fact')
    .innerJoin('list', 'list.id', 'fact.list_id')
    .select(['fact.data', 'list.settings'])
    .where('fact.list_id', '=', list)
    .where('fact.message_key', '=', indexKey(on))
    .orderBy('fact.seq')
    .limit(1)
    .executeTakeFirst()
  return row && { facts: row.data, settings: completeList(row.settings) }
}

/** With the name that the list's people have for the address. */
async function personOf(db: Kysely<Tables>, list: ListId, address: string): Promise<Person> {
  const { rules } = await peopleOf(db, list)
  const entry = rules.rosters.at(-1)?.people.find(one => addressesOf(one).includes(address))
  return { name: entry?.person.name ?? '', address }
}

/** Sorts and folds until the note is in its topic, so that who reads next sees it. A worker may do so meanwhile. */
async function settle(db: Kysely<Tables>, list: ListId, id: MessageId): Promise<void> {
  const end = performance.now() + limits.noteSettleMillisecondsMax
  while (performance.now() < end) {
    await assign(db, list, limits.sortMailsMax)
    await refold(db, list, limits.foldClustersMax)
    const { rows } = await sql<{ settled: boolean }>`
      select exists (select from fact f join cluster c on c.id = f.cluster
        where f.list_id = ${list} and f.message_key = ${indexKey(id)} and not c.dirty) as settled`.execute(db)
    if (rows[0]?.settled) return
    await sleep(limits.sortRestMillisecondsMax)
  }
}
