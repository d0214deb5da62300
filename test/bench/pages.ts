// What pages cost: each kind asked of the application itself, over many different pages, as the CPU time of Node and
// PostgreSQL together. `--beside` (beside.ts) asks public-inbox for the same.
import { once } from 'node:events'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { makeApp } from '../../web/app.ts'
import { paths } from '../../web/paths.ts'
import { type BenchDatabase, withBenchDatabase } from './database.ts'
import { inventedMbox, startImport } from './import.ts'

interface Page {
  readonly name: string
  readonly urls: readonly string[]
}

/** Requests for pages of a kind, and as many before, which warm the program. */
const requestsMin = 300
const urlsMax = 100
const list = 'bench'

export const benchPages = (options: { mbox: string | undefined; mails: number }): Promise<string[]> =>
  withBenchDatabase(async bench => {
    const [code] = await once(startImport(bench, options.mbox ?? inventedMbox(bench, options.mails)), 'exit')
    if (code !== 0) throw new Error(`import ended with ${code}`)
    // As autovacuum leaves an archive that has stood for a while.
    await sql`vacuum analyze`.execute(bench.db)
    const lines = [
      'CPU ms a page: made anew, and asked for again while nothing on the list changed',
      line(['', 'Node', 'PostgreSQL', 'together', 'again', 'bytes']),
    ]
    for (const page of await pagesOf(bench.db)) lines.push(await measure(bench, page))
    return lines
  })

async function measure(bench: BenchDatabase, { name, urls }: Page): Promise<string> {
  await cost(bench, urls, () => makeApp({ db: bench.db }))
  const made = await cost(bench, urls, () => makeApp({ db: bench.db }))
  const app = makeApp({ db: bench.db })
  await cost(bench, urls, () => app)
  const again = await cost(bench, urls, () => app)
  const figures = [made.node, made.database, made.node + made.database, again.node + again.database]
  const columns = [...figures.map(ms => ms.toFixed(1)), made.bytes.toFixed(0)]
  return line([name, ...columns])
}

const line = ([name = '', ...columns]: readonly string[]) =>
  name.padEnd(20) + columns.map(column => column.padStart(14)).join('')

/** CPU ms of one page, and its bytes. A fresh application has no page kept; its first answer builds its routes. */
async function cost(bench: BenchDatabase, urls: readonly string[], app: () => ReturnType<typeof makeApp>) {
  let bytes = 0
  const apps = Array.from({ length: Math.ceil(requestsMin / urls.length) }, app)
  for (const each of apps) await each.request('/healthz')
  const node = process.cpuUsage()
  const database = bench.databaseCpu()
  for (const each of apps) {
    for (const url of urls) {
      const answer = await each.request(url)
      if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`)
      bytes += (await answer.arrayBuffer()).byteLength
    }
  }
  const { user, system } = process.cpuUsage(node)
  const asked = apps.length * urls.length
  return {
    node: (user + system) / 1000 / asked,
    database: (bench.databaseCpu() - database) / asked,
    bytes: bytes / asked,
  }
}

async function pagesOf(db: Kysely<Tables>): Promise<Page[]> {
  const ids = async (condition: ReturnType<typeof sql>) => {
    const query = sql<{
      id: string
    }>`select t.id from topic t where ${condition} order by md5(t.id) limit ${urlsMax}`
    return (await query.execute(db)).rows.map(row => row.id)
  }
  const { rows: replies } = await sql<{ id: string }>`
    select data->>'messageId' as id from fact where data->>'posting' = 'none' order by md5(message_key) limit ${urlsMax}`.execute(
    db,
  )
  const { rows: titles } = await sql<{ title: string }>`
    select title from topic where title ~ '[a-z]{5}' order by md5(id) limit ${urlsMax}`.execute(db)
  const threads = await ids(sql`t.mails between 13 and 15`)
  const words = titles.map(({ title }) => /[a-z]{5,}/i.exec(title)?.[0] ?? title)
  return [
    { name: 'list home', urls: [paths.list(list)] },
    { name: 'list of 50 topics', urls: [paths.topics(list, 'all')] },
    { name: 'message', urls: replies.map(row => paths.mail(list, row.id)) },
    {
      name: 'patchset',
      urls: (await ids(sql`t.kind = 'patchset'`)).map(id => paths.mail(list, id)),
    },
    { name: 'thread of 14 mails', urls: threads.map(id => paths.thread(list, id)) },
    {
      name: 'search, one word',
      urls: words.map(word => `${paths.list(list)}?q=${encodeURIComponent(word)}`),
    },
    {
      name: 'search, title words',
      urls: titles.map(({ title }) => `${paths.list(list)}?q=${encodeURIComponent(title)}`),
    },
    { name: 't.mbox of 14 mails', urls: threads.map(id => `${paths.mail(list, id)}t.mbox.gz`) },
  ]
}
