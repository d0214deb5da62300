// `/LIST/MESSAGE-ID/raw` and `/t.mbox.gz`: the mails as they came, for b4, git am and whoever does not trust a page.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { indexKey } from '../../base/key.ts'
import { arrivalsOf } from '../../sql/log.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { answerFresh } from '../answer.ts'
import { fileName } from '../archive/file-name.ts'
import { archiveMboxrd } from '../archive/mboxrd.ts'
import { threadMbox } from '../archive/thread-mbox.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import { readTopic } from '../read/topic.ts'
import { versionsOf } from './mail.ts'

type Database = Kysely<Tables>

/** Every arrival with this Message-ID, one after the other; with `?text=` the one whose SHA-256 it is, if it is here. */
export async function answerRaw(c: Context, db: Database, { list, id }: LocatedMail): Promise<Response> {
  const all = await arrivalsOf(db, list.id, indexKey(id))
  const one = all.filter(({ raw_hash }) => raw_hash.toString('hex') === c.req.query('text'))
  const arrivals = one.length > 0 ? one : all
  return answerFresh(c, ['raw', list.name, ...arrivals.map(({ seq }) => seq)], async () => {
    const mails = rawBytes(
      db,
      arrivals.map(arrival => arrival.raw_hash),
    )
    const { value: first } = await mails.next()
    const bytes = first?.[1] ?? Buffer.alloc(0)
    return c.body(ReadableStream.from(inMboxrd(bytes, mails)) as ReadableStream, 200, {
      'Content-Type': 'text/plain; charset=UTF-8',
      'Content-Disposition': `inline; filename=${fileName(subjectOf(bytes))}`,
    })
  })
}

async function* inMboxrd(first: Buffer, others: ReturnType<typeof rawBytes>): AsyncGenerator<Uint8Array> {
  yield archiveMboxrd(first)
  for await (const [, bytes] of others) yield archiveMboxrd(bytes)
}

const subjectOf = (bytes: Buffer) => decodeWords(headerValue(readHeaders(bytes).headers, 'subject') ?? '')

/** The mails of the whole topic; a mail that waits to be sorted is an mbox of one. */
export function answerMbox(c: Context, db: Database, located: LocatedMail): Promise<Response> {
  const { list, id, topic: at } = located
  const make = async () => {
    const topic = at && (await readTopic(db, list.id, at.key))
    const mails = topic?.mails ?? [{ id }]
    const reused = new Set(topic?.mails.filter(mail => mail.imposters).map(mail => mail.id))
    const ids = mails.map(mail => mail.id)
    return c.body(threadMbox(db, list.id, ids, reused), 200, {
      'Content-Type': 'application/gzip',
      'Content-Disposition': 'inline; filename=t.mbox.gz',
    })
  }
  return at === null ? make() : answerFresh(c, ['mbox', ...versionsOf(located)], make)
}
