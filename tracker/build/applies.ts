// Does it still apply? When a branch moves, the newest revisions of open patchsets are put on it again, the newest first and
// a few at a time, behind all that is to be built. Nothing is published and nothing runs: a page says what came of it.
import { sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import type { Topic } from '../topic/topic.ts'
import { patchsetMails } from './patchset-mails.ts'
import { branchesOf, isTooLong, ownBranch, type Place, topicKey, tryBase } from './placing.ts'
import { tellPages } from './revisions.ts'

/** Tries at most `count` of them; answers how many were tried, fewer when no more are to be. */
export async function applyAgain(place: Place, count: number): Promise<number> {
  const branches = await branchesOf(place)
  let tried = 0
  for (const topic of await untried(place, [...branches.map(({ head }) => head)], count)) {
    const revision = topic.revisions.at(-1)
    if (revision?.digest === undefined || isTooLong(revision)) continue
    const mails = await patchsetMails(place.db, place.list.id, topic, revision)
    const own = mails && ownBranch(place, mails.tags, branches)
    if (!mails || !own) continue
    const before = await standing(place, topic, revision.digest)
    const what = { topic, revision, digest: revision.digest, texts: mails.texts, tags: mails.tags }
    const now = await tryBase(place, what, { foundBy: 'moved', commit: own.head, branch: own.branch }, null)
    tried++
    if (now.outcome !== before) await tellPages(place, topic)
  }
  return tried
}

/** Open patchsets of which the newest revision was tried on none of these commits. */
async function untried({ db, list }: Place, heads: readonly string[], count: number): Promise<Topic[]> {
  if (heads.length === 0) return []
  const { rows } = await sql<{ data: Omit<Topic, 'mails'>; mail_data: Buffer }>`
    select ${sql.join(topicColumns.map(column => sql.ref(column)))} from topic
    where list_id = ${list.id} and kind = 'patchset' and open and last_said > now() - make_interval(days => ${limits.appliesDaysMax}::int)
      and data->'revisions'->-1 ? 'digest'
      and not exists (select from application a where a.list_id = topic.list_id and a.topic_key = topic.id_key
        and a.digest = topic.data->'revisions'->-1->>'digest' and a.base = any(${heads}::text[]))
    order by last_said desc limit ${count}`.execute(db)
  return rows.map(wholeTopic)
}

async function standing({ db, list }: Place, topic: Topic, digest: string): Promise<string | null> {
  const row = await db
    .selectFrom('application')
    .select('outcome')
    .where('list_id', '=', list.id)
    .where('topic_key', '=', topicKey(topic))
    .where('digest', '=', digest)
    .where('branch', 'is not', null)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.outcome ?? null
}
