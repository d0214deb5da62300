// Clients that do not behave: they go silent, send garbage in one go, or name ten thousand recipients. None of them
// keeps a mail from the log or brings one into it.
import type { Kysely } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Smtp, type SmtpOptions, startSmtp } from '../../ingest/smtp.ts'
import { type List, saveLists } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { exportMbox } from '../../tracker/export/mbox.ts'
import { testDatabase } from '../database.ts'
import { all } from './mails.ts'
import { type Client, dial } from './transcript.ts'

let db: Kysely<Tables>
let list: List
let server: Smtp | undefined
beforeAll(async () => {
  db = (await testDatabase()).db
  const [saved] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (!saved) throw new Error('No list was saved')
  list = saved
})
afterAll(() => db.destroy())
afterEach(() => server?.close())

async function clientOf(options: Partial<SmtpOptions> = {}): Promise<Client> {
  server = await startSmtp({
    db,
    lists: () => [list],
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    log: { info: () => {}, warn: () => {} },
    ...options,
  })
  return greeted()
}

async function greeted(): Promise<Client> {
  const client = await dial(server?.port ?? 0)
  await client.line()
  return client
}

const envelope = [
  'EHLO client.example.org',
  'MAIL FROM:<ada@example.org>',
  'RCPT TO:<demo@lists.example.net>',
  'DATA',
]
const kept = async () => Buffer.concat(await all(exportMbox(db, list.id))).toString('latin1')

test('a client that goes silent in the middle of a mail is cut off, and its half mail is not kept', async () => {
  const slow = await clientOf({ idleSecondsMax: 0.3 })
  await slow.talk(...envelope)
  slow.send('Message-ID: <half@example.org>\r\n\r\nand then noth')
  expect(await slow.end()).toMatch(/^421 /)
  const other = await greeted()
  await other.talk(...envelope)
  expect(await other.talk('Message-ID: <whole@example.org>\r\n\r\nwhole\r\n.')).toMatch(/^250 /)
  other.close()
  expect(await kept()).toContain('<whole@example.org>')
  expect(await kept()).not.toContain('<half@example.org>')
})

test('a client that says nothing at all is cut off', async () => {
  const silent = await clientOf({ idleSecondsMax: 0.3 })
  expect(await silent.end()).toMatch(/^421 /)
})

/** Sends the pieces for ever, one at a time, none of them late; resolves with what the server says at the end. */
async function dribble(client: Client, piece: string): Promise<string> {
  const dribbling = setInterval(() => client.send(piece), 10)
  try {
    return await client.end()
  } finally {
    clearInterval(dribbling)
  }
}

const impatient = { idleSecondsMax: 30, mailSecondsMax: 0.5 }

test('a client that sends its mail a byte at a time is cut off, and nothing is kept of it', async () => {
  const slow = await clientOf(impatient)
  await slow.talk(...envelope)
  slow.send('Message-ID: <dribble@example.org>\r\n\r\n')
  expect(await dribble(slow, 'x')).toMatch(/^421 /)
  expect(await kept()).not.toContain('<dribble@example.org>')
})

test.each([
  ['commands that lead to nothing', 'NOOP\r\n'],
  ['one command that does not end', 'N'],
])('a client that sends %s is cut off', async (_, piece) => {
  const slow = await clientOf(impatient)
  expect(await dribble(slow, piece)).toMatch(/^421 /m)
})

test('a client that is busy for long, but not with one mail, is not cut off', async () => {
  const client = await clientOf({ mailSecondsMax: 1.5 })
  await client.talk('EHLO client.example.org')
  const began = performance.now()
  for (let mail = 0; performance.now() - began < 2_500; mail++) {
    const said = await client.talk(
      ...envelope.slice(1),
      `Message-ID: <busy-${mail}@example.org>\r\n\r\nx\r\n.`,
    )
    expect(said).toMatch(/^250 /)
  }
  expect(await client.talk('QUIT')).toMatch(/^221 /)
})

test('ten thousand recipients are each answered, and the mail is in the log once', async () => {
  const client = await clientOf()
  await client.talk('EHLO client.example.org', 'MAIL FROM:<ada@example.org>')
  const count = 10_000
  client.send('RCPT TO:<demo@lists.example.net>\r\n'.repeat(count))
  const replies: string[] = []
  for (let reply = 0; reply < count; reply++) replies.push((await client.line()).slice(0, 3))
  expect(replies[0]).toBe('250')
  expect(new Set(replies).size).toBeLessThanOrEqual(2)
  await client.talk('DATA')
  expect(await client.talk('Message-ID: <crowd@example.org>\r\n\r\ncrowd\r\n.')).toMatch(/^250 /)
  client.close()
  expect((await kept()).match(/<crowd@example\.org>/g)).toHaveLength(1)
})

test('pipelined garbage is answered with errors or a hang-up, and no mail comes of it', async () => {
  const before = await kept()
  const client = await clientOf()
  const garbage = Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * 7919 + ((n * n) % 251)) % 256))
  client.send(garbage)
  client.send(
    '\r\nDATA\r\nRCPT TO:<>\r\nMAIL FROM:<a\r\nBDAT 10 LAST\r\n0123456789\r\nRCPT TO:<demo@lists.example.net>\r\n.\r\nQUIT\r\n',
  )
  const said = (await client.end()).split('\n').filter(line => line !== '')
  expect(said.length).toBeGreaterThan(0)
  for (const line of said) expect(line).toMatch(/^(?:4\d\d|5\d\d|221)[ -]/)
  expect(await kept()).toBe(before)
})
