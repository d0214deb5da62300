import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeLog } from '../../base/log.ts'
import type { WebhookEvent } from '../../base/webhook-events.ts'
import { saveLists } from '../../sql/lists.ts'
import { listCalls, retryCall } from '../../sql/webhook-calls.ts'
import { webhookAddress } from '../../tracker/answer/webhook-address.ts'
import { callSome } from '../../tracker/answer/webhooks.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { type Desk, makeDesk } from './desk.ts'

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`
const secretFile = join(mkdtempSync(join(tmpdir(), 'webhook-')), 'secret')
writeFileSync(secretFile, `${secret}\n`)

interface Heard {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Takes what is sent and answers with the next of `statuses`, then 204; null answers nothing at all. */
let server: Server
let base = ''
const heard: Heard[] = []
let statuses: (number | null)[] = []
let onRequest = () => {}
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    heard.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
    onRequest()
    const status = statuses.length > 0 ? statuses.shift() : 204
    if (status === null) return
    response.writeHead(status ?? 204, status === 302 ? { Location: `${base}/elsewhere` } : {})
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const log = makeLog('error', false)
const call = (desk: Desk, more: object = {}) =>
  callSome({ db: desk.db, log, url: 'https://lists.example.org', allowed: ['127.0.0.0/8'], ...more })

const due = (desk: Desk) => sql`update webhook_call set next_at = now()`.execute(desk.db)

/** A list whose events go to the receiver. */
async function hooked(events: readonly WebhookEvent[], path = '/hook'): Promise<Desk> {
  heard.length = 0
  statuses = []
  onRequest = () => {}
  const desk = await makeDesk({ maintainers: ['ada@example.org'] })
  await saveLists(desk.db, [{ ...desk.list, webhooks: [{ url: base + path, secretFile, events }] }])
  return desk
}

const sent = () =>
  heard.map(({ headers, body }) => new Webhook(secret).verify(body, headers as never) as Event)
interface Event {
  readonly type: string
  readonly data: {
    readonly became: string
    readonly on: string[]
    readonly topic: object
    readonly series?: object
  }
}

test('a receiver hears of what it wants, signed, and of nothing that is imported or rebuilt', async () => {
  const desk = await hooked(['series-completed', 'patch-state-changed', 'bug-created'])
  await desk.arrive('patch')
  await desk.arrive('accepted')
  await desk.arrive('bug')
  await call(desk)
  expect(sent()).toMatchObject([
    {
      type: 'series-completed',
      data: {
        list: 'tarn',
        topic: {
          id: 'patch@example.com',
          kind: 'patchset',
          title: 'tarn: count the drops',
          url: 'https://lists.example.org/tarn/patch%40example.com/',
        },
        series: {
          version: 1,
          total: 1,
          complete: true,
          cover: null,
          patches: [{ id: 'patch@example.com', number: 1 }],
        },
      },
    },
    {
      type: 'patch-state-changed',
      data: { mail: 'accepted@example.org', on: ['patch@example.com'], was: 'new', became: 'accepted' },
    },
    { type: 'bug-created', data: { topic: { kind: 'bug', bug: 1 } } },
  ])
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  expect(() => new Webhook(secret).verify(`${heard[0]?.body} `, heard[0]?.headers as never)).toThrow()
  await rebuild(desk.db, desk.list.id)
  await desk.arrive('changes-requested', { grade: 'imported' })
  await call(desk)
  expect(heard).toHaveLength(3)
})

test('one that fails twice is asked again, with the same id, and takes it then', async () => {
  const desk = await hooked(['series-created'])
  await desk.arrive('patch')
  statuses = [500, 503]
  await call(desk)
  expect(await listCalls(desk.db, { sent: false })).toMatchObject([
    { state: 'owed', attempts: 1, reply: 'answered 500' },
  ])
  // Not before its time.
  await call(desk)
  expect(heard).toHaveLength(1)
  await due(desk)
  await call(desk)
  await due(desk)
  await call(desk)
  expect(heard).toHaveLength(3)
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(sent().map(({ type }) => type)).toEqual(['series-created', 'series-created', 'series-created'])
  expect(await listCalls(desk.db, { sent: false })).toEqual([])
  expect(await listCalls(desk.db, { sent: true })).toMatchObject([{ state: 'sent', attempts: 3 }])
})

test('kill -9 after the receiver has it and before we wrote so sends the same event under the same id again', async () => {
  const desk = await hooked(['series-created'])
  await desk.arrive('patch')
  statuses = [null]
  const child = spawn(process.execPath, [join(import.meta.dirname, 'webhook-process.ts'), desk.url], {
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const reached = new Promise<void>(resolve => {
    onRequest = resolve
  })
  await reached
  child.kill('SIGKILL')
  await ended
  await call(desk)
  expect(heard.map(({ headers }) => headers['webhook-id'])).toEqual([
    heard[0]?.headers['webhook-id'],
    heard[0]?.headers['webhook-id'],
  ])
  expect(await listCalls(desk.db, { sent: true })).toMatchObject([{ state: 'sent', attempts: 1 }])
})

test('what nobody takes is given up, is shown with the reason, and can be owed again', async () => {
  const desk = await hooked(['series-created'])
  await desk.arrive('patch')
  statuses = Array.from({ length: 20 }, () => 500)
  for (let attempt = 0; attempt < 15; attempt++) {
    await call(desk)
    await due(desk)
  }
  expect(heard).toHaveLength(12)
  const [given] = await listCalls(desk.db, { sent: false })
  expect(given).toMatchObject({ state: 'dead', reply: 'given up after 12 attempts: answered 500' })
  statuses = []
  expect(await retryCall(desk.db, given?.id ?? '')).toBe(true)
  await call(desk)
  expect(await listCalls(desk.db, { sent: false })).toEqual([])
  expect(await retryCall(desk.db, given?.id ?? '')).toBe(false)
})

test('no redirect is followed, 410 ends it, and one that says nothing is not waited for', async () => {
  const desk = await hooked(['series-created', 'patch-created', 'series-completed'])
  await desk.arrive('patch')
  statuses = [302, null]
  await call(desk)
  await due(desk)
  await call(desk, { millisecondsMax: 300 })
  expect(heard.map(({ path }) => path)).toEqual(['/hook', '/hook'])
  expect((await listCalls(desk.db, { sent: false })).map(({ reply }) => reply)).toContain(
    'no answer within 0.3 s',
  )
  statuses = [410, 410, 410]
  await due(desk)
  await call(desk)
  expect((await listCalls(desk.db, { sent: false })).map(({ state }) => state)).toEqual([
    'dead',
    'dead',
    'dead',
  ])
})

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://10.1.2.3/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[fd00::1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[::127.0.0.1]/',
  'http://[fec0::1]/',
  'http://[fe80::1]/',
  'http://[2002:7f00:1::]/',
  'http://0.0.0.0/',
])('%s is no place for an event unless it is allowed', async url => {
  await expect(webhookAddress(new URL(url), [])).rejects.toThrow('which is no public address')
})

test('a name with one address behind the wall is refused, and one of an allowed network is not', async () => {
  const answers =
    (...addresses: string[]) =>
    async () =>
      addresses.map(address => ({ address, family: 4 }))
  const at = new URL('https://ci.example.org/')
  await expect(webhookAddress(at, [], answers('93.184.215.14', '10.0.0.1'))).rejects.toThrow('10.0.0.1')
  expect(await webhookAddress(at, [], answers('93.184.215.14'))).toEqual({
    address: '93.184.215.14',
    family: 4,
  })
  expect(await webhookAddress(at, ['10.0.0.0/8'], answers('10.0.0.1'))).toEqual({
    address: '10.0.0.1',
    family: 4,
  })
  await expect(webhookAddress(at, ['10.0.0.0/8'], answers('192.168.0.1'))).rejects.toThrow('192.168.0.1')
})

test('without being allowed the receiver of this test hears nothing', async () => {
  const desk = await hooked(['series-created'])
  await desk.arrive('patch')
  await call(desk, { allowed: [] })
  expect(heard).toEqual([])
  expect(await listCalls(desk.db, { sent: false })).toMatchObject([
    {
      reply:
        '127.0.0.1 is 127.0.0.1, which is no public address; allowed: those, and networks of webhooks.allow',
    },
  ])
})
