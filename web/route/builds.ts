// The addresses of builds: the queue, those of a list, one with its logs, its artefacts and what it says as it runs, and badges.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context, Hono } from 'hono'
import type { Kysely } from 'kysely'
import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import { listRunners } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import { artefactsPath, stepLogPath } from '../../tracker/build/logs.ts'
import { repeatLines } from '../../tracker/build/repeat.ts'
import { sameFailure } from '../../tracker/build/same-failure.ts'
import { resultOf } from '../../tracker/build/stored-result.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { badge } from '../badge.ts'
import { type BuildView, buildPage, type StepLine, type Tail } from '../page/build.ts'
import { buildLogPage } from '../page/build-log.ts'
import { buildsPage, queuePage } from '../page/builds.ts'
import { missingBuildPage } from '../page/missing.ts'
import { paths } from '../paths.ts'
import { readLogPage } from '../read/build-log.ts'
import {
  readBranchResults,
  readBuild,
  readBuildsIn,
  readBuildsOfList,
  readBuildsVersion,
  readEndedBuilds,
  type WholeBuild,
} from '../read/builds.ts'
import { findListRow, type ListRow } from '../read/located-mail.ts'
import { readTopic } from '../read/topic.ts'
import { readVerdict } from '../read/verdict.ts'
import { answerTail, stepLogs } from './build-tail.ts'

export interface BuildPages {
  readonly db: Kysely<Tables>
  /** The data directory, where logs are; null where there are none. */
  readonly data: string | null
  /** Where the world sees the pages, without a slash at its end; null when nobody knows. */
  readonly url: string | null
}

const rows = 50
const queueRows = 30
const branchRows = 100

export function addBuilds(app: Hono, pages: BuildPages): void {
  const build = (path: string, answer: (c: Context, whole: WholeBuild) => Promise<Response>) =>
    app.get(`/builds/:number{\\d{1,18}}${path}`, async c => {
      const number = c.req.param('number') ?? ''
      const whole = await readBuild(pages.db, number)
      return whole ? answer(c, whole) : answerPage(c, missingBuildPage(number), 404)
    })
  app.get('/builds', c => c.redirect(paths.queue(), 301))
  app.get('/builds/', c => answerQueue(c, pages))
  build('', (c, whole) => answerBuild(c, pages, whole))
  build('/tail', async (c, whole) => {
    const { data, db } = pages
    if (data === null) return c.text('There are no logs on this server.\n', 404)
    return answerTail(c, { db, data, line: whole.line, list: await listOf(db, whole) })
  })
  build('/log/:step', (c, whole) => answerLog(c, pages, whole))
  build('/log/:step/raw', (c, whole) => answerRawLog(c, pages, whole))
  build('/artefacts.tar', (c, whole) => answerArtefacts(c, pages, whole))
}

async function answerQueue(c: Context, { db }: BuildPages): Promise<Response> {
  const now = new Date()
  const [running, queued, waiting, ended, runners] = await Promise.all([
    readBuildsIn(db, ['running'], queueRows),
    readBuildsIn(db, ['queued'], queueRows),
    readBuildsIn(db, ['waiting'], queueRows),
    readEndedBuilds(db, queueRows),
    listRunners(db),
  ])
  return answerPage(c, queuePage({ now, running, queued, waiting, ended, runners }))
}

/** `/LIST/builds/`. */
export async function answerBuilds(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const given = c.req.query('before') ?? ''
  const before = /^\d{1,18}$/.test(given) ? given : null
  const version = await readBuildsVersion(db, list.id)
  return answerFresh(c, ['builds', before ?? '', pagesVersion(list), list.version, version], async () => {
    const [branches, found] = await Promise.all([
      before === null ? readBranchResults(db, list.id, branchRows) : [],
      readBuildsOfList(db, list.id, { limit: rows, before }),
    ])
    const lines = found.slice(0, rows)
    const next = found.length > rows ? (lines.at(-1)?.number ?? null) : null
    return answerPage(
      c,
      buildsPage({ list, now: new Date(), branches, lines, next, continued: before !== null }),
    )
  })
}

const listOf = async (db: Kysely<Tables>, { line }: WholeBuild): Promise<ListRow | undefined> =>
  line.list === null ? undefined : findListRow(db, line.list)

async function answerBuild(c: Context, pages: BuildPages, whole: WholeBuild): Promise<Response> {
  const list = await listOf(pages.db, whole)
  const make = async () => answerPage(c, buildPage(await viewOf(pages, whole, list)))
  // One that runs shows how long; nobody is shown an old moment of it.
  if (whole.row.ended_at === null) return make()
  return answerFresh(
    c,
    ['build', whole.line.number, whole.version, list ? pagesVersion(list) : '', list?.version ?? ''],
    make,
  )
}

