// The running server as the operating system sees it: its process, its lock files, its start and its end.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'

/** The process id in the server's lock file when that process lives and is a PostgreSQL; else null. */
export function runningPostmaster(database: string): number | null {
  const pid = lockHolder(join(database, 'postmaster.pid'))
  return pid !== null && isPostgres(pid) ? pid : null
}

/**
 * True for a server that says it is ready and whose socket is gone (a cleaner of the temporary directory took it,
 * or an older server on the same path on its way out): nobody can reach it again.
 */
export function isUnreachable(database: string, socketDirectory: string): boolean {
  const lock = readLock(join(database, 'postmaster.pid'))
  return /^ready\b/.test(lock[7] ?? '') && !existsSync(join(socketDirectory, '.s.PGSQL.5432'))
}

/**
 * Starts the server and does not wait for it. Detached: a Ctrl-C in the terminal must not reach it while we
 * still drain. Of two servers started at once on one database PostgreSQL lets one run; the other ends.
 */
export function startPostmaster(options: {
  binaries: Binaries
  account: Account | null
  database: string
  socketDirectory: string
  logFile: string
}): { ended: Promise<void> } {
  const { account, database, socketDirectory } = options
  clearLocks(database, socketDirectory)
  const output = openSync(options.logFile, 'a', 0o600)
  const child = spawn(join(options.binaries.bin, 'postgres'), settings(database, socketDirectory), {
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  })
  closeSync(output)
  child.unref()
  return {
    ended: new Promise(resolve => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    }),
  }
}

/** A fast shutdown: PostgreSQL closes every connection, writes a checkpoint and ends. */
export function stopPostmaster(pid: number): void {
  process.kill(pid, 'SIGINT')
}

function settings(database: string, socketDirectory: string): string[] {
  const values = {
    // No network: whoever can enter the socket's directory is trusted, and only the server's account can.
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    shared_buffers: '128MB',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  return ['-D', database, ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/**
 * Removes lock files of a server that is dead. PostgreSQL itself takes a process id for alive when that
 * process is a zombie that nobody reaps, or another program that got the number after a reboot.
 */
function clearLocks(database: string, socketDirectory: string): void {
  for (const file of [join(database, 'postmaster.pid'), join(socketDirectory, '.s.PGSQL.5432.lock')]) {
    const pid = lockHolder(file)
    if (pid === null || isPostgres(pid)) continue
    // Renamed first and looked at again: another process may have started the server in between.
    const aside = `${file}.${process.pid}`
    try {
      renameSync(file, aside)
    } catch {
      continue
    }
    if (lockHolder(aside) === pid) rmSync(aside)
    else renameSync(aside, file)
  }
}

function lockHolder(file: string): number | null {
  const pid = Number.parseInt(readLock(file)[0] ?? '', 10)
  return pid > 0 ? pid : null
}

/** The lines of a lock file; none when there is no such file (any more). */
function readLock(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives and is not ours.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (!existsSync('/proc/self/stat')) return true
  try {
    // A zombie has an empty command line.
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''
    return basename(command).startsWith('postgres')
  } catch {
    return false
  }
}
