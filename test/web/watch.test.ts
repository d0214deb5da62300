import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { makeMetrics } from '../../base/metrics.ts'
import { startSmtp } from '../../ingest/smtp.ts'
import { backlog } from '../../sql/backlog.ts'
import { connect, poolState } from '../../sql/connect.ts'
import { allLists, saveLists } from '../../sql/lists.ts'
import { startProjector } from '../../tracker/project/projector.ts'
import { startWeb } from '../../web/serve.ts'
import { startWatch } from '../../web/watch.ts'
import { testDatabase } from '../database.ts'
import { makeDoorway } from '../ingest/doorway.ts'
import { dial } from '../ingest/transcript.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const anywhere = { host: '127.0.0.1', port: 0 }
const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }

/** All roles in one process, behind a doorway to their database. */
async function instance() {
  const { db: own, url } = await testDatabase()
  await saveLists(own, [{ name: 'demo', address: 'demo@lists.example.net' }])
  const door = await makeDoorway(url)
  const db = connect(door.url, { answerSecondsMax: 1, connectSecondsMax: 1 })
  const pools = () => ({ main: poolState(db) })
  const metrics = makeMetrics({ backlog: () => backlog(db).catch(() => undefined), pools })
  const watch = await startWatch({ ...anywhere, db, metrics })
  const web = await startWeb({ ...anywhere, db, log: quiet, metrics })
  const lists = () => allLists(db)
  const smtp = await startSmtp({ ...anywhere, db, lists, hostname: 'mx.example.net', log: quiet, metrics })
  const projector = startProjector(own, quiet as never, metrics)
  closers.push(
    () => own.destroy(),
    () => door.remove(),
    () => db.destroy(),
    () => watch.close(),
    () => web.close(),
    () => smtp.close(),
    () => projector.close(),
  )
  const get = (port: number) => async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') }
  }
  return { own, door, watch: get(watch.port), web: get(web.port), smtp, projector }
}

async function send(port: number, id: string): Promise<string> {
  const client = await dial(port)
  await client.line()
  await client.talk('EHLO client.example.org', 'MAIL FROM:<ada@example.org>')
  let reply = await client.talk('RCPT TO:<demo@lists.example.net>')
  if (reply.startsWith('250')) {
    await client.talk('DATA')
    reply = await client.talk(`Message-ID: <${id}@example.org>\r\nSubject: a\r\n\r\nx\r\n.`)
  }
  client.close()
  return reply
}

/** The value of one sample; undefined when it is not shown. */
const sample = (text: string, name: string) =>
  text
    .split('\n')
    .find(line => line.startsWith(`${name} `))
    ?.slice(name.length + 1)

test('the metrics count what arrived, how it went, what waits and how long pages took', async () => {
  const { watch, web, smtp } = await instance()
  await send(smtp.port, 'one')
  await send(smtp.port, 'one')
  await web('/demo/')
  await web('/demo/no-such-mail@example.org/')
  await web('/readyz')
  let text = ''
  const deadline = Date.now() + 10_000
  // One look takes its samples one after the other: what waits may have been counted before the mail was sorted.
  const settled = () =>
    sample(text, 'threadwork_lag_seconds_count') === '1' && sample(text, 'threadwork_dirty_clusters') === '0'
  while (!settled() && Date.now() < deadline) text = (await watch('/metrics')).text
  expect(sample(text, 'threadwork_lag_seconds_count')).toBe('1')
  expect(Number(sample(text, 'threadwork_lag_seconds_sum'))).toBeLessThan(10)
  expect(sample(text, 'threadwork_arrivals_total{road="smtp",result="kept"}')).toBe('1')
  expect(sample(text, 'threadwork_arrivals_total{road="smtp",result="known"}')).toBe('1')
  expect(Number(sample(text, 'threadwork_arrival_bytes_total{road="smtp"}'))).toBeGreaterThan(30)
  expect(sample(text, 'threadwork_sorted_total')).toBe('1')
  expect(sample(text, 'threadwork_unsorted_mails')).toBe('0')
  expect(sample(text, 'threadwork_dirty_clusters')).toBe('0')
  expect(sample(text, 'threadwork_database_up')).toBe('1')
  expect(sample(text, 'threadwork_page_seconds_count{route="/:list/",status="200"}')).toBe('1')
  expect(sample(text, 'threadwork_page_seconds_count{route="/:list/:mail/",status="404"}')).toBe('1')
  expect(Number(sample(text, 'threadwork_database_connections{pool="main",state="open"}'))).toBeGreaterThan(0)
  expect(Number(sample(text, 'process_resident_memory_bytes'))).toBeGreaterThan(1e6)
  // Nothing of a mail or a URL becomes a label: it could be without end, or a secret.
  expect(text).not.toContain('example.org')
})

test('health and readiness are told apart, and readiness says why not', async () => {
  const { own, door, watch, web, smtp } = await instance()
  for (const get of [watch, web]) {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: 'alive\n' })
    expect(await get('/readyz')).toMatchObject({ status: 200, text: 'ready\n' })
  }
  expect((await web('/metrics')).status).toBe(404)

  door.freeze()
  expect(await watch('/healthz')).toMatchObject({ status: 200 })
  const silent = { status: 503, text: 'not ready: the database does not answer\n' }
  expect(await watch('/readyz')).toMatchObject(silent)
  expect(await send(smtp.port, 'frozen')).toMatch(/^451 /)
  const { text } = await watch('/metrics')
  expect(sample(text, 'threadwork_database_up')).toBe('0')
  expect(sample(text, 'threadwork_unsorted_mails')).toBeUndefined()
  await door.shut()
  expect(await watch('/readyz')).toMatchObject(silent)

  await door.open()
  expect(await watch('/readyz')).toMatchObject({ status: 200 })
  await sql`delete from kysely_migration where name like '0002%'`.execute(own)
  expect(await watch('/readyz')).toMatchObject({
    status: 503,
    text: 'not ready: 1 migrations have not run; "threadwork serve" runs them when it starts\n',
  })
})
