// What another instance says of its mails, out of the `git/notes.git` that it writes beside them: what holds the signature of the key that
// the operator named has its effect here, too, in its order. All else stays in the repository and does nothing.
import { type Kysely, sql, type Transaction } from 'kysely'
import { type MessageId, messageId, type Seq } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { verifiedNote } from '../base/note-signature.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import type { List } from '../sql/lists.ts'
import { appendNote } from '../sql/notes.ts'
import type { Tables } from '../sql/tables.ts'
import { purge } from '../tracker/project/moderate.ts'
import { sortAll } from '../tracker/project/projector.ts'
import { lockClusters, refoldMails } from './auth/refold-mails.ts'
import { savedPosition, savePosition } from './import-position.ts'
import { writerIn } from './notes.ts'
import { type Said, saidIn } from './said-of-mails.ts'
import { openPublicInbox } from './source/public-inbox.ts'

export interface MirrorReport {
  done: number
  /** Their signature is not that of the key. */
  refused: number
}

interface Mirror {
  readonly db: Kysely<Tables>
  readonly list: List
  /** The repository of the notes. */
  readonly directory: string
  /** In base64. */
  readonly key: string
}

/** Does what is new in it; the mails that it speaks of are in the log by then. Broken off, it goes on behind the last note that it did. */
export async function importMirrorNotes(mirror: Mirror): Promise<MirrorReport> {
  const { db, list, directory, key } = mirror
  const place = { list: list.id, source: `notes signed by ${key}` }
  let last = Number((await savedPosition(db, place)) ?? 0)
  const report = { done: 0, refused: 0 }
  const source = await openPublicInbox(directory)
  for await (const item of source.read(undefined)) {
    const note = item.kind === 'mail' ? verifiedNote(item.bytes, list.address, key) : null
    if (note === null) report.refused++
    if (note === null || note.number <= last) continue
    const said = saidIn(note.bytes)
    await db.transaction().execute(async trx => {
      await (said === null ? keepNote(trx, list, note.bytes) : heed(trx, list, said))
      await savePosition(trx, place, String(note.number))
    })
    for (const { bytes, mail } of said?.purges ?? []) await purgeHere(db, list, bytes, mail)
    last = note.number
    report.done++
  }
  await sortAll(db, list.id)
  return report
}

async function keepNote(trx: Transaction<Tables>, { id: list }: List, bytes: Buffer): Promise<void> {
  const writer = writerIn(bytes)
  if (writer !== null) await appendNote(trx, { list, bytes, ...writer, restored: true })
}

async function heed(
  trx: Transaction<Tables>,
  { id: list }: List,
  { numbers, verdicts }: Said,
): Promise<void> {
  await lockClusters(trx, list)
  for (const { number, mail, at } of numbers) {
    const key = indexKey(mail)
    await sql`
      delete from bug_number where list_id = ${list} and message_key = ${key} and number <> ${number}`.execute(
      trx,
    )
    // A bug that got it here meanwhile is another one there, and hears its own number later.
    await sql`
      update bug_number set number = (select max(number) + 1 from bug_number where list_id = ${list})
      where list_id = ${list} and number = ${number} and message_key <> ${key}`.execute(trx)
    await sql`
      insert into bug_number (list_id, number, message_id, message_key, given_at)
      values (${list}, ${number}, ${toStorableText(mail)}, ${key}, ${at}) on conflict do nothing`.execute(trx)
  }
  const seqs: Seq[] = []
  for (const { bytes, grade, how, identity, data, at } of verdicts) {
    const { rows } = await sql<{ seq: Seq }>`
      insert into verdict (list_id, seq, grade, how, identity, data, made_at)
      select list_id, seq, ${grade}, ${toStorableJson(how)}::jsonb, ${identity}, ${toStorableJson(data)}::jsonb, ${at}
      from mail where list_id = ${list} and raw_hash = ${Buffer.from(bytes, 'hex')}
      on conflict (list_id, seq) do update set grade = excluded.grade, how = excluded.how, identity = excluded.identity,
        data = excluded.data, made_at = excluded.made_at
      returning seq`.execute(trx)
    seqs.push(...rows.map(row => row.seq))
  }
  for (const table of ['verdict_due', 'event_due'] as const)
    await sql`delete from ${sql.table(table)} where list_id = ${list} and seq = any(${seqs}::bigint[])`.execute(
      trx,
    )
  await refoldMails(trx, list, seqs)
}

async function purgeHere(
  db: Kysely<Tables>,
  { id: list }: List,
  bytes: string,
  mail: MessageId,
): Promise<void> {
  const stone = { list, messageId: messageId(mail), hash: Buffer.from(bytes, 'hex') }
  await purge(db, { ...stone, who: 'mirrored', reason: 'purged where it came from' })
}
