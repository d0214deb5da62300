// A commit costs one wait for the disk, whatever it carries. So mails that arrive while a commit is under way
// share the next one, and each is answered when its own is durable. A mail that the database refuses is tried
// alone: it must not take its neighbours with it.
import type { Kysely } from 'kysely'
import { limits } from '../base/limits.ts'
import { portions } from '../base/portions.ts'
import { type Appended, appendAll, type MailForList } from '../sql/log.ts'
import type { Tables } from '../sql/tables.ts'

export interface GroupCommit {
  /** Appends one mail to its lists, all or none; resolves when that is durable, rejects when nothing was kept. */
  append(arrivals: readonly MailForList[]): Promise<Appended[]>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

/** `onCommit` is called after each commit that may have brought something new. */
export function startGroupCommit(db: Kysely<Tables>, onCommit: () => void): GroupCommit {
  const waiting: Job[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      await commit(db, waiting.splice(0, groupSize(waiting)))
      onCommit()
    }
    running = undefined
  }

  return {
    append(arrivals) {
      const { promise, resolve, reject } = Promise.withResolvers<Appended[]>()
      waiting.push({ arrivals, resolve, reject })
      running ??= nextTick().then(run)
      return promise
    },
    async idle() {
      await running
    },
  }
}

interface Job {
  readonly arrivals: readonly MailForList[]
  resolve(appended: Appended[]): void
  reject(error: unknown): void
}

/** Lets the other sockets that are readable now hand over their mails as well. */
const nextTick = () => new Promise<void>(resolve => setImmediate(resolve))

/** How many of the waiting go into the next commit: at least one. */
function groupSize(waiting: readonly Job[]): number {
  const first = waiting.slice(0, limits.commitMailsMax)
  const sizeOf = ({ arrivals }: Job) => arrivals[0]?.bytes.length ?? 0
  return portions(first, sizeOf, limits.commitBytesMax)[0]?.length ?? 0
}

async function commit(db: Kysely<Tables>, jobs: readonly Job[]): Promise<void> {
  try {
    const appended = await appendAll(
      db,
      jobs.flatMap(job => job.arrivals),
    )
    let next = 0
    for (const job of jobs) {
      job.resolve(appended.slice(next, next + job.arrivals.length))
      next += job.arrivals.length
    }
  } catch (error) {
    if (jobs.length > 1 && isAboutOneMail(error)) for (const job of jobs) await commit(db, [job])
    else for (const job of jobs) job.reject(error)
  }
}

/**
 * Whether the database answered and disliked something of what we sent. Else it is away (no SQLSTATE at all, class
 * 08), out of memory, disk or connections (53), shutting down (57) or broken (58), and asking again for each
 * mail would only keep everybody waiting.
 */
function isAboutOneMail(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57|58)/.test(code)
}
