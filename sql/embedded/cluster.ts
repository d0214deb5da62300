// The files of the embedded database: made once by `initdb`, then kept for ever in the data directory.
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, blockedAt, giveTo } from './account.ts'
import type { Binaries } from './binaries.ts'

/** The PostgreSQL major that made the database; null when there is none (yet). */
export function clusterMajor(database: string): number | null {
  const file = join(database, 'PG_VERSION')
  if (!existsSync(file)) return null
  const text = readFileSync(file, 'utf8')
  if (/^\d+\s*$/.test(text)) return Number(text)
  throw new Error(
    `Cannot open the database in "${database}": ${JSON.stringify(text.slice(0, 20))} in its file PG_VERSION is no version of PostgreSQL; ` +
      'the files are damaged: restore the data directory from a backup',
  )
}

/** Makes the data directory such that the server's account can pass it; says which directory blocks it. */
export function makeDataDirectory(data: string, account: Account | null): void {
  if (!existsSync(data)) {
    // Parents that are missing get the usual mode; a recursive mkdir would give them all the mode asked for.
    mkdirSync(data, { recursive: true })
    chmodSync(data, account ? 0o711 : 0o700)
  }
  const blocked = blockedAt(data, account)
  if (blocked === null) return
  throw new Error(
    `Cannot keep the database in "${data}": PostgreSQL does not run as root, and "${blocked}" lets no other account pass; ` +
      'choose a data directory such as /var/lib/threadwork (--data, THREADWORK_DATA), or start Threadwork as another user',
  )
}

/** Made beside its place and renamed, so that a half-made database is never taken for one. */
export async function makeCluster(
  binaries: Binaries,
  database: string,
  account: Account | null,
): Promise<void> {
  const half = `${database}.new-${process.pid}`
  removeHalfMade(database)
  mkdirSync(half, { mode: 0o700 })
  if (account) giveTo({ ...account, ...account.forInitdb }, half)
  await initdb(binaries, half, account)
  giveTo(account, half)
  try {
    renameSync(half, database)
  } catch {
    // Another process that started at the same moment was faster; its database is the one.
    rmSync(half, { recursive: true, force: true })
  }
}

async function initdb(binaries: Binaries, directory: string, account: Account | null): Promise<void> {
  const options = ['--username=threadwork', '--auth-local=trust', '--auth-host=reject', '--encoding=UTF8']
  try {
    await promisify(execFile)(join(binaries.bin, 'initdb'), ['-D', directory, '--no-locale', ...options], {
      cwd: '/',
      ...(account?.forInitdb ?? {}),
    })
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new Error(`Cannot make a database in "${directory}": ${(stderr || message).trim()}`, {
      cause: error,
    })
  }
}

/** What a killed start left behind. */
function removeHalfMade(database: string): void {
  const parent = join(database, '..')
  for (const name of readdirSync(parent)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
