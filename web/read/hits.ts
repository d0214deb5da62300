// A page of the search: the mails that answer a query, newest first, each with the lines that show why.

import { type Kysely, sql } from 'kysely'
import type { ListId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { readDecoded } from './decoded.ts'
import { findMails, onLists } from './found.ts'
import { findMark, type Mark, searchedText } from './mark.ts'
import type { Query } from './query.ts'
import { isCut, isExact, isSure, queryCondition, searched } from './query-sql.ts'

export interface Hit {
  readonly list: ListId
  readonly id: string
  readonly subject: string
  readonly sender: Person
  readonly said: number
  /** Its first words, for hits that their subjects explain. */
  readonly gist: string
  /** Lines of the mail or names of its files that hold a word; at most two. */
  readonly matched: readonly string[]
}

export interface Hits {
  /** Up to `countMax` + 1, which stands for "more". */
  readonly count: number
  /** There may be older ones: too many mails would have had to be read for them. */
  readonly cut: boolean
  readonly hits: readonly Hit[]
}

export interface HitRange {
  readonly offset: number
  readonly limit: number
  readonly countMax: number
}

/** `marks` show why. A mail that came to several lists is one hit. */
export async function readHits(
  db: Kysely<Tables>,
  lists: readonly ListId[],
  query: Query,
  marks: readonly Mark[],
  range: HitRange,
): Promise<Hits> {
  const [list, ...others] = lists
  if (list === undefined) return { count: 0, cut: false, hits: [] }
  const found = others.length === 0 && isSure(query) ? await findHits(db, list, query, range) : 'unsure'
  if (found === 'unsure') return readUnsureHits(db, lists, query, marks, range)
  // The newest of so many are not among any thousand of them.
  const rows = found.count > range.countMax ? await findNewest(db, list, query, range) : found.rows
  return { count: found.count, cut: false, hits: await withMatches(db, rows, marks) }
}

/** What the index alone cannot answer is asked of the newest mails that may. */
async function readUnsureHits(
  db: Kysely<Tables>,
  lists: readonly ListId[],
  query: Query,
  marks: readonly Mark[],
  { offset, limit, countMax }: HitRange,
): Promise<Hits> {
  const scope = { lists, limit: countMax + 1, readMax: limits.foundMailsReadMax }
  const found = findMails(db, query, scope)
  const seqs: Seq[] = []
  let next = await found.next()
  for (; !next.done; next = await found.next()) seqs.push(next.value.seq)
  const rows = await readRows(db, lists, seqs.slice(offset, offset + limit))
  return {
    count: seqs.length,
    cut: next.value === 'cut' && seqs.length <= countMax,
    hits: await withMatches(db, rows, marks),
  }
}

async function readRows(
  db: Kysely<Tables>,
  lists: readonly ListId[],
  seqs: readonly Seq[],
): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`
    select ${hitColumns} from search s join fact f using (list_id, seq) join mail m using (list_id, seq) ${hitParts}
    where list_id = any(${lists}::int[]) and seq = any(${seqs}::bigint[]) order by s.said desc, seq desc`.execute(
    db,
  )
  return rows
}

/**
 * How many there are, up to `countMax` + 1, and when that is all of them the newest: the index is asked once. `unsure`, and nothing is
 * looked for, where the index has not all words of some mail of the list.
 */
async function findHits(
  db: Kysely<Tables>,
  list: ListId,
  query: Query,
  { offset, limit, countMax }: HitRange,
): Promise<{ count: number; rows: FoundRow[] } | 'unsure'> {
  const { holds } = queryCondition(query)
  const unsure = isExact(query)
    ? sql`false`
    : sql`exists (select from search s where s.list_id = ${list} and ${isCut})`
  const { rows } = await sql<{ unsure: boolean; count: number } & (FoundRow | Record<keyof FoundRow, null>)>`
    with sure as materialized (select not ${unsure} as holds), found as materialized (
      select s.list_id, s.seq, s.said from ${searched(query)}
      where (select holds from sure) and ${onLists([list])} and ${holds} limit ${sql.lit(countMax + 1)})
    select not (select holds from sure) as unsure, total.count, ${hitColumns} from (select count(*)::int as count from found) total
    left join (select * from found order by said desc, seq desc offset ${offset} limit ${limit}) s
      on total.count <= ${countMax}
    left join fact f using (list_id, seq) left join mail m using (list_id, seq) ${hitParts}
    order by s.said desc, s.seq desc`.execute(db)
  // While a rebuild runs, a mail that waits to be read again has its words in the index and no facts.
  return rows[0]?.unsure
    ? 'unsure'
    : { count: rows[0]?.count ?? 0, rows: rows.filter(row => row.id !== null) }
}

