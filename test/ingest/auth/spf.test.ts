import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeResolver } from '../../../ingest/auth/resolver.ts'
import { checkSpf } from '../../../ingest/auth/spf.ts'
import { startDns, type TestDns } from '../../dns.ts'

let dns: TestDns
beforeAll(async () => {
  dns = await startDns()
  dns.records.set('example.org', 'v=spf1 ip4:192.0.2.1 -all')
})
afterAll(() => dns.close())

const check = (client: string) =>
  checkSpf(
    { road: 'smtp', from: 'ada@example.org', helo: 'mx.example.org', client },
    makeResolver(dns.server, { timeoutMs: 100 }),
  )

test('SPF tells whether the server may send for the envelope', async () => {
  expect(await check('192.0.2.1')).toMatchObject({ method: 'SPF', result: 'pass', signer: 'example.org' })
  expect(await check('198.51.100.7')).toMatchObject({
    result: 'fail',
    note: { code: 'said', of: 'fail' },
  })
})

test('a mail that our own mail server hands over has none', async () => {
  for (const client of ['127.0.0.1', '::1', '10.1.2.3', 'noise']) expect(await check(client)).toBeNull()
})

test('a name server that is silent leaves it unknown', async () => {
  dns.mood = 'silent'
  expect(await check('192.0.2.1')).toMatchObject({ result: 'unknown' })
  dns.mood = 'answers'
})
