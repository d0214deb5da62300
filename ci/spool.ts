// The spool: a directory where hooks leave what was pushed, each as a file that appears whole. Every account that may push
// writes there, so nothing that lies in it is opened before it is known to be a file, small, and nobody else's.
import { chownSync, constants, type FSWatcher, mkdirSync, statSync, watch } from 'node:fs'
import { type FileHandle, lstat, open, opendir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { CiConfig } from '../base/config.ts'
import { limits } from '../base/limits.ts'
import { type Push, parsePush } from './push.ts'

export interface Spooled {
  readonly name: string
  /** Null for what is no push. */
  readonly push: Push | null
  /** What is wrong with it, as a part of a sentence; empty for a push. */
  readonly wrong: string
  /** The account that wrote it. */
  readonly account: number
  /** Milliseconds: when it was written, as that account says; none that is still to come. */
  readonly at: number
}

/** Absolute. */
export const spoolOf = ({ spool }: CiConfig, data: string): string => spool ?? resolve(data, 'spool')

/** What lies there, the oldest first, but for those of `except`; of very many some. Directories and other names are let be. */
export async function readSpool(
  directory: string,
  except: { has(name: string): boolean } = new Set(),
): Promise<Spooled[]> {
  const found: Spooled[] = []
  for await (const entry of await opendir(directory)) {
    const { name } = entry
    if (entry.isDirectory()) continue
    if (isLeftOver(name)) await dropOld(join(directory, name))
    if (except.has(name) || !/^push\.[A-Za-z0-9]{1,40}$/.test(name)) continue
    const read = await readOne(directory, name)
    if (read !== null) found.push(read)
    if (found.length >= limits.spoolReadMax) break
  }
  return found.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
}

export const dropSpooled = (directory: string, name: string): Promise<void> =>
  rm(join(directory, name), { force: true })

/**
 * For the account whose directory it is in, whoever makes it; where other accounts push, the operator makes one that they may
 * write to.
 */
export function makeSpool(directory: string): void {
  // The data directory, where it is not there yet: PostgreSQL, which never runs as root, passes through.
  const above = mkdirSync(dirname(directory), { recursive: true, mode: 0o711 })
  const own = mkdirSync(directory, { recursive: true, mode: 0o700 })
  const made = above ?? own
  if (made === undefined || process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(made))
  for (let path = directory; path.startsWith(made); path = dirname(path)) chownSync(path, uid, gid)
}

/** Calls `onChange` when something comes; where the kernel has no watch to give, never. Closing it is the caller's. */
export function watchSpool(directory: string, onChange: () => void): { close(): void } {
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(directory, onChange)
    watcher.on('error', () => watcher?.close())
  } catch {
    // The caller looks by himself now and then.
  }
  return { close: () => watcher?.close() }
}

/** Of a hook that was killed. */
const isLeftOver = (name: string): boolean => /^new\.[A-Za-z0-9]{10}$/.test(name)

/** What cannot be taken away is in nobody's way. */
async function dropOld(file: string): Promise<void> {
  const info = await lstat(file).catch(() => null)
  if (info !== null && Date.now() - info.mtimeMs > limits.spoolLeftOverMillisecondsMax)
    await rm(file, { force: true }).catch(() => {})
}

/** Null when it is gone. A link is not followed, and opening a pipe does not wait for its other end. */
async function readOne(directory: string, name: string): Promise<Spooled | null> {
  const nobody = { name, push: null, account: -1, at: 0 }
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  let file: FileHandle
  try {
    file = await open(join(directory, name), flags)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? null : { ...nobody, wrong: code === 'ELOOP' ? 'it is a link' : message }
  }
  try {
    const info = await file.stat()
    // A time still to come would keep what cannot be decided for ever.
    const known = { ...nobody, account: info.uid, at: Math.min(info.mtimeMs, info.ctimeMs) }
    if (!info.isFile()) return { ...known, wrong: 'it is no file' }
    if (info.nlink > 1)
      return { ...known, wrong: 'it has another name, so somebody else may have written it' }
    if (info.size > limits.spooledBytesMax)
      return { ...known, wrong: `it has more than ${limits.spooledBytesMax} bytes` }
    return { ...known, ...parsed(await readText(file, info.size)) }
  } finally {
    await file.close()
  }
}

/** Should it grow meanwhile, its end is missing. */
async function readText(file: FileHandle, length: number): Promise<string> {
  const bytes = Buffer.alloc(length)
  let size = 0
  while (size < bytes.length) {
    const { bytesRead } = await file.read(bytes, size, bytes.length - size, size)
    if (bytesRead === 0) break
    size += bytesRead
  }
  return bytes.toString('utf8', 0, size)
}

function parsed(text: string): { push: Push | null; wrong: string } {
  try {
    return { push: parsePush(text), wrong: '' }
  } catch (error) {
    return { push: null, wrong: (error as Error).message }
  }
}
