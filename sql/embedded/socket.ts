// The directory of the server's Unix socket. A socket's path ends at 107 bytes (sun_path), so under a long
// data directory it lies in the temporary directory, and a file in the data directory says where.
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from './account.ts'

/** sun_path has 108 bytes, of which the last is NUL. */
export const socketPathBytesMax = 107
const socketName = '/.s.PGSQL.5432'

/** The same answer for every process that uses this data directory. Made when missing, closed to others. */
export function socketDirectory(data: string, account: Account | null): string {
  const inside = join(data, 'socket')
  const directory = fits(inside) ? inside : recorded(join(data, 'socket-directory'), account)
  makePrivate(directory, account)
  return directory
}

function fits(directory: string): boolean {
  return Buffer.byteLength(directory + socketName) <= socketPathBytesMax
}

function recorded(file: string, account: Account | null): string {
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim() : null
  if (before !== null && isOurs(before, account)) return before
  const made = mkdtempSync(join(fits(join(tmpdir(), 'threadwork-123456')) ? tmpdir() : '/tmp', 'threadwork-'))
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${made}\n`)
  if (before !== null) rmSync(file, { force: true })
  try {
    // Unlike a rename, a link fails when another process has recorded its directory first.
    linkSync(draft, file)
    return made
  } catch {
    rmSync(made, { recursive: true })
    return readFileSync(file, 'utf8').trim()
  } finally {
    rmSync(draft)
  }
}

/** A cleaned-up name in a shared directory may have been taken by a stranger. */
function isOurs(directory: string, account: Account | null): boolean {
  if (!existsSync(directory)) return true
  const { uid } = lstatSync(directory)
  return lstatSync(directory).isDirectory() && (uid === process.getuid?.() || uid === account?.uid)
}

function makePrivate(directory: string, account: Account | null): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  if (!isOurs(directory, account)) throw new Error(`Cannot use "${directory}": it belongs to another user`)
  if (account) chownSync(directory, account.uid, account.gid)
  chmodSync(directory, 0o700)
}
