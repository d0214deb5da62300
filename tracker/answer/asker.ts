// All that is to be known of a mail before it is answered: its copies with their envelopes and verdicts, and the list.
import type { Kysely } from 'kysely'
import type { IndexKey, ListId, MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import { instanceAddress } from '../../sql/instance.ts'
import { allLists } from '../../sql/lists.ts'
import { configuredRoster } from '../../sql/merged-roster.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { readHeaders } from '../decode/headers.ts'
import type { MailFacts } from '../mail/facts.ts'
import { isAnswerable } from '../mail/references.ts'
import { addressesOf, type Roster } from '../topic/rules.ts'
import type { Topic } from '../topic/topic.ts'
import type { NoteCode, VerdictData } from '../topic/verdict.ts'
import type { MailCopy, Situation } from './may-answer.ts'

export interface AnsweringList {
  readonly name: string
  readonly address: string
  readonly people: Roster
  readonly answers: ListConfig['answers']
  readonly trust: ListConfig['trust']
}

export async function answeringList(db: Kysely<Tables>, list: ListId): Promise<AnsweringList> {
  const { settings } = await db
    .selectFrom('list')
    .select('settings')
    .where('id', '=', list)
    .executeTakeFirstOrThrow()
  return { ...settings, people: configuredRoster(settings.people) }
}

/** The copies of a mail; `pending` while one of them has no verdict. */
export async function copiesOf(
  db: Kysely<Tables>,
  list: ListId,
  key: IndexKey,
): Promise<{ copies: MailCopy[]; pending: boolean }> {
  const rows = await db
    .selectFrom('mail')
    .innerJoin('fact', join =>
      join.onRef('fact.list_id', '=', 'mail.list_id').onRef('fact.seq', '=', 'mail.seq'),
    )
    .leftJoin('verdict', join =>
      join.onRef('verdict.list_id', '=', 'mail.list_id').onRef('verdict.seq', '=', 'mail.seq'),
    )
    .leftJoin('verdict_due', join =>
      join.onRef('verdict_due.list_id', '=', 'mail.list_id').onRef('verdict_due.seq', '=', 'mail.seq'),
    )
    .select([
      'mail.seq',
      'mail.raw_hash',
      'mail.envelope',
      'fact.data',
      'verdict.grade',
      'verdict.identity',
      'verdict.data as found',
    ])
    .select('verdict_due.seq as waits')
    .where('mail.list_id', '=', list)
    .where('mail.message_key', '=', key)
    .where('mail.hidden', '=', false)
    .orderBy('mail.seq')
    .limit(limits.copiesReadMax)
    .execute()
  const headersOf = new Map<string, MailCopy['headers']>()
  const hashes = rows.map(row => row.raw_hash)
  for await (const [hash, bytes] of rawBytes(db, hashes)) headersOf.set(hash, readHeaders(bytes).headers)
  const copies = rows.flatMap(({ seq, raw_hash, envelope, data, grade, identity, found }): MailCopy[] => {
    const headers = headersOf.get(raw_hash.toString('base64'))
    if (!headers) return []
    const verdict =
      grade === null || grade === 'I'
        ? null
        : { grade, identity, broken: brokenIn(found), headed: brokenIn(found, 'body-changed') }
    return [{ seq, facts: data, headers, envelope, verdict }]
  })
  return { copies, pending: rows.some(({ waits }) => waits !== null) }
}

/** The domains whose DKIM signature does not hold: what a list's footer leaves of it. */
const brokenIn = (found: VerdictData | null, code?: NoteCode): string[] =>
  (found?.checks ?? []).flatMap(({ method, result, signer, note }) =>
    method === 'DKIM' && result === 'fail' && signer !== null && (code === undefined || note?.code === code)
      ? [signer.toLowerCase()]
      : [],
  )

export async function situationOf(
  db: Kysely<Tables>,
  list: AnsweringList,
  topic: Topic,
  { now, mail, recent }: { now: Date; mail: string; recent: boolean },
): Promise<Situation> {
  const lists = await allLists(db)
  return {
    now,
    own: await instanceAddress(db),
    lists: lists.flatMap(each => [each.address, each.subscribed ?? '']).map(address => address.toLowerCase()),
    robots: list.people.filter(({ role }) => role === 'robot').flatMap(addressesOf),
    trust: list.trust,
    kind: topic.kind,
    imposters: topic.mails.some(({ id, imposters }) => id === mail && imposters !== undefined),
    recent,
  }
}

/** The topic that holds a mail; undefined while none does. */
export async function topicHolding(
  db: Kysely<Tables>,
  list: ListId,
  key: IndexKey,
): Promise<Topic | undefined> {
  const row = await db
    .selectFrom('topic_mail')
    .innerJoin('topic', join =>
      join
        .onRef('topic.list_id', '=', 'topic_mail.list_id')
        .onRef('topic.id_key', '=', 'topic_mail.topic_key'),
    )
    .select(topicColumns)
    .where('topic_mail.list_id', '=', list)
    .where('topic_mail.message_key', '=', key)
    .executeTakeFirst()
  return row && wholeTopic(row)
}

/**
 * The header fields of an answer to a mail (RFC 5322 3.6.4) that stands between these addresses. One that would be read as an
 * answer to another mail answers none.
 */
export function answering(
  { messageId, references, subject }: MailFacts,
  addresses: readonly string[],
): {
  readonly subject: string
  readonly inReplyTo?: MessageId
  readonly references?: readonly MessageId[]
} {
  const title = /^re:/i.test(subject.text) ? subject.text : `Re: ${subject.text}`
  return isAnswerable(messageId, addresses)
    ? { subject: title, inReplyTo: messageId, references: [...references.toReversed(), messageId] }
    : { subject: title }
}
