// A patchset and its builds: what its newest complete revision and its history want is compared with the rows that are
// there, and what is missing is added. Looked at any number of times it comes to the same.
import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { limits } from '../../base/limits.ts'
import { hasCommit } from '../../ci/published.ts'
import {
  addBuild,
  type BuildRow,
  cancelBuild,
  type NewBuild,
  openBuildsOf,
  queueBuild,
  supersedeOlder,
} from '../../sql/builds.ts'
import { renewPages } from '../../sql/pages-version.ts'
import type { Tables } from '../../sql/tables.ts'
import { finalStates, type Revision, type Topic } from '../topic/topic.ts'
import { type Approval, approvalOf } from './approval.ts'
import { type PatchsetMails, patchsetMails } from './patchset-mails.ts'
import {
  isTooLong,
  type Place,
  type Placeable,
  type Placed,
  placeRevision,
  refOf,
  topicKey,
} from './placing.ts'
import { type BuildRequest, requestsOf } from './requests.ts'

export interface BuildRules extends Place {
  readonly openPerSubmitterMax: number
  readonly now: Date
  /** Owes what is to be told of a build that ended when it was added, because nothing takes the patches. */
  readonly tell: (trx: Kysely<Tables>, build: BuildRow) => Promise<void>
}

/** False when it is to be looked at again though nothing changes: a verdict or a place in the queue is awaited. */
export async function buildPatchset(rules: BuildRules, topic: Topic): Promise<boolean> {
  const { db, list } = rules
  const since = new Date(rules.now.getTime() - limits.buildMailDaysMax * dayMs)
  const newest = newestComplete(topic)
  let settled = newest === null || isFinal(newest) ? true : await buildNewest(rules, topic, newest, since)
  const requests = await requestsOf(db, list.id, topic, since)
  for (const request of requests) settled = (await obey(rules, topic, request, requests)) && settled
  return settled
}

const dayMs = 24 * 3_600_000

const isFinal = ({ state }: Revision): boolean => state !== 'mixed' && finalStates.includes(state)

type Complete = Revision & { readonly digest: string }

const isComplete = (revision: Revision): revision is Complete => revision.digest !== undefined

const newestComplete = ({ revisions }: Topic): Complete | null => revisions.filter(isComplete).at(-1) ?? null

async function buildNewest(
  rules: BuildRules,
  topic: Topic,
  revision: Complete,
  since: Date,
): Promise<boolean> {
  const { db, list } = rules
  if ((await rowsOf(rules, topic, revision.digest)).length > 0 || isTooLong(revision)) return true
  if (await wasTried(rules, topic, revision)) return true
  const mails = await patchsetMails(db, list.id, topic, revision)
  // It is being read again; its topic changes then.
  if (!mails?.live || mails.knownAt < since) return true
  if (mails.pending) return false
  const submitter = mails.mails[0]?.sender ?? ''
  if ((await openBuildsOf(db, submitter)) >= rules.openPerSubmitterMax) return false
  const placed = await placeRevision(rules, placeable(topic, revision, mails))
  if ('already' in placed) await tellPages(rules, topic)
  else await addNewest(rules, topic, revision, mails, placed)
  return true
}

const placeable = (topic: Topic, revision: Complete, { texts, tags }: PatchsetMails): Placeable => ({
  topic,
  revision,
  digest: revision.digest,
  texts,
  tags,
})

