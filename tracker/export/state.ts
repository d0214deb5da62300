// The state of a list as JSON lines, one topic a line, sorted by id: the way out for states, and how two instances
// are compared.
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { numbersOf } from '../project/bug-number.ts'
import { exportLine } from './line.ts'

const rowsAtOnce = 500

/** Lines with their line end. Without `numbers` two instances with the same mails export the same bytes. */
export async function* exportState(
  db: Kysely<Tables>,
  list: ListId,
  { numbers }: { numbers: boolean },
): AsyncIterable<string> {
  const { name } = await db.selectFrom('list').select('name').where('id', '=', list).executeTakeFirstOrThrow()
  const ids = await db.selectFrom('topic').select(['id', 'id_key']).where('list_id', '=', list).execute()
  // By code units, whatever the database's collation is.
  const sorted = ids.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  for (let at = 0; at < sorted.length; at += rowsAtOnce) {
    const keys = sorted.slice(at, at + rowsAtOnce).map(row => row.id_key)
    const rows = await db
      .selectFrom('topic')
      .select(['id_key', ...topicColumns])
      .where('list_id', '=', list)
      .where('id_key', 'in', keys)
      .execute()
    const byKey = new Map(rows.map(row => [row.id_key, wholeTopic(row)]))
    const bugs = numbers ? [...byKey.values()].filter(topic => topic.kind === 'bug') : []
    const given = await numbersOf(db, list, bugs)
    for (const key of keys) {
      const topic = byKey.get(key)
      if (topic) yield `${exportLine(topic, name, numbers ? (given.get(topic.id) ?? null) : undefined)}\n`
    }
  }
}
