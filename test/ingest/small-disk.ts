// A place for a database that can be full. Where the tests may mount (root, outside of most containers) it is a small
// disk of its own; elsewhere the kernel is told to let the server's files grow no more. Both refuse real writes.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly data: string
  fill(): void
  free(): void
  remove(): void
}

const diskBytes = 200 * 1024 * 1024
/** Above the 16 MB of a log segment, which must stay writable here: only a table's file is too large then. */
const fileBytes = 20 * 1024 * 1024

export function makeSmallDisk(): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-disk-'))
  chmodSync(directory, 0o711)
  return mountedDisk(directory) ?? limitedFiles(directory)
}

function mountedDisk(directory: string): SmallDisk | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=711`, 'tmpfs', directory], {
      stdio: 'ignore',
    })
  } catch {
    return null
  }
  const ballast = join(directory, 'ballast')
  return {
    data: join(directory, 'data'),
    fill() {
      for (let size = 1024 * 1024; size >= 4096; size /= 2) appendUntilFull(ballast, Buffer.alloc(size))
    },
    free: () => rmSync(ballast),
    remove() {
      execFileSync('umount', ['--lazy', directory])
      rmSync(directory, { recursive: true })
    },
  }
}

function appendUntilFull(path: string, bytes: Buffer): void {
  try {
    for (;;) writeFileSync(path, bytes, { flag: 'a' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

function limitedFiles(directory: string): SmallDisk {
  const data = join(directory, 'data')
  mkdirSync(data, { mode: 0o711 })
  // The soft limit alone is lowered, so that it can be raised again; by the server's own account, because another
  // one, be it root, needs a right that containers take away.
  const limit = (bytes: number | string) => {
    const { uid, gid } = statSync(join(data, 'postgres'))
    for (const pid of serverProcesses(data))
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { uid, gid })
  }
  return {
    data,
    fill: () => limit(fileBytes),
    free: () => limit('unlimited'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** The postmaster and its children; a child has the limits that its parent had when it was born. */
function serverProcesses(data: string): number[] {
  const postmaster = Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => parentOf(pid) === postmaster)
  return [postmaster, ...children]
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}
