// Mailed patches, put on a commit as `git am -3` does it, in a scratch repository that nothing else uses: the objects of
// the real one are read, never written; there are no hooks, no filters, no configuration of anybody, no symbolic links in
// the working tree, and bounds for time, memory and files. The same patches on the same commit become the same commit.
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askGit, boundedGit, type GitBounds, GitError, git, triedGit, upload } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { binaryChanges, makes } from './binary-patch.ts'
import { hasCommit, tidy } from './published.ts'

export interface Patches {
  /** A bare repository of this machine, whose objects are read. */
  readonly repository: string
  /** The full id of the commit to put them on. */
  readonly base: string
  /** In order; each one or more mails as an mboxrd (tracker/mail/am-text.ts). */
  readonly texts: readonly string[]
  /** The directory below which the scratch repository lies while this runs. */
  readonly scratch: string
  /** Of all of it together; else those of base/limits.ts. */
  readonly most?: { readonly seconds: number; readonly diskBytes: number }
}

export type Applied =
  | {
      readonly outcome: 'applied'
      readonly commit: string
      /** All paths that differ from the base, old names of moved files, too. */
      readonly files: readonly string[]
    }
  /** The base has all of it. */
  | { readonly outcome: 'already' }
  | { readonly outcome: 'conflict'; readonly file: string | null; readonly said: string }
  | { readonly outcome: 'unknown-base' }
  /** Ours, or too large. */
  | { readonly outcome: 'error'; readonly said: string }

/** `ref`: the commit is brought into the repository under this name; null for a trial, which leaves nothing. */
export async function applyPatches(patches: Patches, ref: string | null): Promise<Applied> {
  const directory = mkdtempSync(join(patches.scratch, 'apply-'))
  try {
    return await applyIn(roomIn(directory, patches), patches, ref)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return { outcome: 'error', said: error.message }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A scratch repository, and what is left of its bounds. Throws `GitError` when nothing is. */
interface Room {
  readonly directory: string
  bounds(): GitBounds
}

function roomIn(directory: string, { most }: Patches): Room {
  const { seconds, diskBytes } = most ?? {
    seconds: limits.applySecondsMax,
    diskBytes: limits.applyDiskBytesMax,
  }
  const until = performance.now() + seconds * 1_000
  const excess = () => (isLarger(directory, diskBytes) ? `it wrote more than ${diskBytes} bytes` : null)
  return {
    directory,
    bounds: () => {
      const left = (until - performance.now()) / 1_000
      const why = left <= 0 ? `it took more than ${seconds} s` : excess()
      if (why !== null) throw new GitError(`git was stopped: ${why}`)
      return { secondsMax: left, excess, costs }
    },
  }
}

/** Of very many files it need not be known: they are too many. */
function isLarger(directory: string, bytesMax: number): boolean {
  let [bytes, files] = [0, 0]
  const within = (place: string): boolean => {
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      if (++files > limits.applyFilesMax) return true
      if (!entry.isDirectory()) bytes += sizeOf(join(place, entry.name))
      if (bytes > bytesMax || (entry.isDirectory() && within(join(place, entry.name)))) return true
    }
    return false
  }
  try {
    return within(directory)
  } catch {
    // git took a directory away meanwhile; it is looked at again.
    return false
  }
}

const sizeOf = (path: string): number => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0

async function applyIn(room: Room, patches: Patches, ref: string | null): Promise<Applied> {
  const { directory } = room
  const { repository, base, texts } = patches
  if (!(await hasCommit(repository, base))) return { outcome: 'unknown-base' }
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (bytes > limits.patchsetBytesMax)
    return { outcome: 'error', said: `The patches have ${bytes} bytes; allowed: ${limits.patchsetBytesMax}` }
  await prepare(room, repository, base)
  const other = await foreignObject(repository, texts)
  if (other !== null)
    return { outcome: 'error', said: `A binary patch says ${other}, which is something else here` }
  const files = texts.map((text, index) => {
    const file = join(directory, '.git', `patch-${String(index).padStart(4, '0')}`)
    writeFileSync(file, text)
    return file
  })
  await checkOut(room, files)
  const conflict = await amConflict(room, files)
  if (conflict) return (await isThere(room, base, files)) ? { outcome: 'already' } : conflict
  const commit = (await git(directory, 'rev-parse', '--verify', 'HEAD')).trim()
  if (commit === base) return { outcome: 'already' }
  const changed = await changedFiles(room, base, commit)
  if (changed.length === 0) return { outcome: 'already' }
  if (ref !== null) await publish(room, repository, ref)
  return { outcome: 'applied', commit, files: changed }
}

/** The name of an object that git would take in place of what a binary patch says; null where there is none. */
async function foreignObject(repository: string, texts: readonly string[]): Promise<string | null> {
  for (const change of texts.flatMap(binaryChanges)) {
    const none = /^0+$/.test(change.after) || (await blobOf(repository, change.after)) === null
    if (none) continue
    const before = /^0+$/.test(change.before) ? null : await blobOf(repository, change.before)
    if (!makes(change, before ?? Buffer.alloc(0), limits.applyBinaryBytesMax)) return change.after
  }
  return null
}

const blobOf = async (repository: string, id: string): Promise<Buffer | null> => {
  const { code, out } = await askGit(repository, ['cat-file', 'blob', id])
  return code === 0 ? out : null
}

/** The index has the whole tree, the working tree nothing yet. */
async function prepare(room: Room, repository: string, base: string): Promise<void> {
  const { directory } = room
  const format = base.length === 64 ? 'sha256' : 'sha1'
  const way = ['--quiet', '--template=', '--initial-branch=applied', `--object-format=${format}`]
  await git(directory, 'init', ...way, '.')
  const objects = await git(repository, 'rev-parse', '--path-format=absolute', '--git-path', 'objects')
  const info = join(directory, '.git', 'objects', 'info')
  mkdirSync(info, { recursive: true })
  writeFileSync(join(info, 'alternates'), objects)
  await git(directory, 'update-ref', 'refs/heads/applied', base)
  await bounded(room, 'read-tree', base)
}

/** The files that the patches touch, as far as the base has them; git's merge adds what it needs besides. */
async function checkOut(room: Room, files: readonly string[]): Promise<void> {
  const words = ['apply', '--numstat', '-z', '--whitespace=nowarn', '--', ...files]
  const { stdout } = await tried(room, words)
  // Of a moved file the name that it gets; what it had is named by the merge.
  const paths = stdout.split('\0').map(line => line.replace(/^(?:\d+|-)\t(?:\d+|-)\t/, ''))
  // Names that the index does not have are told and left out.
  const input = paths.map(path => `${path}\0`).join('')
  await tried(room, ['checkout-index', '-q', '-f', '-u', '-z', '--stdin'], input)
}

/** Null when it applies. */
async function amConflict(
  room: Room,
  files: readonly string[],
): Promise<Extract<Applied, { outcome: 'conflict' }> | null> {
  const options = ['-3', '--keep', '--message-id', '--no-scissors', '--patch-format=mboxrd']
  const words = ['am', ...options, '--committer-date-is-author-date', '--', ...files]
  const { code, stdout, stderr } = await tried(room, words)
  if (code === 0) return null
  const said = `${stdout}\n${stderr}`.split('\n').filter(line => line !== '' && !chatter.test(line))
  return {
    outcome: 'conflict',
    file: fileIn(said),
    said: said.join('\n').slice(0, limits.conflictCharactersMax) || `git am ended with ${code}`,
  }
}

const chatter =
  /^(?:hint: |Applying: |Using index info|Falling back|Auto-merging |When you have|If you prefer|To restore)/

/** The file of the first conflict, in the words of git 2.39. */
function fileIn(said: readonly string[]): string | null {
  for (const line of said) {
    const [, merged, moved, failed, lacking, other] =
      /^CONFLICT \([^)]*\): (?:Merge conflict in (.+)|(.+?) (?:deleted in|renamed to|added in|has been) .*)$|^error: patch failed: (.+):\d+$|^error: sha1 information is lacking or useless \((.+)\)\.$|^error: (?:invalid path ')?(.+?)(?:'|: (?:does not exist|already exists|patch does not apply|No such file|affected file|does not match|is beyond).*)$/.exec(
        line,
      ) ?? []
    const file = merged ?? moved ?? failed ?? lacking ?? other
    if (file !== undefined) return file
  }
  return null
}

