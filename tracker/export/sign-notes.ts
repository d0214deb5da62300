// What mirrors are to be told becomes signed mails, each once: verdicts, numbers of bugs and purges as lines of JSON, some hundreds in
// one mail, and each note as it stands in the log. A mirror does them in their order.
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Seq } from '../../base/ids.ts'
import { signNote } from '../../base/note-signature.ts'
import type { List } from '../../sql/lists.ts'
import { rawBytes } from '../../sql/raw.ts'
import { signingKey } from '../../sql/signing-key.ts'
import type { Tables } from '../../sql/tables.ts'

const linesAtOnce = 500

/** Signs all that waits. */
export async function signNotes(db: Kysely<Tables>, list: List): Promise<void> {
  const waits = db.selectFrom('to_sign').select('place').where('list_id', '=', list.id).limit(1)
  while ((await waits.executeTakeFirst()) !== undefined)
    if (!(await db.transaction().execute(trx => signSome(trx, list)))) return
}

type Trx = Transaction<Tables>
type Due = Pick<Tables['to_sign'], 'kind' | 'place'>

/** One signs at a time, so that the numbers have no gap. False when nothing was left. */
async function signSome(trx: Trx, list: List): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${signLock}, ${list.id})`.execute(trx)
  const { rows: due } = await sql<Due>`
    delete from to_sign where (list_id, kind, place) in (
      select list_id, kind, place from to_sign where list_id = ${list.id} order by kind, place limit ${linesAtOnce}
      for update skip locked) returning kind, place`.execute(trx)
  if (due.length === 0) return false
  const of = (kind: Due['kind']): Seq[] => due.filter(one => one.kind === kind).map(one => one.place)
  await takeOut(trx, list, of('purge'))
  const lines = [
    ...(await numberLines(trx, list, of('number'))),
    ...(await verdictLines(trx, list, of('verdict'))),
    ...(await purgeLines(trx, list, of('purge'))),
  ]
  const mails = [
    ...(await notesIn(trx, list, of('note'))),
    ...(lines.length > 0 ? [mailOf(list, lines)] : []),
  ]
  await write(trx, list, mails)
  return true
}

const signLock = 7_020

/** What was said of mails that are purged now: lines of them, and notes that are purged themselves. The rest is signed again. */
async function takeOut(trx: Trx, list: List, seqs: readonly Seq[]): Promise<void> {
  if (seqs.length === 0) return
  const { rows } = await sql<{ number: number; bytes: Buffer; purged: string; whole: boolean }>`
    select s.number, s.bytes, encode(m.raw_hash, 'hex') as purged,
      sha256(substring(s.bytes from position('\\x0a'::bytea in s.bytes) + 1)) = m.raw_hash as whole
    from mail m, signed_note s
    where m.list_id = ${list.id} and m.seq = any(${seqs}::bigint[]) and s.list_id = m.list_id and s.bytes <> '' and (
      position(convert_to('"bytes":"' || encode(m.raw_hash, 'hex') || '"', 'UTF8') in s.bytes) > 0
      or sha256(substring(s.bytes from position('\\x0a'::bytea in s.bytes) + 1)) = m.raw_hash)`.execute(trx)
  const key = await signingKey(trx)
  for (const [number, some] of Map.groupBy(rows, row => row.number)) {
    const [{ bytes } = { bytes: Buffer.alloc(0) }] = some
    const words = some.map(({ purged }) => `"bytes":"${purged}"`)
    const text = bytes.subarray(bytes.indexOf('\n') + 1).toString()
    const left = text.split('\n').filter(line => !words.some(word => line.includes(word)))
    const signed = some.some(({ whole }) => whole)
      ? Buffer.alloc(0)
      : signNote(Buffer.from(left.join('\n')), { list: list.address, number }, key)
    await sql`
      update signed_note set bytes = ${signed}, version = version + 1
      where list_id = ${list.id} and number = ${number}`.execute(trx)
  }
}

async function write(trx: Trx, list: List, mails: readonly Buffer[]): Promise<void> {
  const key = await signingKey(trx)
  const { last } = await trx
    .selectFrom('signed_note')
    .select(db => db.fn.max('number').as('last'))
    .where('list_id', '=', list.id)
    .executeTakeFirstOrThrow()
  for (const [index, bytes] of mails.entries()) {
    const number = Number(last ?? 0) + index + 1
    const signed = signNote(bytes, { list: list.address, number }, key)
    await trx.insertInto('signed_note').values({ list_id: list.id, number, bytes: signed }).execute()
  }
}

function mailOf(list: List, lines: readonly object[]): Buffer {
  const head = [
    `From: <${list.address}>`,
    `Subject: what ${list.name} says of its mails`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'Content-Type: application/x-ndjson; charset=utf-8',
    'X-Threadwork-Note: said by this instance',
  ]
  return Buffer.from(`${head.join('\n')}\n\n${lines.map(line => JSON.stringify(line)).join('\n')}\n`)
}

async function numberLines(trx: Trx, { id }: List, numbers: readonly Seq[]): Promise<object[]> {
  const { rows } = await sql<object>`
    select number, message_id as mail, given_at as at from bug_number
    where list_id = ${id} and number = any(${numbers}::bigint[]) order by number`.execute(trx)
  return rows
}

/** Those of notes come with them. */
async function verdictLines(trx: Trx, { id }: List, seqs: readonly Seq[]): Promise<object[]> {
  const { rows } = await sql<object>`
    select v.grade, encode(m.raw_hash, 'hex') as bytes, v.how, v.identity, v.data, v.made_at as at
    from verdict v join mail m using (list_id, seq)
    where v.list_id = ${id} and v.seq = any(${seqs}::bigint[]) and not m.note and not m.hidden order by v.seq`.execute(
    trx,
  )
  return rows
}

async function purgeLines(trx: Trx, { id }: List, seqs: readonly Seq[]): Promise<object[]> {
  const { rows } = await sql<object>`
    select encode(raw_hash, 'hex') as purged, message_id as mail from mail
    where list_id = ${id} and seq = any(${seqs}::bigint[]) order by seq`.execute(trx)
  return rows
}

async function notesIn(trx: Trx, { id }: List, seqs: readonly Seq[]): Promise<Buffer[]> {
  const { rows } = await sql<{ raw_hash: Buffer }>`
    select raw_hash from mail where list_id = ${id} and seq = any(${seqs}::bigint[]) and not hidden order by seq`.execute(
    trx,
  )
  const mails: Buffer[] = []
  const hashes = rows.map(row => row.raw_hash)
  for await (const [, bytes] of rawBytes(trx, hashes)) mails.push(bytes)
  return mails
}
