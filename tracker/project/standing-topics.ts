// The topics that stand behind a fold, which is compared with them: what differs is written, and of what is news people are
// told. One question for all of it; the topics themselves, the most of a row, are read where something is to be told.
import { sql, type Transaction } from 'kysely'
import type { ClusterId, IndexKey, ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { wholeTopic } from '../../sql/topic-row.ts'
import type { Topic } from '../topic/topic.ts'

export interface StandingTopic {
  readonly id_key: IndexKey
  readonly cluster: ClusterId
  readonly kind: Topic['kind']
  readonly digest: string
  /** The transaction that wrote its row. */
  readonly written: string
  /** It says something of other topics. */
  readonly speaks: boolean
  /** Its mails: the key, behind the hash of the copy that is read, where there is one. */
  readonly mails: ReadonlySet<string>
  /** Null where nothing is told. */
  readonly topic: Topic | null
}

/** Those of the clusters, and those with the keys wherever they are. `told`: clusters of which something is told. */
export async function standingTopics(
  trx: Transaction<Tables>,
  list: ListId,
  {
    clusters,
    keys,
    told,
  }: Readonly<Record<'clusters' | 'told', readonly ClusterId[]>> & {
    readonly keys: readonly IndexKey[]
  },
): Promise<StandingTopic[]> {
  // One row for all mails of a topic: 2,000 rows, each parsed for itself, cost more than the comparison. A patchset is known
  // by its patches, so its mails, of which there may be thousands, are not unpacked.
  const { rows } = await sql<Row>`
    select id_key, t.cluster, kind, digest, t.xmin::text as written, m.mails,
      exists (select from statement s where s.list_id = t.list_id and s.topic_key = t.id_key) as speaks,
      case when t.cluster = any(${told}::bigint[]) then data end as data,
      case when t.cluster = any(${told}::bigint[]) and kind = 'bug' then mail_data end as mail_data
    from topic t left join (
      select topic_key, cluster, json_agg(concat_ws(' ', encode(shown, 'hex'), message_key)) as mails from topic_mail
      where cluster = any(${clusters}::bigint[]) group by topic_key, cluster) m on topic_key = id_key and m.cluster = t.cluster
    where t.list_id = ${list} and (t.cluster = any(${clusters}::bigint[]) or id_key = any(${keys}::text[]))`.execute(
    trx,
  )
  return rows.map(({ data, mail_data, mails, ...row }) => ({
    ...row,
    mails: new Set(mails),
    topic: data && (mail_data ? wholeTopic({ data, mail_data }) : { ...data, mails: [] }),
  }))
}

interface Row extends Pick<StandingTopic, 'id_key' | 'cluster' | 'kind' | 'digest' | 'written' | 'speaks'> {
  readonly mails: readonly string[] | null
  readonly data: Omit<Topic, 'mails'> | null
  readonly mail_data: Buffer | null
}
