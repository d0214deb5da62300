import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { saveLists } from '../../sql/lists.ts'
import { append, appendAll } from '../../sql/log.ts'
import { rawBytes } from '../../sql/raw.ts'
import { testDatabase } from '../database.ts'
import { mail } from '../ingest/mails.ts'
import { storedMails } from '../stored-mails.ts'

const envelope = { road: 'import' }
const arrival = (bytes: Buffer) => ({ bytes, envelope })

async function log(...names: string[]) {
  const { db } = await testDatabase()
  const lists = await saveLists(
    db,
    ['demo', ...names].map(name => ({ name, address: `${name}@lists.example.net` })),
  )
  const [first, second] = lists.map(list => list.id)
  if (first === undefined) throw new Error('No list')
  return { db, list: first, other: second ?? first }
}

describe('the log', () => {
  test('gives back every byte, whatever it is', async () => {
    const { db, list } = await log()
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const mails = [every, Buffer.alloc(0), mail('plain'), Buffer.alloc(300_000, 'abc\r\n\0')]
    const appended = await append(db, list, mails.map(arrival))
    for (const [index, { messageId }] of appended.entries())
      expect(await storedMails(db, list, indexKey(messageId))).toEqual([mails[index]])
  })

  test('keeps a mail once, in one call and over calls, and answers with its first place', async () => {
    const { db, list } = await log()
    const [one, two] = [mail('one'), mail('two')]
    const first = await append(db, list, [arrival(one), arrival(two), arrival(one)])
    expect(first.map(({ fresh }) => fresh)).toEqual([true, true, false])
    expect(first[2]?.seq).toBe(first[0]?.seq)
    const again = await append(db, list, [arrival(two), arrival(one)])
    expect(again).toEqual([
      { seq: first[1]?.seq, messageId: 'two@example.org', fresh: false },
      { seq: first[0]?.seq, messageId: 'one@example.org', fresh: false },
    ])
    expect(await db.selectFrom('unsorted').selectAll().execute()).toHaveLength(2)
  })

  test('keeps a mail once that comes by many connections at the same moment', async () => {
    const { db, list, other } = await log('bpf')
    const mails = Array.from({ length: 30 }, (_, index) => mail(`mail-${index}`))
    const shuffled = (step: number) => mails.map((_, index) => mails[(index * step) % mails.length] as Buffer)
    // Bytes that are there already take another way than new ones.
    const [third] = await saveLists(db, [{ name: 'third', address: 'third@lists.example.net' }])
    if (third) await append(db, third.id, mails.slice(0, 15).map(arrival))
    const calls = [1, 7, 11, 13, 17, 19, 23, 29].map((step, index) =>
      append(db, index % 2 === 0 ? list : other, shuffled(step).map(arrival)),
    )
    const appended = (await Promise.all(calls)).flat()
    expect(appended.filter(({ fresh }) => fresh)).toHaveLength(2 * mails.length)
    const kept = db.selectFrom('mail').select('seq')
    expect(await kept.where('list_id', '=', list).execute()).toHaveLength(mails.length)
    expect(await kept.where('list_id', '=', other).execute()).toHaveLength(mails.length)
    expect(await db.selectFrom('raw').select('hash').execute()).toHaveLength(mails.length)
  })

  test('does not stop two connections that bring known bytes in opposite orders', async () => {
    const { db, list: known } = await log()
    const mails = Array.from({ length: 150 }, (_, index) => arrival(mail(`mail-${index}`)))
    await append(db, known, mails)
    for (let round = 0; round < 6; round++) {
      const [list] = await saveLists(db, [{ name: `list-${round}`, address: `${round}@lists.example.net` }])
      if (list === undefined) throw new Error('No list')
      const both = await Promise.all([append(db, list.id, mails), append(db, list.id, mails.toReversed())])
      expect(both.flat().filter(({ fresh }) => fresh)).toHaveLength(mails.length)
    }
  })

  test('keeps the bytes of a mail to two lists once and gives it a place on each', async () => {
    const { db, list, other } = await log('bpf')
    const bytes = mail('both')
    const appended = await appendAll(db, [
      { ...arrival(bytes), list },
      { ...arrival(bytes), list: other },
    ])
    expect(appended.map(({ fresh }) => fresh)).toEqual([true, true])
    for (const one of [list, other])
      expect(await storedMails(db, one, indexKey('both@example.org'))).toEqual([bytes])
    expect(await db.selectFrom('raw').select('hash').execute()).toHaveLength(1)
  })

  test('finds all mails of one Message-ID, the first to come first', async () => {
    const { db, list } = await log()
    const copies = [mail('one'), mail('one', 'With a footer.\n'), mail('one', 'By an imposter.\n')]
    for (const bytes of copies) await append(db, list, [arrival(bytes)])
    expect(await storedMails(db, list, indexKey('one@example.org'))).toEqual(copies)
    expect(await storedMails(db, list, indexKey('none@example.org'))).toEqual([])
  })

  test('reads as many mails at once as fit into memory, in the order asked for', async () => {
    const { db, list } = await log()
    const sizes = [0.4, 0.4, 0.4, 1.5, 0, 0.4]
    const mails = sizes.map((share, index) => mail(`of-${index}`, 'x'.repeat(limits.readBytesMax * share)))
    for (const bytes of mails) await append(db, list, [arrival(bytes)])
    const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
    const asked = [...mails].reverse()
    const unknown = Buffer.alloc(32)
    const read: Buffer[] = []
    for await (const [, bytes] of rawBytes(db, [...asked.map(hashOf), unknown, hashOf(mails[0] as Buffer)]))
      read.push(bytes)
    expect(read.map(bytes => bytes.length)).toEqual([...asked, mails[0]].map(bytes => bytes?.length))
    expect(read.every((bytes, index) => bytes.equals(asked[index] ?? (mails[0] as Buffer)))).toBe(true)
  })

  test.each([
    ['with NUL in its id', 'Message-ID: <a\0b@example.org>\n\nx\n'],
    ['with an id of 20,000 characters', `Message-ID: <${'long'.repeat(5000)}@example.org>\n\nx\n`],
    ['with an id that is no text', 'Message-ID: <\xff\xfe\xf0\x28@example.org>\n\nx\n'],
    ['without an id', 'Subject: none\n\nx\n'],
    ['with an empty id', 'Message-ID: <>\n\nx\n'],
    ['without a header', '\n\nx\n'],
    ['with a header of 2 MB', `X-Long: ${'x'.repeat(2_000_000)}\nMessage-ID: <long@example.org>\n\nx\n`],
  ])('takes a mail %s and finds it by its key', async (_, text) => {
    const { db, list } = await log()
    const bytes = Buffer.from(text, 'latin1')
    const [appended] = await append(db, list, [arrival(bytes)])
    expect(await storedMails(db, list, indexKey(appended?.messageId ?? ''))).toEqual([bytes])
  })

  test('takes an envelope that is no text for PostgreSQL', async () => {
    const { db, list } = await log()
    const hostile = {
      road: 'smtp',
      from: 'a\0\ud800@example.org',
      to: ['\udfff\0'],
      trace: '2026-03-02T10:00:00.000Z',
    }
    await append(db, list, [{ bytes: mail('one'), envelope: hostile }])
    const row = await db.selectFrom('mail').select('envelope').executeTakeFirstOrThrow()
    expect(row.envelope).toEqual({
      ...hostile,
      from: 'a\u2400\ufffd@example.org',
      to: ['\ufffd\u2400'],
    })
  })

  test('keeps nothing of a call that fails', async () => {
    const { db, list } = await log()
    const missing = list + 1000
    const failing = appendAll(db, [
      { ...arrival(mail('one')), list },
      { ...arrival(mail('two')), list: missing as typeof list },
    ])
    await expect(failing).rejects.toThrow('foreign key')
    expect(await db.selectFrom('mail').selectAll().execute()).toEqual([])
    expect(await db.selectFrom('raw').select('hash').execute()).toEqual([])
  })

  test('stores list mail smaller than it came', async () => {
    const { db, list } = await log()
    await append(db, list, [arrival(mail('diff', '+	for (i = 0; i < count; i++)\n'.repeat(200)))])
    const row = await sql<{
      stored: number
      size: number
    }>`select length(bytes) as stored, size from raw`.execute(db)
    expect(row.rows[0]?.stored).toBeLessThan((row.rows[0]?.size ?? 0) / 10)
  })
})