async function viewOf(
  { db, data, url }: BuildPages,
  whole: WholeBuild,
  list: ListRow | undefined,
): Promise<BuildView> {
  const { row, line, attempts, applications } = whole
  const result = resultOf(row)
  const attempt = attempts.at(-1)?.number ?? 0
  const name = { build: line.number, attempt }
  const files = data === null ? [] : stepLogs(dirname(stepLogPath(data, name, 'any')))
  const failed = result?.steps.find(({ outcome }) => outcome !== 'success' && outcome === result.outcome)
  const branch = applications.find(one => one.outcome === 'applied' && one.base === row.base)?.branch ?? null
  const topic = list && row.topic_key !== null ? await readTopic(db, list.id, row.topic_key) : undefined
  const head = headOfBuild(topic, whole)
  const artefacts = data === null ? '' : artefactsPath(data, name)
  return {
    ...whole,
    ...{ now: new Date(), list, topic, result, url, line: { ...line, topicId: head } },
    steps: stepsOf(result?.steps ?? [], files, line.endedAt === null),
    tail: data !== null && failed ? await tailOf(stepLogPath(data, name, failed.name), failed.name) : null,
    repeat: repeatLines({
      ...{ kind: line.kind, ref: row.ref, commit: row.commit, step: failed?.name ?? 'build' },
      from: url !== null && line.kind !== 'push' ? `${url}/-/git/ci.git` : null,
    }),
    elsewhere: failed && branch ? await sameFailure(db, row.repository, branch, failed.name) : null,
    sender: list && head ? await readVerdict(db, list.id, messageId(line.topicId ?? head)) : null,
    artefactBytes: artefacts !== '' && existsSync(artefacts) ? statSync(artefacts).size : 0,
  }
}

/** The cover letter of what is built, or its first patch. */
function headOfBuild(topic: Topic | undefined, { line }: WholeBuild): string | null {
  const revision = topic?.revisions.find(({ patches }) => patches.some(({ id }) => id === line.topicId))
  return (revision && headOf(revision)) ?? line.topicId
}

/** Those of the result; of a build that runs those that have a log. */
function stepsOf(
  steps: NonNullable<ReturnType<typeof resultOf>>['steps'],
  files: readonly string[],
  isOpen: boolean,
): StepLine[] {
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

/** The file, and what stands in the address; null when there is none. */
function logIn(c: Context, { data }: BuildPages, { line, attempts }: WholeBuild) {
  const step = c.req.param('step') ?? ''
  const given = Number(c.req.query('attempt'))
  const attempt = attempts.some(({ number }) => number === given) ? given : undefined
  const shown = attempt ?? attempts.at(-1)?.number
  if (data === null || shown === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(step)) return null
  const path = stepLogPath(data, { build: line.number, attempt: shown }, step)
  return existsSync(path) ? { step, attempt, path } : null
}

const noLog = 'There is no such log: the step wrote nothing, or logs of that age are not kept.\n'

async function answerLog(c: Context, pages: BuildPages, whole: WholeBuild): Promise<Response> {
  const found = logIn(c, pages, whole)
  if (found === null) return c.text(noLog, 404)
  const given = c.req.query('from') ?? ''
  const from = /^[1-9]\d{0,9}$/.test(given) ? Number(given) : 1
  const { size, mtimeMs } = statSync(found.path)
  const list = await listOf(pages.db, whole)
  const { line } = whole
  const versions = ['log', line.number, found.path, String(from), `${size} ${mtimeMs} ${line.endedAt}`]
  return answerFresh(c, [...versions, list ? pagesVersion(list) : '', list?.version ?? ''], async () => {
    const log = await readLogPage(found.path, from, limits.logPageLinesMax)
    if (log === null) return c.text(noLog, 404)
    return answerPage(c, buildLogPage({ ...found, line, list, log, count: limits.logPageLinesMax }))
  })
}

async function answerRawLog(c: Context, pages: BuildPages, whole: WholeBuild): Promise<Response> {
  const found = logIn(c, pages, whole)
  if (found === null) return c.text(noLog, 404)
  return answerFile(c, found.path, { 'Content-Type': 'text/plain; charset=utf-8' })
}

/** A stranger's tar: a file to save. */
async function answerArtefacts(c: Context, pages: BuildPages, whole: WholeBuild): Promise<Response> {
  const given = Number(c.req.query('attempt'))
  const attempt = whole.attempts.find(({ number }) => number === given) ?? whole.attempts.at(-1)
  const { number: build } = whole.line
  const path = pages.data && attempt ? artefactsPath(pages.data, { build, attempt: attempt.number }) : ''
  if (path === '' || !existsSync(path)) return c.text('It handed nothing back.\n', 404)
  return answerFile(c, path, {
    'Content-Type': 'application/x-tar',
    'Content-Disposition': `attachment; filename="build-${build}.tar"`,
  })
}

function answerFile(c: Context, path: string, headers: Record<string, string>): Response {
  const { size } = statSync(path)
  const all = { ...headers, 'Content-Length': String(size) }
  if (c.req.method === 'HEAD' || size === 0) return c.body(null, 200, all)
  // As long as it was when its length was told: a log may grow meanwhile.
  const file = createReadStream(path, { end: size - 1 })
  return c.body(Readable.toWeb(file) as ReadableStream, 200, all)
}

/** `/LIST/badge.svg?branch=main`: the last result of a branch; without one of main or master, else of what was built last. */
export async function answerBadge(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const branches = await readBranchResults(db, list.id, branchRows)
  const named = (name: string) => branches.find(({ ref }) => ref === name || ref === `refs/heads/${name}`)
  const given = c.req.query('branch')
  const line = given === undefined ? (named('main') ?? named('master') ?? branches[0]) : named(given)
  const label = given ?? line?.ref.replace(/^refs\/heads\//, '') ?? 'build'
  const svg = badge(label, line?.state ?? null)
  const response = await answerFresh(c, ['badge', list.name, svg], async () =>
    c.body(svg, 200, { 'Content-Type': 'image/svg+xml; charset=utf-8' }),
  )
  response.headers.set('Cache-Control', 'public, max-age=60')
  return response
}
