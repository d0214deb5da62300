// Many readers of pages that take long to make: the others are answered in between.
import { connect } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { connect as openDatabase } from '../../sql/connect.ts'
import type { Listener } from '../../web/listen.ts'
import { startWeb } from '../../web/serve.ts'
import { type Archive, makeArchive } from './archive.ts'

const lines = 400
const patches = 12
let web: Listener
let archive: Archive
beforeAll(async () => {
  archive = await makeArchive(
    [1, 2].flatMap(version => [
      cover(version),
      ...Array.from({ length: patches }, (_, at) => patch(version, at + 1)),
    ]),
  )
  await archive.add({ id: 'log@example.org', body: 'A line of a log, one of many.\n'.repeat(400_000) })
  web = await startWeb({
    db: archive.db,
    log: { error: () => {}, warn: () => {} },
    host: '127.0.0.1',
    port: 0,
  })
}, 120_000)
afterAll(() => web.close())

const prefix = (version: number, number: number) => `[PATCH v${version} ${number}/${patches}]`
const idOf = (version: number, number: number) => `v${version}-${number}@example.org`

const cover = (version: number) => ({
  id: idOf(version, 0),
  subject: `${prefix(version, 0)} wal: sum more`,
  minute: version * 100,
  ...(version > 1 ? { answers: idOf(version - 1, 0) } : {}),
})

/** Every third line is another one in v2. */
const patch = (version: number, number: number) => ({
  id: idOf(version, number),
  subject: `${prefix(version, number)} wal: sum in file ${number}`,
  answers: idOf(version, 0),
  minute: version * 100 + number,
  body: `Sums are better.

Signed-off-by: Ines Oduya <ines@example.org>
---
diff --git a/src/wal${number}.c b/src/wal${number}.c
--- a/src/wal${number}.c
+++ b/src/wal${number}.c
@@ -1,1 +1,${lines + 1} @@
 int a;
${Array.from({ length: lines }, (_, at) => `+	sum(${at}, ${at % 3 === 0 ? version : 0}); /* of ${number} */`).join('\n')}
-- 
2.47.1
`,
})

test('a list page waits for few comparisons, however many are asked for, and who is too much is told to come again', async () => {
  const at = `http://127.0.0.1:${web.port}/tarn/`
  const compare = async (id: string) => {
    const answer = await fetch(`${at}${id}/v1..v2`)
    await answer.text()
    done.push(answer.status)
    return answer
  }
  const done: number[] = []
  const ids = [1, 2].flatMap(version => Array.from({ length: patches + 1 }, (_, at) => idOf(version, at)))
  const asked = ids.map(compare)
  await Promise.race(asked)
  const list = await fetch(at)
  expect(list.status).toBe(200)
  await list.text()
  expect(done.filter(status => status === 200).length).toBeLessThan(limits.costlyPagesWaitingMax)
  const answers = await Promise.all(asked)
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every(({ headers }) => Number(headers.get('Retry-After')) > 0)).toBe(true)
  expect(answers.filter(({ status }) => status === 200).length).toBe(ids.length - refused.length)
  // Who comes again is answered.
  const left = ids[answers.findIndex(({ status }) => status === 503)] ?? ''
  expect((await compare(left)).status).toBe(200)
}, 120_000)

test('who asks for the largest mails and reads none has few of them, and all others are answered', async () => {
  // Longer than what two sockets hold by themselves.
  const url = `http://127.0.0.1:${web.port}/tarn/log@example.org/raw`
  const ask = (client = '192.0.2.5') => fetch(url, { headers: { 'X-Forwarded-For': client } })
  const answers = await Promise.all(Array.from({ length: 3 * limits.largeAnswersPerClientMax }, () => ask()))
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBe(answers.length - limits.largeAnswersPerClientMax)
  expect(refused.every(({ headers }) => Number(headers.get('Retry-After')) > 0)).toBe(true)
  expect((await (await ask('192.0.2.6')).arrayBuffer()).byteLength).toBeGreaterThan(10_000)
  // Whoever has read, or went away, may ask again.
  const [read, ...left] = answers.filter(({ status }) => status === 200)
  await read?.arrayBuffer()
  await Promise.all(left.map(({ body }) => body?.cancel()))
  const again = async () => {
    const { status, body } = await ask()
    await body?.cancel()
    return status
  }
  await expect.poll(again, { timeout: 30_000 }).toBe(200)
}, 120_000)

test('what all hold together is bounded, whoever asks', async () => {
  const sockets = Array.from({ length: 30 }, (_, at) => {
    const socket = connect(web.port, '127.0.0.1')
      .setEncoding('latin1')
      .once('data', () => socket.pause())
    socket.write(
      `GET /tarn/log@example.org/raw HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.${at}\r\n\r\n`,
    )
    return new Promise<{ status: string; socket: typeof socket }>(resolve =>
      socket.once('data', (text: unknown) => resolve({ status: String(text).slice(9, 12), socket })),
    )
  })
  const answers = await Promise.all(sockets)
  for (const { socket } of answers) socket.destroy()
  const mail = 11_600_000
  const most = Math.floor(limits.answerBytesHeldMax / mail / 2)
  expect(answers.filter(({ status }) => status === '200').length).toBeLessThanOrEqual(most)
  expect(answers.filter(({ status }) => status === '503').length).toBeGreaterThanOrEqual(
    answers.length - most,
  )
}, 120_000)

