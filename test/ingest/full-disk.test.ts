import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { startSmtp } from '../../ingest/smtp.ts'
import { allLists, saveLists } from '../../sql/lists.ts'
import { openDatabase } from '../../sql/server.ts'
import { makeSmallDisk } from './small-disk.ts'
import { dial } from './transcript.ts'

const disk = makeSmallDisk()
afterAll(() => disk.remove())

test('a full disk is answered 451 until there is room; what was answered 250 is kept', async () => {
  const place = { database: null, data: disk.data, dataChosen: true }
  const database = await openDatabase(place, { info: () => {}, warn: () => {} })
  const db = database.pool({ max: 3, answerSecondsMax: 10, connectSecondsMax: 2 })
  await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  const server = await startSmtp({
    db,
    lists: () => allLists(db),
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    log: { info: () => {}, warn: () => {} },
  })
  const acknowledged: string[] = []
  /** Text that compresses little, so that the disk feels it. */
  const send = async (id: string) => {
    const client = await dial(server.port)
    await client.line()
    await client.talk('EHLO client.example.org', 'MAIL FROM:<ada@example.org>')
    const body = randomBytes(750_000).toString('base64').replace(/.{76}/g, '$&\r\n')
    let reply = await client.talk('RCPT TO:<demo@lists.example.net>')
    if (reply.startsWith('250')) {
      await client.talk('DATA')
      reply = await client.talk(`Message-ID: <${id}@example.org>\r\n\r\n${body}\r\n.`)
    }
    client.close()
    if (reply.startsWith('250')) acknowledged.push(`${id}@example.org`)
    return reply.slice(0, 3)
  }

  expect(await send('before')).toBe('250')
  disk.fill()
  const during: string[] = []
  while (during.at(-1) !== '451' && during.length < 100) during.push(await send(`during-${during.length}`))
  expect(during.at(-1)).toBe('451')
  expect(new Set(during.slice(0, -1)).size).toBeLessThanOrEqual(1)
  // The worst of it: no room for the write-ahead log either, and PostgreSQL ends. It comes back by itself, too.
  for (let segments = 0; segments < 4; segments++) {
    await sql`select pg_logical_emit_message(true, 'test', 'x'), pg_switch_wal()`.execute(db).catch(() => {})
    expect(await send(`still-${segments}`)).toBe('451')
  }

  disk.free()
  const deadline = Date.now() + 60_000
  while ((await send('after')) !== '250') expect(Date.now()).toBeLessThan(deadline)
  const mails = await db.selectFrom('mail').select('message_id').orderBy('seq').execute()
  expect(mails.map(row => row.message_id)).toEqual(acknowledged)
  await server.close()
  await database.close()
}, 120_000)
