// A question to the index of words (write-search.ts): does a mail hold them?
import { type RawBuilder, sql } from 'kysely'

/**
 * Of a row of `search s`: all its words, or those of its subject (weight A) and author (B), hold a tsquery in PostgreSQL's
 * notation. Behind the `select` the planner knows nothing of it. Else it takes each of the hundred forms of a word for one of
 * every 200th mail, the whole for one of every third, and unpacks the words of all mails instead of asking the index.
 */
export const holdsWords = (part: keyof typeof parts, query: string): RawBuilder<boolean> =>
  sql<boolean>`${parts[part]} @@ (select ${query}::tsquery)`

/** As the indexes have them. */
const parts = {
  all: sql`s.words`,
  heads: sql`ts_filter(s.words, '{a,b}')`,
} as const
