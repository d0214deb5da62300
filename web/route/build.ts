// The addresses of one build, and its page; what it left on disk is in build-files.ts, what it says as it runs in build-tail.ts.
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Context, Hono } from 'hono'
import type { Kysely } from 'kysely'
import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { forecastOf } from '../../tracker/build/forecast.ts'
import { keptCommit } from '../../tracker/build/kept-commit.ts'
import { artefactsPath, stepLogPath } from '../../tracker/build/logs.ts'
import type { PlaceOptions } from '../../tracker/build/place.ts'
import { repeatLines } from '../../tracker/build/repeat.ts'
import { failedStep } from '../../tracker/build/result-text.ts'
import { sameFailure } from '../../tracker/build/same-failure.ts'
import { resultOf, type StoredResult } from '../../tracker/build/stored-result.ts'
import { peopleOf } from '../../tracker/project/people.ts'
import { approversOf } from '../../tracker/topic/authority.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { buildPage } from '../page/build.ts'
import { missingBuildPage } from '../page/missing.ts'
import type { BuildView, StepLine, Tail } from '../part/build-view.ts'
import { readBranchOf, readBuild, type WholeBuild } from '../read/build.ts'
import { readLogPage } from '../read/build-log.ts'
import { readBuildsIn } from '../read/builds.ts'
import { readEarlierPatchsets } from '../read/earlier-patchsets.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readMailedText } from '../read/mailed-text.ts'
import { readStepBefore } from '../read/step-before.ts'
import { readTopic } from '../read/topic.ts'
import { readVerdict } from '../read/verdict.ts'
import {
  answerArtefacts,
  answerLog,
  answerRawLog,
  answerRawWholeLog,
  answerWholeLog,
  listOf,
  versionsOf,
} from './build-files.ts'
import { answerTail, stepLogs } from './build-tail.ts'

export interface BuildPages {
  readonly db: Kysely<Tables>
  /** The data directory, where logs are; null where there are none. */
  readonly data: string | null
  /** Where the world sees the pages, without a slash at its end; null when nobody knows. */
  readonly url: string | null
  /** The policy and where patchsets are published; null where nothing is built. */
  readonly place: PlaceOptions | null
}

export function addBuild(app: Hono, pages: BuildPages): void {
  const build = (path: string, answer: (c: Context, whole: WholeBuild) => Promise<Response>) =>
    app.get(`/builds/:number{\\d{1,18}}${path}`, async c => {
      const number = c.req.param('number') ?? ''
      const whole = await readBuild(pages.db, number)
      return whole ? answer(c, whole) : answerPage(c, missingBuildPage(number), 404)
    })
  build('', (c, whole) => answerBuild(c, pages, whole))
  build('/tail', async (c, whole) => {
    const { data, db } = pages
    if (data === null) return c.text('There are no logs on this server.\n', 404)
    return answerTail(c, { db, data, line: whole.line, list: await listOf(db, whole) })
  })
  build('/log', (c, whole) => answerWholeLog(c, pages, whole))
  build('/log.txt', async (c, whole) => answerRawWholeLog(c, pages, whole))
  build('/log/:step', (c, whole) => answerLog(c, pages, whole))
  build('/log/:step/raw', (c, whole) => answerRawLog(c, pages, whole))
  build('/artefacts.tar', (c, whole) => answerArtefacts(c, pages, whole))
}

async function answerBuild(c: Context, pages: BuildPages, whole: WholeBuild): Promise<Response> {
  const list = await listOf(pages.db, whole)
  const [kept, went] = await Promise.all([
    pages.place === null ? null : keptCommit(whole.row, pages.place),
    wentOf(pages, whole),
  ])
  const make = async () => answerPage(c, buildPage(await viewOf(pages, whole, list, { kept, ...went })))
  // One that runs shows how long; nobody is shown an old moment of it.
  if (whole.row.ended_at === null) return make()
  // A branch may fail, or a ref be dropped, long after this build ended.
  const others = JSON.stringify([kept, went.elsewhere, went.before])
  const versions = [whole.line.number, whole.version, others, url(pages)]
  return answerFresh(c, ['build', ...versions, ...versionsOf(list)], make)
}

const url = (pages: BuildPages): string => pages.url ?? ''

async function viewOf(
  pages: BuildPages,
  whole: WholeBuild,
  list: ListRow | undefined,
  seen: Went & Pick<BuildView, 'kept'>,
): Promise<BuildView> {
  const { db, data, url } = pages
  const { row, line, mailed } = whole
  const name = { build: line.number, attempt: whole.attempts.at(-1)?.number ?? 0 }
  const failed = failedStep(seen.result)
  const topic = list && row.topic_key !== null ? await readTopic(db, list.id, row.topic_key) : undefined
  const head = headOfBuild(topic, whole)
  const artefacts = data === null ? '' : artefactsPath(data, name)
  const [sender, mailText, tail] = await Promise.all([
    list && head ? readVerdict(db, list.id, messageId(line.topicId ?? head)) : null,
    mailed[0] && !mailed[0].back ? readMailedText(db, mailed[0].id) : null,
    data !== null && failed ? tailOf(stepLogPath(data, name, failed.name), failed.name) : null,
  ])
  return {
    ...whole,
    ...seen,
    ...{ now: new Date(), list, topic, url, sender, mailText, tail },
    line: { ...line, topicId: head },
    repeat: repeatLines({
      ...{ kind: line.kind, ref: row.ref, commit: row.commit, step: failed?.name ?? 'build' },
      from: url !== null && line.kind !== 'push' ? `${url}/-/git/ci.git` : null,
    }),
    ...(await aheadOf(pages, whole, list, topic)),
    artefactBytes: artefacts !== '' && existsSync(artefacts) ? statSync(artefacts).size : 0,
  }
}