/** What is there already has no build. */
async function wasTried({ db, list }: BuildRules, topic: Topic, { digest }: Complete): Promise<boolean> {
  const row = await db
    .selectFrom('application')
    .select('id')
    .where('list_id', '=', list.id)
    .where('topic_key', '=', topicKey(topic))
    .where('digest', '=', digest)
    .where('outcome', '=', 'already')
    .where('found_by', '<>', 'moved')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function addNewest(
  rules: BuildRules,
  topic: Topic,
  revision: Complete,
  mails: PatchsetMails,
  placed: Exclude<Placed, { already: unknown }>,
): Promise<void> {
  const build = newBuild(rules, topic, revision, mails, placed)
  await addAndTell(rules, build)
  await tellPages(rules, topic)
}

async function addAndTell(rules: BuildRules, build: NewBuild): Promise<void> {
  await rules.db.transaction().execute(async trx => {
    const { number, known } = await addBuild(trx, build)
    if (known) return
    await supersedeOlder(trx, number)
    if (build.state !== 'conflict') return
    const row = await trx
      .selectFrom('build')
      .selectAll()
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
    await rules.tell(trx, row)
  })
}

function newBuild(
  rules: BuildRules,
  topic: Topic,
  revision: Complete,
  mails: PatchsetMails,
  placed: Exclude<Placed, { already: unknown }>,
) {
  const approval: Approval =
    'conflict' in placed
      ? { waits: placed.conflict, guarded: [] }
      : approvalOf(mails.mails, placed.files, rules.policy)
  const state =
    'conflict' in placed
      ? ('conflict' as const)
      : 'built' in approval
        ? ('queued' as const)
        : ('waiting' as const)
  return {
    key: keyOf(rules, topic, mails),
    repository: rules.source.name,
    ref: refOf(rules, topic, revision),
    commit: 'commit' in placed ? placed.commit : null,
    base: 'commit' in placed ? placed.base.commit : null,
    list: rules.list.id,
    patchset: patchsetOf(topic, revision, mails),
    submitter: mails.mails[0]?.sender ?? '',
    state,
    why: 'waits' in approval ? sentence(approval.waits) : null,
    evidence: 'built' in approval ? approval.built : { guarded: approval.guarded.slice(0, guardedMax) },
    terms: rules.source.weakest === null ? {} : { weakest: rules.source.weakest },
  }
}

/** So many say enough to whoever may let it in. */
const guardedMax = 20

const patchsetOf = (topic: Topic, { version, digest }: Complete, { built }: PatchsetMails) => ({
  topicKey: topicKey(topic),
  topicId: topic.id,
  version,
  mails: built,
  digest,
})

/** The whole hash: the digits are for people. */
const keyOf = ({ list }: BuildRules, topic: Topic, { built }: PatchsetMails): string =>
  `patchset:${list.name}:${topic.id}:${createHash('sha256').update(JSON.stringify(built)).digest('hex')}`

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Oldest first. */
const rowsOf = ({ db, list }: BuildRules, topic: Topic, digest: string): Promise<BuildRow[]> =>
  db
    .selectFrom('build')
    .selectAll()
    .where('list_id', '=', list.id)
    .where('topic_key', '=', topicKey(topic))
    .where('digest', '=', digest)
    .orderBy('number')
    .execute()

/** False when it is to be obeyed later: its submitter has as many builds as one may. */
async function obey(
  rules: BuildRules,
  topic: Topic,
  request: BuildRequest,
  all: readonly BuildRequest[],
): Promise<boolean> {
  const rows = await rowsOf(rules, topic, request.digest)
  if (rows.some(row => isOf(row, request))) return true
  const isReleased = request.job === 'test' && rows.some(({ state }) => state === 'waiting')
  if (request.job !== 'cancel' && !isReleased && rows[0] !== undefined) {
    if ((await openBuildsOf(rules.db, rows[0].submitter)) >= rules.openPerSubmitterMax)
      return all.some(
        ({ job, digest, at }) => job === 'cancel' && digest === request.digest && at > request.at,
      )
  }
  const changed = await act(rules, topic, request, rows)
  if (changed) await tellPages(rules, topic)
  return true
}

/** It did what this asks, though an approver may have had the last word. */
function isOf({ evidence }: BuildRow, { mail }: BuildRequest): boolean {
  const of = evidence as { mail?: string; asked?: { mail?: string } }
  return of.mail === mail || of.asked?.mail === mail
}

async function act(
  rules: BuildRules,
  topic: Topic,
  request: BuildRequest,
  rows: readonly BuildRow[],
): Promise<boolean> {
  const last = rows.at(-1)
  const { mail, who } = request
  const evidence =
    request.job === 'test' ? { by: 'approver', who, mail } : { by: 'request', who, mail, asked: { mail } }
  switch (request.job) {
    case 'cancel': {
      const open = rows.filter(
        row => row.ended_at === null && row.made_at < request.at && row.cancel_at === null,
      )
      for (const row of open)
        await cancelBuild(rules.db, row.number, `${request.who} asked for it in <${request.mail}>`)
      return open.length > 0
    }
    case 'test': {
      const waiting = rows.find(row => row.state === 'waiting')
      // What asked for it before is not done again.
      if (waiting) return queueBuild(rules.db, waiting.number, { ...askedOf(waiting), ...evidence })
      if (last === undefined) return addOlder(rules, topic, request, evidence)
      return isEnded(last, request) && again(rules, topic, last, request, evidence)
    }
    case 'retest': {
      const letIn = rows.findLast(row => row.queued_at !== null && row.commit !== null)
      if (letIn) return again(rules, topic, letIn, request, evidence)
      return last?.state === 'conflict' && placeAgain(rules, topic, request, evidence)
    }
  }
}

const askedOf = ({ evidence }: BuildRow): object => {
  const { asked } = evidence as { asked?: object }
  return asked === undefined ? {} : { asked }
}

/** What a newer revision, or somebody, ended is built when an approver asks for it then. */
const isEnded = ({ state, commit, queued_at, ended_at }: BuildRow, { at }: BuildRequest): boolean =>
  (state === 'superseded' || state === 'cancelled') &&
  commit !== null &&
  (queued_at === null || (ended_at !== null && ended_at < at))

/** The same once more; when it is not kept any more, what it becomes on the branches of now. */
async function again(
  rules: BuildRules,
  topic: Topic,
  row: BuildRow,
  request: BuildRequest,
  evidence: object,
): Promise<boolean> {
  const { mail, checks } = request
  if (row.commit === null || !(await hasCommit(rules.published, row.commit)))
    return placeAgain(rules, topic, request, evidence)
  if (row.topic_key === null || row.topic_id === null || row.version === null || row.digest === null)
    return false
  const { topic_key: topicKey, topic_id: topicId, version, digest, mails } = row
  const { known } = await addBuild(rules.db, {
    key: `${row.topic_id}:${digest}:again:${mail}`,
    repository: row.repository,
    ref: row.ref,
    commit: row.commit,
    base: row.base,
    list: rules.list.id,
    patchset: { topicKey, topicId, version, mails, digest },
    submitter: row.submitter,
    state: 'queued',
    evidence,
    terms: { ...row.terms, checks },
  })
  return !known
}

/** A revision that was not the newest any more when it was first looked at, and that an approver names. */
async function addOlder(
  rules: BuildRules,
  topic: Topic,
  { digest }: BuildRequest,
  evidence: object,
): Promise<boolean> {
  const revision = topic.revisions.filter(isComplete).find(one => one.digest === digest)
  if (!revision) return false
  const mails = await patchsetMails(rules.db, rules.list.id, topic, revision)
  if (!mails?.live) return false
  const placed = await placeRevision(rules, placeable(topic, revision, mails))
  if ('already' in placed) return false
  const build = newBuild(rules, topic, revision, mails, placed)
  const released =
    build.state === 'waiting' ? { ...build, state: 'queued' as const, why: null, evidence } : build
  return !(await addBuild(rules.db, released)).known
}

/** What no base took is tried on what the branches are now, and is let in or waits as if it had just come. */
async function placeAgain(
  rules: BuildRules,
  topic: Topic,
  { digest, mail }: BuildRequest,
  evidence: object,
): Promise<boolean> {
  const revision = topic.revisions.filter(isComplete).find(one => one.digest === digest)
  if (!revision) return false
  const mails = await patchsetMails(rules.db, rules.list.id, topic, revision)
  if (!mails?.live || mails.pending) return false
  const placed = await placeRevision(rules, placeable(topic, revision, mails))
  if ('already' in placed) return true
  const build = newBuild(rules, topic, revision, mails, placed)
  const asked = { ...build, key: `${build.key}:again:${mail}`, evidence: { ...evidence, ...build.evidence } }
  await addAndTell(rules, asked)
  return true
}

/** Its pages show how it stands. */
export async function tellPages(
  { db, list }: Pick<Place, 'db' | 'list'>,
  topic: Pick<Topic, 'id'>,
): Promise<void> {
  await db
    .updateTable('topic')
    .set(({ eb }) => ({ version: eb('version', '+', '1') }))
    .where('list_id', '=', list.id)
    .where('id_key', '=', topicKey(topic))
    .execute()
  await renewPages(db, list.id)
}

/** What nobody let in for long is not built. Answers how many. */
export async function endWaiting({ db }: Pick<Place, 'db'>): Promise<number> {
  const { rows } = await sql<{ number: string }>`
    update build set state = 'cancelled', ended_at = now(), why = ${`Nobody let it in for ${limits.waitingDaysMax} days`}
    where state = 'waiting' and made_at < now() - make_interval(days => ${limits.waitingDaysMax}::int)
    returning number`.execute(db)
  return rows.length
}
