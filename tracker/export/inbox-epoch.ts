// One repository of an inbox: `N.git`, in which every commit has one file (public-inbox-v2-format(5)). It grows by git fast-import,
// whose ref moves when all objects are on disk; how far it is written stands beside it in a file. A writer that was killed in between
// writes the same commits again, since they hang on nothing but the log.
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { boundedGit, GitError, git } from '../../base/git.ts'
import { type Seq, seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { startFastImport } from './fast-import.ts'
import { type InboxCommit, inboxCommit } from './inbox-commit.ts'
import type { InboxEntry } from './inbox-entries.ts'
/** How far a repository is written. */
export interface Written {
  /** Of which log: a data directory may have been another one's. */
  readonly log: string
  readonly place: Seq
  /** The newest commit; null before the first one. */
  readonly commit: string | null
  /** Of the mails in it. */
  readonly bytes: number
  /** Purges up to this place are heeded. */
  readonly purges: Seq
  /** What is to be gone may still be in it, and nobody fetches meanwhile. */
  readonly rewriting: boolean
  /** Of its newest commit, seconds: when it changed, as manifests tell it. */
  readonly modified: number
}

/** As the repository itself says; null when there is none, or when it cannot be read. */
export async function readWritten(directory: string): Promise<Written | null> {
  const text = await readFile(join(directory, stateFile), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const { log, place, commit, bytes, purges, rewriting, modified } = JSON.parse(text)
    return { log, place: seq(place), commit, bytes, purges: seq(purges), rewriting, modified }
  } catch {
    return null
  }
}

const stateFile = 'threadwork.json'

/** A file is whole or the one before: it is on disk before it gets its name. */
export async function saveWritten(directory: string, written: Written): Promise<void> {
  const half = join(directory, `${stateFile}.new`)
  const file = await open(half, 'w')
  try {
    await file.writeFile(`${JSON.stringify(written)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(half, join(directory, stateFile))
}

/** Made when there is none; emptied when it is of another log, or lost what it says that it has. Answers how far it is written. */
export async function openEpoch(
  directory: string,
  { log, start, description }: { readonly log: string; readonly start: Seq; readonly description: string },
): Promise<Written> {
  const standing = await readWritten(directory)
  const kept = standing?.log === log && (await hasCommit(directory, standing.commit)) ? standing : null
  if (kept === null) {
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true })
    await git(
      directory,
      ...['init', '--quiet', '--bare', '--template=', '--object-format=sha1', '--initial-branch=master', '.'],
    )
  }
  // Of a git that ended while it moved the branch; nobody else moves it.
  await rm(join(directory, `${inboxBranch}.lock`), { force: true })
  const file = join(directory, 'description')
  if ((await readFile(file, 'utf8').catch(() => null)) !== `${description}\n`)
    await writeFile(file, `${description}\n`)
  return kept ?? { log, place: start, commit: null, bytes: 0, purges: start, rewriting: false, modified: 0 }
}

/** What this process wrote, or looked for, is not looked for again: a git for each mail would cost as much as the mail. */
const known = new Map<string, string>()

async function hasCommit(directory: string, commit: string | null): Promise<boolean> {
  if (!existsSync(join(directory, 'HEAD'))) return false
  if (commit === null || known.get(directory) === commit) return true
  try {
    await git(directory, 'cat-file', '-e', '--end-of-options', `${commit}^{commit}`)
    known.set(directory, commit)
    return true
  } catch (error) {
    if (error instanceof GitError) return false
    throw error
  }
}

/** An entry with its bytes. */
export type InboxMail = Omit<InboxEntry, 'hash'> & { readonly bytes: Buffer }

/** Appends these to the repository, and answers what is in it then; how far that reaches the caller knows. */
export async function appendToEpoch(
  directory: string,
  written: Written,
  mails: AsyncIterable<InboxMail>,
  committer: string,
): Promise<Written> {
  const importer = startFastImport(directory)
  const says: Buffer[] = []
  importer.output.on('data', (chunk: Buffer) => says.push(chunk))
  let bytes = written.bytes
  let modified = written.modified
  let first = true
  try {
    for await (const mail of mails) {
      const commit = commitOf(mail, committer)
      const from = first ? written.commit : null
      const begin = first && from === null ? `reset ${inboxBranch}\n\n` : ''
      await send(importer, begin + headOf(commit, committer, from, mail))
      await send(importer, mail.bytes)
      await send(importer, '\n\n')
      bytes += mail.bytes.length
      modified = Number.parseInt(commit.committed, 10)
      first = false
    }
    if (first) return written
    await send(importer, 'get-mark :1\ndone\n')
    importer.input.end()
    if (!(await importer.ended)) throw new GitError(`git fast-import: ${importer.stderr()}`)
  } finally {
    await importer.end()
  }
  const commit = Buffer.concat(says).toString().trim()
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new GitError(`git fast-import answered "${commit.slice(0, 100)}"`)
  known.set(directory, commit)
  return { ...written, commit, bytes, modified }
}

/** The only one. */
export const inboxBranch = 'refs/heads/master'

type Importer = ReturnType<typeof startFastImport>

/** A mail is not written ahead of what git takes. */
const send = async ({ input, ended }: Importer, text: string | Buffer): Promise<void> => {
  if (input.write(text)) return
  await Promise.race([new Promise(resolve => input.once('drain', resolve)), ended])
}

/** Of what is taken out nothing is told but that. */
const commitOf = ({ file, bytes, at }: InboxMail, committer: string): InboxCommit => {
  if (file === 'm') return inboxCommit(bytes, at)
  const now = `${Math.floor(at / 1_000)} +0000`
  return { author: committer, authored: now, committed: now, title: 'rm' }
}

/** The mark is the newest commit's. */
function headOf(
  commit: InboxCommit,
  committer: string,
  from: string | null,
  { file, bytes }: InboxMail,
): string {
  const title = `${commit.title}\n`
  return `commit ${inboxBranch}
mark :1
author ${commit.author} ${commit.authored}
committer ${committer} ${commit.committed}
data ${Buffer.byteLength(title)}
${title}${from === null ? '' : `from ${from}\n`}deleteall
M 100644 inline ${file}
data ${bytes.length}
`
}

/** Few packs serve faster. Each run leaves one, so that they are joined now and then, those of about one size. */
export async function tidyEpoch(directory: string, signal?: AbortSignal): Promise<void> {
  const names = await readdir(join(directory, 'objects', 'pack')).catch(() => [])
  if (names.filter(name => name.endsWith('.pack')).length < limits.inboxPacksMax) return
  await dropHalfPacks(directory)
  await repack(directory, ['--geometric=2'], signal)
}

/** One pack with what is in the history now, up to its newest commit, and nothing else; `-b` is what a clone is counted by. */
export async function packEpoch(
  directory: string,
  newest: string | null,
  signal?: AbortSignal,
): Promise<void> {
  // Without a commit nothing moved the branch.
  if (newest === null) await git(directory, 'update-ref', '-d', inboxBranch)
  await dropHalfPacks(directory)
  await repack(directory, ['-a', '-b'], signal)
  await boundedGit(directory, ['prune', '--expire=now'], boundsUntil(signal))
}

/** What a git that was killed was writing, and would be kept for ever. */
async function dropHalfPacks(directory: string): Promise<void> {
  const packs = join(directory, 'objects', 'pack')
  for (const name of await readdir(packs).catch(() => []))
    if (name.startsWith('tmp_') || name.endsWith('.keep')) await rm(join(packs, name), { force: true })
  for (const name of await readdir(directory))
    if (name.startsWith('fast_import_crash_')) await rm(join(directory, name), { force: true })
}

const repack = (directory: string, words: readonly string[], signal?: AbortSignal): Promise<string> =>
  boundedGit(
    directory,
    ['-c', 'pack.threads=1', '-c', 'pack.windowMemory=64m', 'repack', '-q', '-d', ...words],
    boundsUntil(signal),
  )

const boundsUntil = (signal: AbortSignal | undefined) => ({
  secondsMax: limits.inboxPackSecondsMax,
  excess: () => (signal?.aborted ? 'Threadwork ends' : null),
})
