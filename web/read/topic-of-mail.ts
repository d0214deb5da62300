// What the page of a mail shows in every case, by one statement: its topic, its bytes, and who vouched for it.
import { type Kysely, sql } from 'kysely'
import { keepSmall, smallBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { wholeTopic } from '../../sql/topic-row.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import type { LocatedMail } from './located-mail.ts'
import { readVerdict, type ShownVerdict, shownVerdict, type VerdictRow, verdictsOf } from './verdict.ts'

export interface TopicOfMail {
  /** Null while the mail waits to be sorted. */
  readonly topic: Topic | null
  readonly verdict: ShownVerdict
}

/** The bytes are left where `readDecoded` finds them. */
export async function readTopicOfMail(
  db: Kysely<Tables>,
  { list, id, key, hash, topic }: LocatedMail,
): Promise<TopicOfMail> {
  if (topic === null) return { topic, verdict: await readVerdict(db, list.id, id) }
  const { rows } = await sql<TopicRow>`
    select t.data, t.mail_data, r.hash, r.size, r.encoding, ${smallBytes(sql`r`)} as bytes, ${verdictsOf(list.id, key)} as verdicts
    from topic t join raw r on r.hash = ${hash}
    where t.list_id = ${list.id} and t.id_key = ${topic.key}`.execute(db)
  const [row] = rows
  if (row === undefined) return { topic: null, verdict: await readVerdict(db, list.id, id) }
  await keepSmall(rows)
  return { topic: wholeTopic(row), verdict: shownVerdict(row.verdicts ?? []) }
}

type TopicRow = Pick<Tables['raw'], 'encoding'> & {
  data: Omit<Topic, 'mails'>
  mail_data: Buffer
  hash: Buffer
  size: number
  bytes: Buffer | null
  verdicts: VerdictRow[] | null
}