/** Does the base have every change, the last one first taken back? Also where git lacks the blobs that `-3` asks for. */
async function isThere(room: Room, base: string, files: readonly string[]): Promise<boolean> {
  await tried(room, ['am', '--quit'])
  await bounded(room, 'read-tree', base)
  for (const file of files.toReversed()) {
    const words = ['apply', '-R', '--cached', '--whitespace=nowarn', '--', file]
    if ((await tried(room, words)).code !== 0) return false
  }
  return true
}

async function changedFiles(room: Room, base: string, commit: string): Promise<string[]> {
  const text = await bounded(room, 'diff-tree', '-r', '-z', '--name-only', '--no-renames', base, commit)
  return text.split('\0').filter(path => path !== '')
}

async function publish({ directory, bounds }: Room, repository: string, ref: string): Promise<void> {
  const way = ['-c', 'protocol.file.allow=always', ...tidy, 'fetch', '--quiet', '--no-tags']
  const options = ['--no-write-fetch-head', '--no-recurse-submodules', '--force', upload, '--end-of-options']
  await boundedGit(repository, [...way, ...options, directory, `+refs/heads/applied:${ref}`], bounds())
}

const bounded = ({ directory, bounds }: Room, ...words: readonly string[]): Promise<string> =>
  boundedGit(directory, [...settings, ...words], bounds())

const tried = ({ directory, bounds }: Room, words: readonly string[], input = '') =>
  triedGit(directory, [...settings, ...words], { ...bounds(), input })

const costs = { memoryBytes: limits.applyMemoryBytesMax, fileBytes: limits.applyFileBytesMax }

/** Always the same, so that the same patches become the same commit. */
const settings = [
  'committer.name=Threadwork',
  'committer.email=threadwork@localhost.invalid',
  // Only for git to be content: am takes the author from the patch.
  'user.name=Threadwork',
  'user.email=threadwork@localhost.invalid',
  'core.symlinks=false',
  'core.autocrlf=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'core.editor=false',
  'core.fsync=none',
  'core.abbrev=12',
  'am.messageid=true',
  'apply.whitespace=nowarn',
  'commit.gpgSign=false',
  'gc.auto=0',
  'i18n.commitEncoding=UTF-8',
  'merge.renames=true',
  'rerere.enabled=false',
].flatMap(setting => ['-c', setting])
