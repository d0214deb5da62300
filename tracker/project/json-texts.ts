// Many JSON values as one parameter of a query.
import { type RawBuilder, sql } from 'kysely'

/**
 * Storable JSON texts as a set of rows. JSON holds no bare control character, so one can stand between two of them
 * (RFC 7464): nothing is escaped twice, and PostgreSQL parses each value once. Out of one JSON array of rows it would
 * copy each value once more, and a jsonb[] it would parse once more to plan the query.
 */
export const jsonTexts = (texts: readonly string[]): RawBuilder<unknown> =>
  sql`string_to_table(${texts.join('\x1e')}, ${'\x1e'})`
