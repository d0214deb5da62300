// Commit ids -> what the commits say. Two gits run for a batch: `cat-file --batch` gives each commit object with its
// length before it, and `diff-tree --stdin` each diff behind a line with its id. Neither can be forged by what a
// message or a file holds: every line of a diff begins with another character than a bare id. diff-tree is plumbing, so
// no configuration of the repository changes how a diff is written, and with that its patch-id.
import type { Readable } from 'node:stream'
import { GitError, startGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { readBytes } from '../decode/charset.ts'
import { type CommitFacts, commitFacts, type DiffFacts, diffFacts } from '../topic/commit.ts'

/** In the order of the ids; what is no commit is left out. */
export async function readCommits(directory: string, ids: readonly string[]): Promise<CommitFacts[]> {
  const objects = await readObjects(directory, ids)
  const diffs = await readDiffs(directory, ids, ['-M'])
  // git format-patch shows renames unless somebody's configuration says otherwise.
  const renaming = ids.filter(id => diffs.get(id)?.renames)
  const plain = renaming.length > 0 ? await readDiffs(directory, renaming, ['--no-renames']) : noDiffs
  return ids.flatMap(id => {
    const raw = objects.get(id)
    const written = [diffs.get(id), plain.get(id)].filter(diff => diff !== undefined)
    return raw === undefined ? [] : [commitFacts(id, raw, written)]
  })
}

const noDiffs: ReadonlyMap<string, DiffFacts> = new Map()

async function readObjects(directory: string, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const objects = new Map<string, Buffer>()
  const bytes = limits.commitMessageBytesMax
  await run(directory, ['cat-file', '--batch'], ids, async output => {
    let rest: Buffer = Buffer.alloc(0)
    let open: { id: string; kind: string; left: number; kept: Buffer[]; size: number } | null = null
    for await (const chunk of output as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      for (;;) {
        if (open === null) {
          const end = rest.indexOf(10)
          if (end < 0) break
          const [id = '', kind = '', size = '0'] = rest.subarray(0, end).toString('latin1').split(' ')
          rest = rest.subarray(end + 1)
          // "<id> missing" has no content.
          if (size !== '0' || kind === 'commit')
            open = { id, kind, left: Number(size) + 1, kept: [], size: 0 }
        }
        if (open === null) continue
        const part = rest.subarray(0, open.left)
        if (open.size < bytes) open.kept.push(Buffer.from(part.subarray(0, bytes - open.size)))
        open.size += part.length
        open.left -= part.length
        rest = rest.subarray(part.length)
        if (open.left > 0) break
        if (open.kind === 'commit') objects.set(open.id, Buffer.concat(open.kept))
        open = null
      }
    }
  })
  return objects
}

/** A diff beyond `commitDiffBytesMax`, or in which git was ended, is left out whole: half of one has another patch-id. */
async function readDiffs(
  directory: string,
  ids: readonly string[],
  renames: readonly string[],
): Promise<Map<string, DiffFacts>> {
  const asked = new Set(ids)
  const diffs = new Map<string, DiffFacts>()
  const words = [
    'diff-tree',
    '--stdin',
    '--root',
    '-r',
    '-p',
    '--full-index',
    '-U3',
    ...diffWords,
    ...renames,
  ]
  let id: string | null = null
  let kept: Buffer[] = []
  let size = 0
  const close = () => {
    if (id !== null && size <= limits.commitDiffBytesMax)
      diffs.set(id, diffFacts(readBytes(Buffer.concat(kept))))
  }
  const whole = await run(directory, words, ids, async output => {
    for await (const line of linesOf(output)) {
      const next = line.length <= 65 ? line.toString('latin1').trimEnd() : ''
      if (asked.has(next)) {
        close()
        id = next
        kept = []
        size = 0
      } else {
        size += line.length
        if (size <= limits.commitDiffBytesMax) kept.push(line)
        else kept = []
      }
    }
  })
  if (whole) close()
  return diffs
}

/** What the attributes and the configuration of a repository could name is not run. */
const diffWords = ['--no-ext-diff', '--no-textconv', '--no-color', '--src-prefix=a/', '--dst-prefix=b/']

/** Lines with their ends; of one that is longer than any diff read here, in pieces. */
async function* linesOf(output: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of output as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      yield rest.subarray(start, end + 1)
      start = end + 1
    }
    rest = rest.subarray(start)
    if (rest.length > pieceBytes) {
      yield rest
      rest = Buffer.alloc(0)
    }
  }
  if (rest.length > 0) yield rest
}

const pieceBytes = 1024 * 1024

/** A git that gets the ids; what it has written when its time is over counts. Resolves to whether it wrote all. */
async function run(
  directory: string,
  words: readonly string[],
  ids: readonly string[],
  read: (output: Readable) => Promise<void>,
): Promise<boolean> {
  const running = startGit(directory, ...words)
  const timer = setTimeout(() => void running.end(), limits.scanSecondsMax * 1_000)
  try {
    running.input.end(`${ids.join('\n')}\n`)
    await read(running.output)
    const stderr = running.stderr()
    if (stderr.startsWith('fatal:')) throw new GitError(stderr.split('\n')[0])
    return await running.ended
  } finally {
    clearTimeout(timer)
    await running.end()
  }
}
