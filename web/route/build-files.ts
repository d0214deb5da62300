// What a build left on disk: the log of each step, all of them as one, and what it handed back.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { artefactsPath, stepLogPath } from '../../tracker/build/logs.ts'
import { resultOf } from '../../tracker/build/stored-result.ts'
import { answerCostly, answerFresh, answerPage } from '../answer.ts'
import { buildLogPage } from '../page/build-log.ts'
import { wholeLogPage } from '../page/whole-log.ts'
import type { WholeBuild } from '../read/build.ts'
import { readLogPage } from '../read/build-log.ts'
import { findListRow, type ListRow } from '../read/located-mail.ts'
import { readWholeLog, type StepLog } from '../read/whole-log.ts'
import { stepLogs } from './build-tail.ts'

interface BuildFiles {
  readonly db: Kysely<Tables>
  /** The data directory, where logs are; null where there are none. */
  readonly data: string | null
}

/** Undefined for one that belongs to none. */
export const listOf = async (db: Kysely<Tables>, { line }: WholeBuild): Promise<ListRow | undefined> =>
  line.list === null ? undefined : findListRow(db, line.list)

/** What its pages change with besides the build. */
export const versionsOf = (list: ListRow | undefined): string[] => [
  list ? pagesVersion(list) : '',
  list?.version ?? '',
]

/** Which of the attempts the address names; undefined for the last one. */
function attemptIn(c: Context, { attempts }: WholeBuild): number | undefined {
  const given = Number(c.req.query('attempt'))
  return attempts.some(({ number }) => number === given) ? given : undefined
}

const fromIn = (c: Context): number => {
  const given = c.req.query('from') ?? ''
  return /^[1-9]\d{0,9}$/.test(given) ? Number(given) : 1
}

/** The logs of an attempt: in the order of its result, what has none behind that. */
function logsIn(c: Context, { data }: BuildFiles, whole: WholeBuild): StepLog[] {
  const attempt = attemptIn(c, whole) ?? whole.attempts.at(-1)?.number
  if (data === null || attempt === undefined) return []
  const pathOf = (step: string) => stepLogPath(data, { build: whole.line.number, attempt }, step)
  const order = resultOf(whole.row)?.steps.map(({ name }) => name) ?? []
  const names = stepLogs(dirname(pathOf('any')))
  const known = order.filter(name => names.includes(name))
  return [...known, ...names.filter(name => !known.includes(name))].map(step => ({
    step,
    path: pathOf(step),
  }))
}

export async function answerWholeLog(c: Context, pages: BuildFiles, whole: WholeBuild): Promise<Response> {
  const logs = logsIn(c, pages, whole)
  if (logs.length === 0) return c.text(noLog, 404)
  const from = fromIn(c)
  const { line } = whole
  const list = await listOf(pages.db, whole)
  const stamps = logs.map(({ path }) => stampOf(path))
  const versions = [
    line.number,
    String(attemptIn(c, whole)),
    String(from),
    stamps.join(),
    String(line.endedAt),
  ]
  // Every log is read to its end, to count its lines.
  return answerCostly(c, ['whole log', ...versions, ...versionsOf(list)], async () => {
    const log = await readWholeLog(logs, from, limits.logPageLinesMax)
    const view = { line, list, attempt: attemptIn(c, whole), log, count: limits.logPageLinesMax }
    return answerPage(c, wholeLogPage(view))
  })
}

function stampOf(path: string): string {
  const { size, mtimeMs } = statSync(path)
  return `${size} ${mtimeMs}`
}

export async function answerRawWholeLog(c: Context, pages: BuildFiles, whole: WholeBuild): Promise<Response> {
  const logs = logsIn(c, pages, whole)
  if (logs.length === 0) return c.text(noLog, 404)
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  if (c.req.method === 'HEAD') return c.body(null, 200, headers)
  return c.body(Readable.toWeb(Readable.from(textOf(logs))) as ReadableStream, 200, headers)
}

async function* textOf(logs: readonly StepLog[]): AsyncGenerator<Buffer> {
  for (const [at, { step, path }] of logs.entries()) {
    yield Buffer.from(`${at > 0 ? '\n' : ''}== ${step} ==\n`)
    yield* createReadStream(path) as AsyncIterable<Buffer>
  }
}

/** The file, and what stands in the address; null when there is none. */
function logIn(c: Context, { data }: BuildFiles, whole: WholeBuild) {
  const { line, attempts } = whole
  const step = c.req.param('step') ?? ''
  const attempt = attemptIn(c, whole)
  const shown = attempt ?? attempts.at(-1)?.number
  if (data === null || shown === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(step)) return null
  const path = stepLogPath(data, { build: line.number, attempt: shown }, step)
  return existsSync(path) ? { step, attempt, path } : null
}

const noLog = 'There is no such log: the step wrote nothing, or logs of that age are not kept.\n'

export async function answerLog(c: Context, pages: BuildFiles, whole: WholeBuild): Promise<Response> {
  const found = logIn(c, pages, whole)
  if (found === null) return c.text(noLog, 404)
  const from = fromIn(c)
  const list = await listOf(pages.db, whole)
  const { line } = whole
  const versions = ['log', line.number, found.path, String(from), `${stampOf(found.path)} ${line.endedAt}`]
  return answerFresh(c, [...versions, ...versionsOf(list)], async () => {
    const log = await readLogPage(found.path, from, limits.logPageLinesMax)
    if (log === null) return c.text(noLog, 404)
    return answerPage(c, buildLogPage({ ...found, line, list, log, count: limits.logPageLinesMax }))
  })
}

export async function answerRawLog(c: Context, pages: BuildFiles, whole: WholeBuild): Promise<Response> {
  const found = logIn(c, pages, whole)
  if (found === null) return c.text(noLog, 404)
  return answerFile(c, found.path, { 'Content-Type': 'text/plain; charset=utf-8' })
}

/** A stranger's tar: a file to save. */
export async function answerArtefacts(c: Context, pages: BuildFiles, whole: WholeBuild): Promise<Response> {
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
