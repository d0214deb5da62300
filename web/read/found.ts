// The mails that answer a query, newest first: those that the word index names, and where it cannot tell, those of them
// that answer it when they are read.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { IndexKey, ListId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import type { MailFacts } from '../../tracker/mail/facts.ts'
import { readDecoded } from './decoded.ts'
import { notSpam } from './not-spam.ts'
import type { Query } from './query.ts'
import { matches } from './query-match.ts'
import { queryCondition, receivedAt, searched, topicCondition, topicQueries } from './query-sql.ts'

export interface FoundMail {
  readonly list: ListId
  readonly seq: Seq
  readonly key: IndexKey
}

export interface SearchScope {
  readonly lists: readonly ListId[]
  /** Only of these mails. */
  readonly among?: readonly IndexKey[]
  /** So many are looked at, newest first. */
  readonly limit?: number
  /** So many are read, newest first; all when it is absent. */
  readonly readMax?: number
}

/** A mail that came several times is found once. Answers `cut` at its end when there may be more than it looked at. */
export async function* findMails(
  db: Kysely<Tables>,
  query: Query,
  scope: SearchScope,
): AsyncGenerator<FoundMail, 'all' | 'cut'> {
  const limit = scope.limit ?? limits.foundMailsMax
  const candidates = await readCandidates(db, query, { ...scope, limit })
  const seen = new Set<IndexKey>()
  let read = 0
  for (let at = 0; at < candidates.length; at += batchMails) {
    const batch = candidates.slice(at, at + batchMails).filter(({ key }) => !seen.has(key))
    const unsure = batch.filter(one => one.unsure)
    read += unsure.length
    if (read > (scope.readMax ?? Number.POSITIVE_INFINITY)) return 'cut'
    const answering = await answeringOf(db, query, unsure)
    for (const { unsure, list, seq, key } of batch) {
      if (seen.has(key) || (unsure && !answering.has(seq))) continue
      seen.add(key)
      yield { list, seq, key }
    }
  }
  return candidates.length < limit ? 'all' : 'cut'
}

const batchMails = 50

interface Candidate extends FoundMail {
  readonly unsure: boolean
}

async function readCandidates(
  db: Kysely<Tables>,
  query: Query,
  { lists, among, limit }: SearchScope & { limit: number },
): Promise<Candidate[]> {
  const { holds, unsure } = queryCondition(query)
  const chosen = among === undefined ? sql`true` : sql`s.message_key = any(${among}::text[])`
  // A mail that waits to be read again has its words in the index and no facts.
  const { rows } = await sql<Candidate>`
    select s.list_id as list, s.seq, s.message_key as key, ${unsure} as unsure from ${searched(query)}
    where ${holds} and ${chosen} and ${onLists(lists)}
      and exists (select from fact f where f.list_id = s.list_id and f.seq = s.seq)
    order by s.said desc, s.seq desc limit ${sql.lit(limit)}`.execute(db)
  return rows
}

/** Not among what is spam on its list. */
export const onLists = (lists: readonly ListId[]): RawBuilder<unknown> =>
  lists.length === 0
    ? sql`false`
    : sql`(${sql.join(
        lists.map(list => sql`(s.list_id = ${list} and ${notSpam(list)})`),
        sql` or `,
      )})`

interface ReadRow {
  seq: Seq
  said: Date
  received: Date
  raw_hash: Buffer
  data: MailFacts
  /** In the order of the query's parts. */
  topics: boolean[]
}

/** Those that answer it as they stand. */
async function answeringOf(
  db: Kysely<Tables>,
  query: Query,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<Seq>> {
  if (candidates.length === 0) return new Set()
  const asked = topicQueries(query)
  const { rows } = await sql<ReadRow>`
    select s.seq, s.said, ${receivedAt} as received, m.raw_hash, f.data,
      array[${sql.join(asked.map(topicCondition))}]::boolean[] as topics
    from ${searched(query)} join mail m on m.list_id = s.list_id and m.seq = s.seq
      join fact f on f.list_id = s.list_id and f.seq = s.seq
    where s.list_id = any(${[...new Set(candidates.map(one => one.list))]}::int[])
      and s.seq = any(${candidates.map(one => one.seq)}::bigint[])`.execute(db)
  const mails = await readDecoded(
    db,
    rows.map(row => row.raw_hash),
  )
  const answering = rows.filter(({ raw_hash, data, said, received, topics }) => {
    const mail = mails.get(raw_hash.toString('base64'))
    const times = { said: said.getTime(), received: received.getTime() }
    const topic = new Set(asked.filter((_, at) => topics[at]))
    return mail !== undefined && matches(query, { mail, facts: data, topic, ...times })
  })
  return new Set(answering.map(({ seq }) => seq))
}
