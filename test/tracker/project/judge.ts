// Verdicts as the job after the 250 writes them, for tests that are about what the fold makes of them.
import { type Kysely, sql } from 'kysely'
import { messageId } from '../../../base/ids.ts'
import type { List } from '../../../sql/lists.ts'
import type { Tables } from '../../../sql/tables.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'

/** Writes the verdict of each mail of the list that has none; null leaves it as it is. Then its topics are folded again. */
export async function judge(
  db: Kysely<Tables>,
  list: List,
  verdict: Verdict | ((id: string) => Verdict | null),
): Promise<void> {
  const mails = await db
    .selectFrom('mail')
    .leftJoin('verdict', join =>
      join.onRef('verdict.list_id', '=', 'mail.list_id').onRef('verdict.seq', '=', 'mail.seq'),
    )
    .select(['mail.seq', 'mail.message_id'])
    .where('mail.list_id', '=', list.id)
    .where('verdict.seq', 'is', null)
    .execute()
  for (const { seq, message_id } of mails) {
    const made = typeof verdict === 'function' ? verdict(messageId(message_id)) : verdict
    if (!made || made.grade === 'I') continue
    const { grade, identity = null, confirmed, covers } = made
    const how = JSON.stringify(made.how)
    const data = JSON.stringify({
      ...(confirmed === undefined ? {} : { confirmed: new Date(confirmed).toISOString() }),
      ...(covers === undefined ? {} : { covers }),
    })
    await db.insertInto('verdict').values({ list_id: list.id, seq, grade, how, identity, data }).execute()
  }
  await sql`update cluster set dirty = true where list_id = ${list.id}`.execute(db)
  await sortAll(db, list.id)
}
