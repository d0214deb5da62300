import { afterEach, expect, test } from 'vitest'
import { countClients } from '../../ingest/clients.ts'
import { startSmtp } from '../../ingest/smtp.ts'
import { saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'
import { dial } from './transcript.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const limits = (connectionsMax: number, mailsPerMinuteMax: number, exempt: string[] = []) => ({
  connectionsMax,
  mailsPerMinuteMax,
  exempt,
})

test('a client has so many connections at once and no more, whatever others do', () => {
  const clients = countClients(limits(2, 100))
  expect([1, 2, 3].map(() => clients.enter('192.0.2.1'))).toEqual([true, true, false])
  expect(clients.enter('192.0.2.2')).toBe(true)
  clients.leave('192.0.2.1')
  expect(clients.enter('192.0.2.1')).toBe(true)
})

test('a client may send so many mails in a minute, and again as the minute passes', () => {
  let now = 0
  const clients = countClients(limits(9, 60), () => now)
  const sent = (tries: number) =>
    Array.from({ length: tries }, () => clients.mail('192.0.2.1')).filter(taken => taken).length
  expect(sent(100)).toBe(60)
  now += 10_000
  expect(sent(100)).toBe(10)
  now += 600_000
  expect(sent(100)).toBe(60)
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:0db8:0001:0002::9', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['::1:2:3:4', '::9:2:3:4', true],
  ['fe80::1%eth0', 'fe80::2', true],
  ['::ffff:192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
])('%s and %s are one client: %s', (first, second, same) => {
  const clients = countClients(limits(1, 100))
  expect(clients.enter(first)).toBe(true)
  expect(clients.enter(second)).toBe(!same)
})

test('an exempt network is not counted, and a Unix socket has no address to count', () => {
  const clients = countClients(limits(1, 1, ['10.0.0.0/8', '2001:db8::/32']))
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7', '', 'local'])
    expect([1, 2].flatMap(() => [clients.enter(address), clients.mail(address)])).not.toContain(false)
  expect([1, 2].map(() => clients.enter('11.1.2.3'))).toEqual([true, false])
})

test('over SMTP the one too many hears 421 and why, and the others go on', async () => {
  const { db } = await testDatabase()
  const lists = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  const lines: object[] = []
  const log = { info: (fields: object) => void lines.push(fields), warn: () => {} }
  const place = { host: '127.0.0.1', port: 0, hostname: 'mx.example.net' }
  const server = await startSmtp({ ...place, db, lists: () => lists, log, clientLimits: limits(2, 3) })
  closers.push(() => server.close())

  const [first, second, third] = [await dial(server.port), await dial(server.port), await dial(server.port)]
  expect(await third.end()).toMatch(/^421 .*More than 2 connections from your network, try again later/)
  await first.line()
  await first.talk('EHLO client.example.org')
  for (let mails = 0; mails < 3; mails++) {
    expect(await first.talk('MAIL FROM:<ada@example.org>')).toMatch(/^250 /)
    await first.talk('RSET')
  }
  expect(await first.talk('MAIL FROM:<ada@example.org>')).toMatch(
    /^421 .*More than 3 mails a minute from your network, try again later/,
  )
  await first.end()
  expect(await second.line()).toMatch(/^220 /)
  expect(lines).toEqual([
    { client: '127.0.0.1', reason: expect.stringContaining('connections') },
    { client: '127.0.0.1', reason: expect.stringContaining('mails a minute') },
  ])
  // The first has left, so there is room for another.
  const fourth = await dial(server.port)
  expect(await fourth.line()).toMatch(/^220 /)
  for (const client of [second, fourth]) client.close()
})