type Went = Pick<BuildView, 'result' | 'steps' | 'elsewhere' | 'before'>

/** Its steps, and how the one that says most went elsewhere and before. */
async function wentOf(pages: BuildPages, whole: WholeBuild): Promise<Went> {
  const { db } = pages
  const { row, line } = whole
  const result = resultOf(row)
  const steps = stepsOf(result?.steps ?? [], logNames(pages, whole), line.endedAt === null)
  const failed = failedStep(result)
  const branch = row.kind === 'push' ? null : await branchUnder(db, whole)
  const step = failed?.name ?? steps.find(one => one.step === undefined)?.name ?? steps[0]?.name
  return {
    ...{ result, steps },
    elsewhere: failed && branch ? await sameFailure(db, row.repository, branch, failed.name) : null,
    before: step === undefined ? null : { step, builds: await readStepBefore(db, row, step, branch) },
  }
}

/** The branch whose commit it was put on: of a patchset by what was tried, of a night by what was pushed. */
async function branchUnder(db: Kysely<Tables>, { row, applications }: WholeBuild): Promise<string | null> {
  if (row.kind === 'nightly') return readBranchOf(db, row.repository, row.base)
  return applications.find(one => one.outcome === 'applied' && one.base === row.base)?.branch ?? null
}

/** Of one that waits: what would become of it, who sends it, and what waits beside it. */
async function aheadOf(
  { db, place }: BuildPages,
  { row, line }: WholeBuild,
  list: ListRow | undefined,
  topic: Topic | undefined,
): Promise<Ahead> {
  if (row.state !== 'waiting' || !list)
    return { forecast: null, earlier: null, approvers: [], waitingToo: [] }
  const [forecast, earlier, people, waiting] = await Promise.all([
    place === null ? null : forecastOf(db, row, place),
    topic ? readEarlierPatchsets(db, list.id, authorOf(topic, line.submitter)) : null,
    peopleOf(db, list.id),
    readBuildsIn(db, 'waiting', { limit: waitingShownMax + 1, list: list.id }),
  ])
  const waitingToo = waiting.filter(({ number }) => number !== line.number).slice(0, waitingShownMax)
  const approvers = approversOf(filesBuilt(topic, line.topicId), people.rules, Date.now())
  return { forecast, earlier, approvers, waitingToo }
}

type Ahead = Pick<BuildView, 'forecast' | 'earlier' | 'approvers' | 'waitingToo'>

const waitingShownMax = 5

/** Of the revision whose mail this is. */
const filesBuilt = (topic: Topic | undefined, mail: string | null): string[] =>
  revisionWith(topic, mail)?.patches.flatMap(({ files }) => files) ?? []

const revisionWith = (topic: Topic | undefined, mail: string | null) =>
  topic?.revisions.find(({ patches }) => patches.some(({ id }) => id === mail))

const authorOf = ({ id, mails }: Topic, address: string) => ({
  address,
  before: new Date(mails.find(mail => mail.id === id)?.said ?? 0),
  max: limits.earlierCountMax,
})

/** The cover letter of what is built, or its first patch. */
function headOfBuild(topic: Topic | undefined, { line }: WholeBuild): string | null {
  const revision = revisionWith(topic, line.topicId)
  return (revision && headOf(revision)) ?? line.topicId
}

/** The steps of its last attempt that have a log, in the order in which they began. */
function logNames({ data }: BuildPages, { line, attempts }: WholeBuild): string[] {
  const name = { build: line.number, attempt: attempts.at(-1)?.number ?? 0 }
  return data === null ? [] : stepLogs(dirname(stepLogPath(data, name, 'any')))
}

/** Those of the result; of a build that runs those that have a log. */
function stepsOf(steps: StoredResult['steps'], files: readonly string[], isOpen: boolean): StepLine[] {
  if (steps.length > 0 || !isOpen)
    return steps.map(step => ({ name: step.name, step, hasLog: files.includes(step.name) }))
  return files.map(name => ({ name, hasLog: true }))
}

async function tailOf(path: string, step: string): Promise<Tail | null> {
  const page = await readLogPage(path, Number.MAX_SAFE_INTEGER, 1)
  if (page === null || page.total === 0) return null
  const from = Math.max(1, page.total - limits.logTailLinesMax + 1)
  const last = await readLogPage(path, from, limits.logTailLinesMax)
  return last && { step, lines: last.lines, from, total: last.total }
}
