// The log of a build as it grows: an answer that ends when the build does, as a page that needs no script, or as plain text for
// `curl -N`. Few may follow at once, each one at the pace at which it reads.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { stepLogPath } from '../../tracker/build/logs.ts'
import { frame } from '../part/frame.ts'
import { visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface Following {
  readonly db: Kysely<Tables>
  readonly data: string
  readonly line: BuildLine
  readonly list: ListRow | undefined
}

/** By the number of the build. */
const followers = new Map<string, number>()

const crowd = (number: string): string | null => {
  const all = [...followers.values()].reduce((sum, count) => sum + count, 0)
  if ((followers.get(number) ?? 0) >= limits.followersPerBuildMax)
    return `${limits.followersPerBuildMax} others follow this build just now`
  return all >= limits.followersMax ? 'Too many follow builds just now' : null
}

function count(number: string, more: 1 | -1): void {
  const now = (followers.get(number) ?? 0) + more
  if (now > 0) followers.set(number, now)
  else followers.delete(number)
}

export async function answerTail(c: Context, { db, data, line, list }: Following): Promise<Response> {
  const asPage = (c.req.header('Accept') ?? '').includes('text/html')
  const type = asPage ? 'text/html; charset=UTF-8' : 'text/plain; charset=utf-8'
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': type })
  const full = crowd(line.number)
  if (full !== null) {
    c.header('Retry-After', String(limits.busyAgainSeconds))
    return c.text(`${full}; the page of the build shows its last lines.\n`, 503)
  }
  const stop = new AbortController()
  const pieces = tail(db, data, line.number, stop.signal)
  count(line.number, 1)
  let counted = true
  const leave = () => {
    if (counted) count(line.number, -1)
    counted = false
    stop.abort()
  }
  const [head, foot] = asPage ? await pageAround(line, list) : ['', '']
  const encoder = new TextEncoder()
  let begun = false
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        if (!begun) {
          begun = true
          // Browsers begin to draw with the first kilobyte.
          if (head !== '') return controller.enqueue(encoder.encode(head))
        }
        const next = await pieces.next()
        if (!next.done) return controller.enqueue(encoder.encode(asPage ? escaped(next.value) : next.value))
        if (foot !== '') controller.enqueue(encoder.encode(foot))
        leave()
        controller.close()
      } catch (error) {
        leave()
        controller.error(error)
      }
    },
    cancel: leave,
  })
  return c.body(body, 200, {
    'Content-Type': type,
    // A proxy in front would collect it (nginx).
    'X-Accel-Buffering': 'no',
    'Cache-Control': 'no-store',
  })
}

/** Of Unicode's private area: no word of a page. */
const mark = '\uf8fflog\uf8ff'

/** The page before and behind its growing part. */
async function pageAround(line: BuildLine, list: ListRow | undefined): Promise<[string, string]> {
  const page = String(
    await frame({
      title: `Build ${line.number}, live`,
      ...(list ? { list } : {}),
      here: 'builds',
      crumbs: [
        list ? { text: 'Builds', path: paths.builds(list.name) } : { text: 'Builds', path: paths.queue() },
        { text: `build ${line.number}`, path: paths.build(line.number) },
        { text: 'live' },
      ],
      skipTo: 'log',
      main: html`<h1>Build ${line.number}, as it runs</h1>
<p class="meta"><span>This page stays open and grows until the build ends, for ${limits.followHoursMax} hours at most. One that does not run is waited for ${limits.followWaitingMinutesMax} minutes.</span></p>
<div class="card"><pre class="diff" role="log" tabindex="0" aria-label="Log">${mark}</pre></div>
<p><a href="${paths.build(line.number)}">How it ended</a></p>`,
    }),
  )
  const at = page.indexOf(mark)
  return [page.slice(0, at), page.slice(at + mark.length)]
}

const escaped = (text: string): string =>
  visible(text).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)

/** The logs of the newest attempt, step by step; a newer attempt begins anew. */
async function* tail(
  db: Kysely<Tables>,
  data: string,
  number: string,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const deadline = performance.now() + limits.followHoursMax * 3_600_000
  let patience = performance.now() + waitingMilliseconds
  let attempt = 0
  let read = new Map<string, number>()
  while (!signal.aborted && performance.now() < deadline) {
    const { newest, state } = await stateOf(db, number)
    if (newest !== attempt) {
      if (attempt > 0) yield `\nAttempt ${newest} begins.\n`
      attempt = newest
      read = new Map()
    }
    let some = false
    for await (const piece of newPieces(data, number, attempt, read)) {
      some = true
      yield piece
    }
    // What was written before its end was looked at is there.
    if (state === 'ended' && !some) return void (yield `\nThe build has ended.\n`)
    if (some || state === 'running') patience = performance.now() + waitingMilliseconds
    else if (performance.now() > patience) return void (yield `\n${stillWaits}\n`)
    if (!some) await sleep(limits.followMillisecondsMin, undefined, { signal }).catch(() => {})
  }
}

const waitingMilliseconds = limits.followWaitingMinutesMax * 60_000
const stillWaits = `The build did not run for ${limits.followWaitingMinutesMax} minutes; follow it again when it does.`

async function stateOf(
  db: Kysely<Tables>,
  number: string,
): Promise<{ newest: number; state: 'waits' | 'running' | 'ended' }> {
  const row = await db
    .selectFrom('build')
    .leftJoin('build_attempt', 'build_attempt.build', 'build.number')
    .select(({ fn }) => ['build.state', 'build.ended_at', fn.max('build_attempt.number').as('newest')])
    .where('build.number', '=', number)
    .groupBy(['build.state', 'build.ended_at'])
    .executeTakeFirst()
  const isOpen = row !== undefined && row.ended_at === null
  const state = !isOpen ? 'ended' : row.state === 'running' ? 'running' : 'waits'
  return { newest: row?.newest ?? 0, state }
}

/** What came since `read`, which is kept by step. */
async function* newPieces(
  data: string,
  build: string,
  attempt: number,
  read: Map<string, number>,
): AsyncGenerator<string, void> {
  const directory = dirname(stepLogPath(data, { build, attempt }, 'any'))
  for (const step of stepLogs(directory)) {
    const from = read.get(step) ?? 0
    const file = await open(join(directory, `${step}.log`), 'r').catch(() => null)
    if (file === null) continue
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(pieceBytesMax), 0, pieceBytesMax, from)
      const whole = wholeText(buffer.subarray(0, bytesRead))
      if (whole.length === 0) continue
      read.set(step, from + whole.length)
      yield (from === 0 ? `${read.size > 1 ? '\n' : ''}== ${step} ==\n` : '') + whole.toString('utf8')
    } finally {
      await file.close()
    }
  }
}

const pieceBytesMax = 64 * 1024

/** Without the start of a character whose rest has not come. */
function wholeText(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needs > back && bytes.length > back ? bytes.subarray(0, bytes.length - back) : bytes
    }
  }
  return bytes
}

/** The steps that have a log, in the order in which they began. */
export function stepLogs(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter(name => name.endsWith('.log'))
    .map(name => ({ name, began: statSync(join(directory, name)).birthtimeMs }))
    .sort((a, b) => a.began - b.began || (a.name < b.name ? -1 : 1))
    .map(({ name }) => basename(name, '.log'))
}
