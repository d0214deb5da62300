// The word search: which mails hold all words of a query, newest first.
import { type Kysely, sql } from 'kysely'
import { type ListId, type Seq, seq } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import { readRawBatch } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import type { Person } from '../../tracker/mail/facts.ts'

export interface Hit {
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
  /** The words looked for, lower case, without those to leave out; empty when the query has none. */
  readonly words: readonly string[]
  /** Up to `countMax` + 1, which stands for "more". */
  readonly count: number
  readonly hits: readonly Hit[]
}

export interface HitRange {
  readonly offset: number
  readonly limit: number
  readonly countMax: number
}

/** Looks for `query` in PostgreSQL's web syntax: words, "phrases", `or`, `-without`. Any text is a valid query. */
export async function readHits(
  db: Kysely<Tables>,
  list: ListId,
  query: string,
  range: HitRange,
): Promise<Hits> {
  const tsquery = sql`websearch_to_tsquery('simple', ${toStorableText(query)})`
  const words = await readWords(db, query)
  if (words.length === 0) return { words, count: 0, hits: [] }
  const { rows: counted } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from search where list_id = ${list} and words @@ ${tsquery} limit ${range.countMax + 1}) c`.execute(
    db,
  )
  const count = counted[0]?.count ?? 0
  if (count <= range.offset) return { words, count, hits: [] }
  const { rows } = await sql<FoundRow>`
    select s.seq, s.said, f.data->>'messageId' as id, f.data->'subject'->>'text' as subject,
      f.data->'sender' as sender, f.data->>'gist' as gist, jsonb_path_query_array(f.data, '$.files[0 to 99].path') as files
    from (
      select list_id, seq, said from search where list_id = ${list} and words @@ ${tsquery}
      order by said desc, seq desc offset ${range.offset} limit ${range.limit}
    ) s join fact f using (list_id, seq)
    order by s.said desc, s.seq desc`.execute(db)
  return { words, count, hits: await withMatches(db, list, rows, words) }
}

/** PostgreSQL's own reading of the query, so that what is marked is what was looked for. */
async function readWords(db: Kysely<Tables>, query: string): Promise<string[]> {
  const { rows } = await sql<{ words: string }>`
    select querytree(websearch_to_tsquery('simple', ${toStorableText(query)})) as words`.execute(db)
  const quoted = (rows[0]?.words ?? '').match(/'(?:[^']|'')*'/g) ?? []
  return [...new Set(quoted.map(word => word.slice(1, -1).replaceAll("''", "'")))]
}

interface FoundRow {
  seq: string
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
  list: ListId,
  rows: readonly FoundRow[],
  words: readonly string[],
): Promise<Hit[]> {
  const unclear = rows.filter(row => !shows(`${row.subject} ${row.sender.name} ${row.sender.address}`, words))
  const texts = await readTexts(
    db,
    list,
    unclear.map(row => seq(row.seq)),
  )
  return rows.map(({ seq: at, said, files, ...row }) => {
    const text = texts.get(seq(at))
    const matched =
      text === undefined ? [] : matching(`${files.join('\n')}\n${text.slice(0, charactersReadMax)}`, words)
    return { ...row, said: said.getTime(), matched }
  })
}

async function readTexts(
  db: Kysely<Tables>,
  list: ListId,
  places: readonly Seq[],
): Promise<ReadonlyMap<Seq, string>> {
  const mails = await readRawBatch(db, list, places)
  return new Map(mails.map(mail => [mail.seq, decodeMail(mail.bytes).body]))
}

const shows = (text: string, words: readonly string[]) => {
  const lower = text.toLowerCase()
  return words.every(word => lower.includes(word))
}

/**
 * At most two lines that hold a word, those with all words first. Quoted lines are not in the index, so they are no
 * reason either.
 */
function matching(text: string, words: readonly string[]): string[] {
  const lower = text.toLowerCase()
  // Lower-casing can change the length of a few letters; then the places would not fit.
  const searched = lower.length === text.length ? lower : text
  const found = new Set<string>()
  for (const word of words) {
    for (const line of linesWith(text, searched, word)) found.add(line)
  }
  const lines = [...found]
  const best = lines.filter(line => shows(line, words))
  return (best.length > 0 ? best : lines).slice(0, 2)
}

/** The first lines with a word; a common one is not followed through a whole mail. */
function linesWith(text: string, searched: string, word: string): string[] {
  const lines: string[] = []
  for (let at = searched.indexOf(word), tries = 0; at !== -1 && tries < triesMax; tries++) {
    const start = text.lastIndexOf('\n', at) + 1
    const end = text.indexOf('\n', at)
    const line = text.slice(start, end === -1 ? undefined : end)
    if (!line.startsWith('>') && line.length <= lineShownMax) lines.push(line)
    at = end === -1 ? -1 : searched.indexOf(word, end)
  }
  return lines
}

const triesMax = 50
/** A log of a megabyte below a mail is not read for one line. */
const charactersReadMax = 64 * 1024
/** A longer line is data, not a sentence or a line of code. */
const lineShownMax = 300