test('one network with many addresses leaves places for the searches of all others', async () => {
  const db = openDatabase(archive.url, { max: limits.webDatabaseConnectionsMax })
  const own = await startWeb({ db, log: { error: () => {}, warn: () => {} }, host: '127.0.0.1', port: 0 })
  const ask = (address: string) =>
    fetch(`http://127.0.0.1:${own.port}/tarn/?q=s:wal&x=A`, { headers: { 'X-Forwarded-For': address } })
  for (const addressOf of [
    (at: number) => `198.51.100.${at}`,
    (at: number) => `2001:db8:7:${at.toString(16)}::1`,
  ]) {
    const free = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const slow = archive.db.transaction().execute(async trx => {
      await sql`lock table search, api_item in access exclusive mode`.execute(trx)
      locked.resolve()
      await free.promise
    })
    await locked.promise
    const refused: Response[] = []
    const many = Array.from({ length: 40 }, (_, at) => ask(addressOf(at)))
    for (const answer of many) void answer.then(one => one.status === 503 && refused.push(one))
    await expect
      .poll(() => refused.length, { timeout: 30_000 })
      .toBe(many.length - limits.searchesPerNeighbourhoodMax)
    const other = ask('203.0.113.9')
    free.resolve()
    await slow
    expect((await other).status).toBe(200)
    await Promise.all(many)
  }
  await own.close()
  await db.destroy()
}, 120_000)

test('many networks that ask for much leave a place to one that asks for little, and its turn comes soon', async () => {
  const db = openDatabase(archive.url, { max: limits.webDatabaseConnectionsMax })
  const own = await startWeb({ db, log: { error: () => {}, warn: () => {} }, host: '127.0.0.1', port: 0 })
  const done: string[] = []
  const statuses: number[] = []
  const ask = async (address: string) => {
    const answer = await fetch(`http://127.0.0.1:${own.port}/tarn/?q=s:wal&x=A`, {
      headers: { 'X-Forwarded-For': address },
    })
    await answer.text()
    statuses.push(answer.status)
    if (answer.status === 200) done.push(address)
    return answer
  }
  const free = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const slow = archive.db.transaction().execute(async trx => {
    await sql`lock table search, api_item in access exclusive mode`.execute(trx)
    locked.resolve()
    await free.promise
  })
  await locked.promise
  const places = limits.searchesAtOnceMax + limits.searchesWaitingMax
  const many = Array.from({ length: 60 }, (_, at) => ask(`198.51.${at % 3}.${at}`))
  await expect.poll(() => statuses.length, { timeout: 30_000 }).toBe(many.length - places)
  // For each of the two one of the many gives way.
  const few = ['203.0.113.9', '2001:db8:9::1'].map(ask)
  await expect.poll(() => statuses.length, { timeout: 30_000 }).toBe(many.length - places + few.length)
  expect(statuses.every(status => status === 503)).toBe(true)
  free.resolve()
  await slow
  expect((await Promise.all(few)).map(({ status }) => status)).toEqual([200, 200])
  const turns = ['203.0.113.9', '2001:db8:9::1'].map(address => done.indexOf(address))
  expect(Math.max(...turns)).toBeLessThan(2 * limits.searchesAtOnceMax + 2)
  const answers = await Promise.all(many)
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.every(({ headers }) => Number(headers.get('Retry-After')) > 0)).toBe(true)
  expect(refused).toHaveLength(many.length - places + few.length)
  await own.close()
  await db.destroy()
}, 120_000)

test('of searches and lists of programs few are looked for at once, and pages are there meanwhile', async () => {
  const db = openDatabase(archive.url, { max: limits.webDatabaseConnectionsMax })
  const own = await startWeb({ db, log: { error: () => {}, warn: () => {} }, host: '127.0.0.1', port: 0 })
  const at = `http://127.0.0.1:${own.port}`
  const asks: [string, string][] = [
    ['POST', '/tarn/?q=s:wal&x=m'],
    ['GET', '/tarn/?q=sums'],
    ['GET', '/tarn/?q=s:wal&x=A'],
    ['GET', '/api/v1/tarn/search?q=wal'],
    ['GET', '/api/1.3/patches/?project=tarn'],
    ['GET', '/api/series/'],
  ]
  const askBy = (kind: number, address: string) => {
    const [method, path] = asks[kind % asks.length] ?? ['GET', '/']
    return fetch(`${at}${path}`, { method, headers: { 'X-Forwarded-For': address } })
  }
  const ask = (kind: number, client: number) => askBy(kind, `10.0.${client}.1`)
  const most = limits.searchesAtOnceMax + limits.searchesWaitingMax
  const free = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const slow = archive.db.transaction().execute(async trx => {
    await sql`lock table search, api_item in access exclusive mode`.execute(trx)
    locked.resolve()
    await free.promise
  })
  await locked.promise
  // One client has few places, whatever he asks for.
  const greedy = Array.from({ length: limits.searchesPerClientMax + 3 }, (_, kind) => ask(kind, 250))
  const refused: Response[] = []
  const done = (answer: Response) => (answer.status === 503 ? refused.push(answer) : 0)
  for (const answer of greedy) void answer.then(done)
  await expect.poll(() => refused.length, { timeout: 30_000 }).toBe(3)
  const others = Array.from({ length: most }, (_, kind) => ask(kind, kind))
  for (const answer of others) void answer.then(done)
  await expect.poll(() => refused.length, { timeout: 30_000 }).toBe(3 + limits.searchesPerClientMax)
  expect(refused.every(({ headers }) => Number(headers.get('Retry-After')) > 0)).toBe(true)
  expect((await fetch(`${at}/tarn/v1-1@example.org/`)).status).toBe(200)
  free.resolve()
  await slow
  const answers = await Promise.all([...greedy, ...others])
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(most)
  for (const kind of asks.keys()) expect((await ask(kind, 250)).status).toBe(200)
  await own.close()
  await db.destroy()
}, 120_000)