/** Of a word that many mails hold: read from the newest mail backwards. PostgreSQL plans what has an `offset` by itself. */
async function findNewest(
  db: Kysely<Tables>,
  list: ListId,
  query: Query,
  { offset, limit }: HitRange,
): Promise<FoundRow[]> {
  const { holds } = queryCondition(query)
  const newestFirst = sql`(select * from search where list_id = ${list} order by said desc, seq desc offset 0)`
  const { rows } = await sql<FoundRow>`
    select ${hitColumns} from (
      select s.list_id, s.seq, s.said from ${searched(query, newestFirst)} where ${onLists([list])} and ${holds}
      order by s.said desc, s.seq desc offset ${offset} limit ${limit}
    ) s join fact f using (list_id, seq) join mail m using (list_id, seq) ${hitParts}
    order by s.said desc, s.seq desc`.execute(db)
  return rows
}

const hitColumns = sql`s.list_id as list, m.raw_hash, s.said, d."messageId" as id, d.subject->>'text' as subject, d.sender, d.gist,
  jsonb_path_query_array(d.files, '$[0 to 99].path') as files`
/** Facts are unpacked once for all columns; an arrow for each would do it once a column. */
const hitParts = sql`left join lateral
  jsonb_to_record(f.data) as d("messageId" text, subject jsonb, sender jsonb, gist text, files jsonb) on true`

interface FoundRow {
  list: ListId
  raw_hash: Buffer
  said: Date
  id: string
  subject: string
  sender: Person
  gist: string
  files: string[]
}

/** Only mails whose subject and sender do not show why they were found are read. */
async function withMatches(
  db: Kysely<Tables>,
  rows: readonly FoundRow[],
  marks: readonly Mark[],
): Promise<Hit[]> {
  const unclear = rows.filter(row => !shows(`${row.subject} ${row.sender.name} ${row.sender.address}`, marks))
  const mails = await readDecoded(
    db,
    unclear.map(row => row.raw_hash),
  )
  return rows.map(({ raw_hash, said, files, ...row }) => {
    const text = mails.get(raw_hash.toString('base64'))?.body
    const matched =
      text === undefined
        ? []
        : matching(`${files.join('\n')}\n${text.slice(0, limits.hitCharactersReadMax)}`, marks)
    return { ...row, said: said.getTime(), matched }
  })
}

const shows = (text: string, marks: readonly Mark[]) => {
  const lower = searchedText(text)
  return marks.every(mark => findMark(lower, mark) !== null)
}

/**
 * At most two lines that hold a word, those with all words first. Quoted lines are not in the index, so they are no
 * reason either.
 */
function matching(text: string, marks: readonly Mark[]): string[] {
  const searched = searchedText(text)
  const found = new Set<string>()
  for (const mark of marks) {
    for (const line of linesWith(text, searched, mark)) found.add(line)
  }
  const lines = [...found]
  const best = lines.filter(line => shows(line, marks))
  return (best.length > 0 ? best : lines).slice(0, 2)
}

/** The first lines with a word; a common one is not followed through a whole mail. */
function linesWith(text: string, searched: string, mark: Mark): string[] {
  const lines: string[] = []
  let next = findMark(searched, mark)
  for (let tries = 0; next !== null && tries < limits.hitTriesMax; tries++) {
    const start = text.lastIndexOf('\n', next.start) + 1
    const end = text.indexOf('\n', next.start)
    const line = text.slice(start, end === -1 ? undefined : end)
    if (!line.startsWith('>') && line.length <= limits.hitLineCharactersMax) lines.push(line)
    next = end === -1 ? null : findMark(searched, mark, end)
  }
  return lines
}
