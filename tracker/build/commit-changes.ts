// What a commit changes that somebody should look at before it runs, as git has it: what cannot be read as text, or is read over, and
// what is no plain file. Nothing of it is checked out, and nobody's filters are asked.
import { boundedGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'

/** Each a list of paths. */
export interface CommitChanges {
  readonly binary: readonly string[]
  /** With an added line beyond what anybody's screen shows. */
  readonly long: readonly string[]
  /** With an added character that turns the direction of the text around it: it is read in another order than it runs. */
  readonly turned: readonly string[]
  /** Symbolic links and submodules. */
  readonly links: readonly string[]
  /** Files that become executable. */
  readonly executable: readonly string[]
}

/** Throws `GitError` where git does not have both, or the difference is larger than anybody reads. */
export async function commitChanges(
  repository: string,
  base: string,
  commit: string,
): Promise<CommitChanges> {
  const difference = (...words: string[]) =>
    boundedGit(
      repository,
      ['-c', 'core.quotePath=false', 'diff', ...plain, ...words, '--end-of-options', base, commit],
      bounds,
    )
  const [files, text] = await Promise.all([
    difference('--raw', '--numstat', '-z'),
    difference('--unified=0', '--src-prefix=', '--dst-prefix='),
  ])
  return { ...ofFiles(files), ...ofLines(text) }
}

const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=none']
const bounds = {
  secondsMax: limits.lookSecondsMax,
  costs: { memoryBytes: limits.applyMemoryBytesMax, fileBytes: 0 },
}

/** `:OLDMODE NEWMODE ...` and a path, each with a NUL, then `ADDED REMOVED PATH`, which is `-` twice for what is no text. */
function ofFiles(output: string): Pick<CommitChanges, 'binary' | 'links' | 'executable'> {
  const found = { binary: [] as string[], links: [] as string[], executable: [] as string[] }
  const fields = output.split('\0')
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? ''
    const [, old, now] = /^:(\d{6}) (\d{6}) /.exec(field) ?? []
    if (now !== undefined) {
      const path = fields[++at] ?? ''
      if (now === '120000' || now === '160000') found.links.push(path)
      if (now === '100755' && old !== '100755') found.executable.push(path)
    } else if (field.startsWith('-\t-\t')) found.binary.push(field.slice('-\t-\t'.length))
  }
  return found
}

function ofLines(output: string): Pick<CommitChanges, 'long' | 'turned'> {
  const [long, turned] = [new Set<string>(), new Set<string>()]
  let [path, inHunk] = ['', false]
  for (const line of output.split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false
    else if (line.startsWith('@@ ')) inHunk = true
    else if (!inHunk && line.startsWith('+++ ')) path = line.slice('+++ '.length).replace(/\t$/, '')
    else if (inHunk && line.startsWith('+')) {
      if (line.length > limits.lookLineCharactersMax) long.add(path)
      if (turning.test(line)) turned.add(path)
    }
  }
  return { long: [...long], turned: [...turned] }
}

/** Embeddings, overrides and isolates (UAX 9). */
const turning = /[\u202a-\u202e\u2066-\u2069]/
