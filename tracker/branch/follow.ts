// Follows the repositories of the lists: fetches what is elsewhere, reads what is new on the watched branches and what
// the newest commit says of people, and looks for releases. Any number of processes may do it; one does at a time.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { GitError } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { openRepository, withoutLogin } from '../../base/repository.ts'
import { toStorableText } from '../../base/storable.ts'
import { allLists, type List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { refold } from '../project/refold.ts'
import { readPeopleFiles } from './people-files.ts'
import { findReleases } from './release.ts'
import { forgetRepository, scan } from './scan.ts'

interface FollowOptions {
  readonly db: Kysely<Tables>
  /** The directory that mirrors are kept in. */
  readonly data: string
  readonly log: Log
  readonly signal?: AbortSignal
}

interface Followed {
  /** Why the repository could not be read. */
  readonly problem: string | null
  /** Something is to be sorted or folded again. */
  readonly changed: boolean
}

/** One look at a list's repository; nothing when another process looks at it now. */
export function follow(list: List, options: FollowOptions): Promise<Followed> {
  return options.db.connection().execute(async held => {
    const { rows } = await sql<{ got: boolean }>`
      select pg_try_advisory_lock(${followLock}, ${list.id}) as got`.execute(held)
    if (!rows[0]?.got) return { problem: null, changed: false }
    try {
      return await look(list, options)
    } finally {
      await sql`select pg_advisory_unlock(${followLock}, ${list.id})`.execute(held)
    }
  })
}

const followLock = 7_016

async function look(list: List, { db, data, log, signal }: FollowOptions): Promise<Followed> {
  if (list.repository === null) {
    await forgetRepository(db, list)
    return { problem: null, changed: true }
  }
  let changed = false
  let problem: string | null = null
  try {
    const directory = await openRepository(list.repository, data, signal)
    changed = await readPeopleFiles(db, list, directory, log)
    if ((await scan(db, list, directory, log, signal)) > 0) {
      changed = true
      // Which commits landed something is known then, and of those the release is looked for.
      for (;;) if ((await refold(db, list.id, limits.foldClustersMax, log)) === 0) break
    }
    if ((await findReleases(db, list, directory)) > 0) changed = true
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    problem = error.message.slice(0, 500)
    const repository = withoutLogin(list.repository)
    if (!signal?.aborted)
      log.warn({ list: list.name, repository, reason: problem }, 'A repository was not read')
  }
  await db
    .insertInto('repository')
    .values({ list_id: list.id, read_at: new Date(), problem: problem && toStorableText(problem) })
    .onConflict(conflict =>
      conflict.column('list_id').doUpdateSet({
        read_at: eb => eb.ref('excluded.read_at'),
        problem: eb => eb.ref('excluded.problem'),
      }),
    )
    .execute()
  return { problem, changed }
}

/** Looks at every list's repository, and again after `everySeconds`, until closed. */
export function startFollower(
  options: Omit<FollowOptions, 'signal'> & { everySeconds: number; onChange: () => void },
): { close(): Promise<void> } {
  const { db, log, everySeconds, onChange } = options
  const stop = new AbortController()
  const { signal } = stop
  const run = async () => {
    while (!signal.aborted) {
      for (const list of await followedLists(db).catch(() => [])) {
        if (signal.aborted) return
        try {
          if ((await follow(list, { ...options, signal })).changed) onChange()
        } catch (error) {
          if (!signal.aborted)
            log.warn({ list: list.name, error }, 'Following failed and will be tried again')
        }
      }
      await sleep(everySeconds * 1_000, undefined, { signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    close: async () => {
      stop.abort()
      await running
    },
  }
}

/** Lists with a repository, and those that had one. */
export async function followedLists(db: Kysely<Tables>): Promise<List[]> {
  const followed = await db.selectFrom('branch').select('list_id').distinct().execute()
  const had = new Set(followed.map(row => row.list_id))
  return (await allLists(db)).filter(list => list.repository !== null || had.has(list.id))
}
