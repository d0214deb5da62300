// The spool: a directory where hooks leave what was pushed, each as a file that appears whole. Every account that may push
// writes there, so nothing that lies in it is opened before it is known to be a file, small, and nobody else's.
import { chownSync, constants, type FSWatcher, mkdirSync, statSync, watch } from 'node:fs'
import { type FileHandle, lstat, open, opendir, rm, rmdir } from 'node:fs/promises'
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

/**
 * What lies there, the oldest first, but for those of `except`; of very many some, of each account as many as of another. Takes
 * away what nobody's hook left under its names.
 */
export async function readSpool(
  directory: string,
  except: { has(name: string): boolean } = new Set(),
): Promise<Spooled[]> {
  const byAccount = new Map<number, Lying[]>()
  for await (const one of lyingIn(directory)) {
    if (!one.isPush) await dropOld(directory, one)
    else if (!except.has(one.name)) await keep(directory, byAccount, one)
  }
  const found: Spooled[] = []
  for (const { name } of fairly([...byAccount.values()]).slice(0, limits.spoolReadMax)) {
    const read = await readOne(directory, name)
    if (read !== null) found.push(read)
  }
  return found.sort(oldestFirst)
}

/** What waits there, and what does not belong there, for doctor. */
export async function spoolState(directory: string): Promise<SpoolState> {
  const accounts = new Map<number, { pushes: number; oldest: number }>()
  const strange: SpoolState['strange'][number][] = []
  for await (const { name, isPush, isOld, account, at } of lyingIn(directory)) {
    const known = accounts.get(account) ?? { pushes: 0, oldest: at }
    if (isPush) accounts.set(account, { pushes: known.pushes + 1, oldest: Math.min(known.oldest, at) })
    else if (isOld) strange.push({ name, account })
  }
  return { accounts, strange }
}

export interface SpoolState {
  readonly accounts: ReadonlyMap<number, { readonly pushes: number; readonly oldest: number }>
  /** Named like ours, and left by no hook of ours: a server takes them away if it can. */
  readonly strange: readonly { readonly name: string; readonly account: number }[]
}

interface Lying {
  readonly name: string
  /** Else it is what a hook begins with, or nothing of a hook. */
  readonly isPush: boolean
  readonly isDirectory: boolean
  readonly isOld: boolean
  readonly account: number
  readonly at: number
}

/** Other names are nobody's business: an operator may have named a directory that others use. */
async function* lyingIn(directory: string): AsyncGenerator<Lying> {
  for await (const { name } of await opendir(directory)) {
    if (!/^(?:push|new)\./.test(name)) continue
    const info = await lstat(join(directory, name)).catch(() => null)
    if (info === null) continue
    const isDirectory = info.isDirectory()
    const isPush = /^push\.[A-Za-z0-9]{1,40}$/.test(name) && !isDirectory
    // One says what he likes of the first, and nothing of the second (utimensat(2)).
    const at = Math.min(info.mtimeMs, info.ctimeMs)
    const isOld = Date.now() - at > limits.spoolLeftOverMillisecondsMax
    yield { name, isPush, isDirectory, isOld, account: info.uid, at }
  }
}

/** No hook leaves so many, whoever runs it. */
async function keep(directory: string, byAccount: Map<number, Lying[]>, one: Lying): Promise<void> {
  const all = byAccount.get(one.account) ?? []
  byAccount.set(one.account, all)
  if (all.length < limits.spoolKeptMax) all.push(one)
  else await dropSpooled(directory, one.name).catch(() => {})
}

const oldestFirst = (a: { at: number; name: string }, b: { at: number; name: string }): number =>
  a.at - b.at || (a.name < b.name ? -1 : 1)

/** The oldest of each account, then the second of each, and so on. */
function fairly(accounts: readonly Lying[][]): Lying[] {
  const ranked = accounts.flatMap(all => all.sort(oldestFirst).map((one, rank) => ({ one, rank })))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one)
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

/** Of a hook that was killed, or of nobody's hook. What cannot be taken away is in nobody's way. */
async function dropOld(directory: string, { name, isOld, isDirectory }: Lying): Promise<void> {
  if (!isOld) return
  const path = join(directory, name)
  // What is in a directory is not ours to look for: its owner could make any other one of it meanwhile.
  await (isDirectory ? rmdir(path) : rm(path, { force: true })).catch(() => {})
}

async function readOne(directory: string, name: string): Promise<Spooled | null> {
  const lying = await readLying(directory, name)
  if (lying === null) return null
  const { text, ...known } = lying
  return { ...known, name, ...(text === null ? { push: null } : parsed(text)) }
}

export interface LyingFile {
  /** Null for what is no file of a hook. */
  readonly text: string | null
  readonly wrong: string
  readonly account: number
  readonly at: number
}

/** Null when it is gone. A link is not followed, and opening a pipe does not wait for its other end. */
export async function readLying(directory: string, name: string): Promise<LyingFile | null> {
  const nobody = { text: null, account: -1, at: 0 }
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
    return { ...known, text: await readText(file, info.size), wrong: '' }
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
