// A database that accepts and never answers: worse than one that is away, because nobody says so.
import { expect, test } from 'vitest'
import { startSmtp } from '../../ingest/smtp.ts'
import { connect } from '../../sql/connect.ts'
import { allLists, saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'
import { makeDoorway } from './doorway.ts'
import { dial } from './transcript.ts'

test('a mail is answered 451 in bounded time while the database hangs, and 250 when it is back, by itself', async () => {
  const { db, url } = await testDatabase()
  await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  const door = await makeDoorway(url)
  const through = connect(door.url, { max: 3, answerSecondsMax: 1, connectSecondsMax: 1 })
  const lines: { text: string; messageId?: string; list?: string; error?: Error }[] = []
  const log = {
    info: (fields: object, text: string) => void lines.push({ ...fields, text }),
    warn: (fields: object, text: string) => void lines.push({ ...fields, text }),
  }
  const server = await startSmtp({
    db: through,
    lists: () => allLists(db),
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    log,
  })
  const send = async (id: string) => {
    const client = await dial(server.port)
    await client.line()
    await client.talk(
      'EHLO client.example.org',
      'MAIL FROM:<ada@example.org>',
      'RCPT TO:<demo@lists.example.net>',
      'DATA',
    )
    const reply = await client.talk(`Message-ID: <${id}@example.org>\r\n\r\nx\r\n.`)
    client.close()
    return reply
  }

  expect(await send('before')).toMatch(/^250 /)
  door.freeze()
  const began = performance.now()
  const during = await Promise.all(Array.from({ length: 20 }, (_, index) => send(`during-${index}`)))
  expect(during.map(reply => reply.slice(0, 3))).toEqual(Array(20).fill('451'))
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(await send('still')).toMatch(/^451 /)

  await door.open()
  expect(await send('after')).toMatch(/^250 /)
  expect(await send('during-0')).toMatch(/^250 /)
  const mails = await db.selectFrom('mail').select('message_id').orderBy('seq').execute()
  expect(mails.map(row => row.message_id)).toEqual([
    'before@example.org',
    'after@example.org',
    'during-0@example.org',
  ])
  const kept = lines.find(line => line.text === 'Kept a mail')
  expect(kept).toMatchObject({
    messageId: 'before@example.org',
    list: 'demo',
    from: 'ada@example.org',
    client: '127.0.0.1',
  })
  const failed = lines.filter(line => line.text === 'Answered 451 to a mail')
  expect(failed).toHaveLength(21)
  for (const { messageId, list } of failed)
    expect({ messageId, list }).toEqual({
      messageId: expect.stringMatching(/@example\.org$/),
      list: 'demo',
    })
  await server.close()
  await through.destroy()
  await door.remove()
})
