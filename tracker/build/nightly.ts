// Once a day all that was let in and is still open, on one another as far as it applies together: a ref for whoever tests many
// patchsets at once, built once, as mailed code is. The oldest comes first; what does not fit is left out of this night.
import { sql } from 'kysely'
import { git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { applyPatches } from '../../ci/apply.ts'
import { dropRefs, nightlyRefs } from '../../ci/published.ts'
import { addBuild, supersedeOlder } from '../../sql/builds.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import type { Topic } from '../topic/topic.ts'
import { patchsetMails } from './patchset-mails.ts'
import { branchesOf, isTooLong, type Place } from './placing.ts'

/** Nothing when there is one of this day, in UTC. Answers how many revisions are in it; null when it made none. */
export async function makeNightly(place: Place, now: Date): Promise<number | null> {
  const { published, scratch, list, policy } = place
  const names = nightlyRefs(list.name)
  const ref = `${names}${now.toISOString().slice(0, 10)}`
  const before = await git(published, 'for-each-ref', '--format=%(refname)', names)
  if (before.split('\n').includes(ref)) return null
  const start = (await branchesOf(place)).find(({ branch }) => branch === policy.branch)
  if (!start) return null
  // Kept from one to the next, or their objects would be gone with the scratch repository.
  const growing = `refs/kept/nightly/${list.id}`
  await git(published, 'update-ref', growing, start.head)
  let [tip, count] = [start.head, 0]
  for (const topic of await letIn(place)) {
    const texts = await textsOf(place, topic)
    if (texts === null) continue
    const applied = await applyPatches({ repository: published, scratch, base: tip, texts }, growing)
    if (applied.outcome !== 'applied') continue
    tip = applied.commit
    count++
  }
  // Before the ref, which says that this day is done.
  if (count > 0) await build(place, { ref, commit: tip, base: start.head })
  await git(published, 'update-ref', ref, tip)
  const older = before.split('\n').filter(name => name !== '')
  await dropRefs(published, older.slice(0, Math.max(0, older.length + 1 - limits.nightlyRefsMax)))
  return count
}

/** Nothing when a night before came to the same commit. */
const build = (
  { db, list, source }: Place,
  { ref, commit, base }: { readonly ref: string; readonly commit: string; readonly base: string },
): Promise<void> =>
  db.transaction().execute(async trx => {
    const { number, known } = await addBuild(trx, {
      key: `nightly:${list.name}:${commit}`,
      ...{ repository: source.name, ref, commit, base, list: list.id, patchset: null, nightly: true },
      submitter: 'nightly',
      state: 'queued',
      terms: source.weakest === null ? {} : { weakest: source.weakest },
    })
    if (!known) await supersedeOlder(trx, number)
  })

/** With a newest revision that was let in and did not fail, the oldest first. */
async function letIn({ db, list }: Place): Promise<Topic[]> {
  const { rows } = await sql<{ data: Omit<Topic, 'mails'>; mail_data: Buffer }>`
    select ${sql.join(topicColumns.map(column => sql.ref(column)))} from topic join lateral (
      select state, queued_at, digest from build b where b.list_id = topic.list_id and b.topic_key = topic.id_key
      order by version desc, number desc limit 1) newest on true
    where topic.list_id = ${list.id} and topic.kind = 'patchset' and topic.open
      and newest.queued_at is not null and newest.state in ('queued', 'running', 'success', 'warning')
      and newest.digest = topic.data->'revisions'->-1->>'digest'
    order by newest.queued_at limit ${limits.nightlyRevisionsMax}`.execute(db)
  return rows.map(wholeTopic)
}

async function textsOf({ db, list }: Place, topic: Topic): Promise<readonly string[] | null> {
  const revision = topic.revisions.at(-1)
  if (!revision || isTooLong(revision)) return null
  return (await patchsetMails(db, list.id, topic, revision))?.texts ?? null
}
