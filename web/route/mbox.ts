// mboxes of several mails: a thread, what a search finds, a whole list. b4 and lei read nothing else.
import type { Context } from 'hono'
import { type Kysely, sql } from 'kysely'
import type { IndexKey, ListId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { addSizes, sizesOf } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerSearched } from '../answer.ts'
import { fileName } from '../archive/file-name.ts'
import { mboxStream, smallMbox } from '../archive/mbox-stream.ts'
import { answerLarge } from '../large.ts'
import { type FoundMail, findMails } from '../read/found.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import type { Place } from '../read/place.ts'
import { readQuery } from '../read/query.ts'
import { readThreads, type ThreadMail } from '../read/thread-mails.ts'

type Database = Kysely<Tables>

/** The whole thread; a mail that waits to be sorted is an mbox of one. */
export async function answerThreadMbox(c: Context, db: Database, located: LocatedMail): Promise<Response> {
  const { list, key, hash } = located
  const mails = located.topic === null ? [] : await readThreads(db, list.id, [key])
  const hashes = mails.length === 0 ? [hash] : mails.map(mail => mail.hash)
  const versions = hashes.map(one => one.toString('base64'))
  return answerFresh(c, ['mbox', list.name, ...versions], async () => {
    const { all, held } =
      mails.length === 0 ? await sizesOf(db, hashes) : addSizes(mails.map(mail => mail.size))
    if (all < limits.largeAnswerBytesMin) return gzipped(c, 't', await smallMbox(db, hashes))
    return answerLarge(c, held, () => gzipped(c, 't', mboxStream(db, inBatches(hashes))))
  })
}

/** `?q=QUERY&x=m` by POST: the mails that it finds, newest first, or with `threads` their threads. */
export async function answerResults(
  c: Context,
  db: Database,
  { lists }: Place,
  among?: readonly IndexKey[],
): Promise<Response> {
  const typed = (c.req.query('q') ?? '').slice(0, limits.queryCharactersMax)
  const { query, problem } = await readQuery(typed, 'any')
  if (problem !== null) return c.text(`${problem}\n`, 400)
  if (query === null) return c.text('No results found\n', 404)
  const threads = await wantsThreads(c)
  const scope = { lists: lists.map(list => list.id), ...(among ? { among } : {}) }
  const busy = () => c.text('Too much is asked for now; come again in a moment\n', 503)
  return answerSearched(
    c,
    () => answerFound(c, db, { typed, threads, found: findMails(db, query, scope) }),
    busy,
  )
}

interface Results {
  readonly typed: string
  /** With the threads of what is found. */
  readonly threads: boolean
  readonly found: AsyncGenerator<FoundMail>
}

async function answerFound(c: Context, db: Database, { typed, threads, found }: Results): Promise<Response> {
  // Whether there are any is the status of the answer.
  const first = await found.next()
  if (first.done) return c.text('No results found\n', 404)
  const mails = threads
    ? withThreads(db, continued(first.value, found))
    : alone(db, continued(first.value, found))
  return answerLarge(c, limits.readBytesMax, () =>
    gzipped(c, `results-${threads ? 'thread-' : ''}${typed}`, mboxStream(db, mails)),
  )
}

/** All mails of one list or of all of them, in the order of the log. */
export const answerAllMbox = (c: Context, db: Database, { name, lists }: Place): Promise<Response> => {
  const ids = lists.map(list => list.id)
  return answerLarge(c, limits.readBytesMax, () => gzipped(c, name, mboxStream(db, wholeLog(db, ids))))
}

const gzipped = (c: Context, name: string, body: ReadableStream | Buffer<ArrayBuffer>): Response =>
  c.body(body, 200, {
    'Content-Type': 'application/gzip',
    'Content-Disposition': `inline; filename=${fileName(name).replace(/\.txt$/, '')}.mbox.gz`,
  })

/** `&t=1`, or the form of public-inbox's page, whose first field is `x` where threads are wanted. */
async function wantsThreads(c: Context): Promise<boolean> {
  const asked = c.req.query('t')
  if (asked !== undefined && asked !== '0') return true
  return /^x=[^0]/.test(await startOfBody(c.req.raw))
}

async function startOfBody({ body }: Request): Promise<string> {
  if (body === null) return ''
  let start = ''
  for await (const chunk of body) {
    start += Buffer.from(chunk).toString('latin1', 0, 3)
    if (start.length >= 3) break
  }
  return start
}

async function* continued(first: FoundMail, others: AsyncGenerator<FoundMail>): AsyncGenerator<FoundMail> {
  yield first
  yield* others
}

const batchMails = 25

function* inBatches<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let at = 0; at < items.length; at += batchMails) yield items.slice(at, at + batchMails)
}

async function* gathered(found: AsyncIterable<FoundMail>): AsyncGenerator<FoundMail[]> {
  let batch: FoundMail[] = []
  for await (const mail of found) {
    batch.push(mail)
    if (batch.length < batchMails) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function* alone(db: Database, found: AsyncIterable<FoundMail>): AsyncGenerator<Buffer[]> {
  for await (const batch of gathered(found)) {
    const rows = await db
      .selectFrom('mail')
      .select(['seq', 'raw_hash'])
      .where(
        'seq',
        'in',
        batch.map(mail => mail.seq),
      )
      .execute()
    const hashes = new Map(rows.map(row => [row.seq, row.raw_hash]))
    yield batch.flatMap(({ seq }) => hashes.get(seq) ?? [])
  }
}

/** A thread stands where its newest hit does. */
async function* withThreads(db: Database, found: AsyncIterable<FoundMail>): AsyncGenerator<Buffer[]> {
  const sent = new Set<string>()
  for await (const batch of gathered(found)) {
    const lists = Map.groupBy(
      batch.filter(({ key }) => !sent.has(key)),
      mail => mail.list,
    )
    for (const [list, mails] of lists) {
      const threads = await readThreads(
        db,
        list,
        mails.map(mail => mail.key),
      )
      const fresh = threads.filter(mail => !sent.has(mail.key))
      for (const mail of fresh) sent.add(mail.key)
      yield* inBatches(fresh.map((mail: ThreadMail) => mail.hash))
    }
  }
}

/** Without second copies of a mail, and of several lists without those that an earlier one has. */
async function* wholeLog(db: Database, lists: readonly ListId[]): AsyncGenerator<Buffer[]> {
  for (const [at, list] of lists.entries()) {
    let last: Seq | '0' = '0'
    for (;;) {
      const rows: LogRow[] = await readLog(db, list, last, lists.slice(0, at))
      const end = rows.at(-1)
      if (end === undefined) break
      yield rows.filter(row => !row.again).map(row => row.hash)
      last = end.seq
    }
  }
}

interface LogRow {
  seq: Seq
  hash: Buffer
  again: boolean
}

async function readLog(
  db: Database,
  list: ListId,
  last: Seq | '0',
  earlier: readonly ListId[],
): Promise<LogRow[]> {
  const { rows } = await sql<LogRow>`
    select m.seq, m.raw_hash as hash, exists (
      select from mail o join fact p on p.list_id = o.list_id and p.seq = o.seq
      where (o.list_id = m.list_id and o.seq < m.seq or o.list_id = any(${earlier}::int[]))
        and o.message_key = m.message_key and not o.hidden and p.data->>'textHash' = f.data->>'textHash') as again
    from mail m left join fact f using (list_id, seq)
    where m.list_id = ${list} and m.seq > ${last} and not m.hidden and not m.note
    order by m.seq limit 100`.execute(db)
  return rows
}
