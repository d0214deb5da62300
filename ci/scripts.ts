// What is read of a commit before anything of it runs: which scripts there are, and what `.ci/config.toml` wants. All of it is read
// from git's objects, never from a checkout, where a symbolic link could lead anywhere.
import { GitError, git } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { type BuildConfig, parseBuildConfig } from './build-config.ts'

export interface Script {
  /** `build`, or the name of the check. */
  readonly name: string
  /** Below the tree: `.ci/checks/style`. */
  readonly path: string
  /** Of its text, as git names it. */
  readonly blob: string
}

/** What the commit lacks, as a sentence for its author. */
export class SourceError extends Error {}

/** The build's own script first. Throws `SourceError` when it is not there, or something that is none stands in for one. */
export const readScripts = async (
  directory: string,
  commit: string,
  script: string,
): Promise<readonly Script[]> => [
  await buildScript(directory, commit, script),
  ...(await checkScripts(directory, commit)),
]

export async function readConfig(directory: string, commit: string): Promise<BuildConfig> {
  const path = '.ci/config.toml'
  const [entry] = await entriesOf(directory, commit, path)
  if (entry === undefined) return parseBuildConfig('')
  if (!entry.mode.startsWith('100')) throw new SourceError(`${path} is no file (git has mode ${entry.mode})`)
  if (entry.bytes > limits.buildConfigBytesMax)
    throw new SourceError(`${path} has ${entry.bytes} bytes; allowed: ${limits.buildConfigBytesMax}`)
  try {
    return parseBuildConfig(await git(directory, 'cat-file', 'blob', entry.id))
  } catch (error) {
    if (error instanceof GitError) throw error
    throw new SourceError((error as Error).message, { cause: error })
  }
}

async function buildScript(directory: string, commit: string, script: string): Promise<Script> {
  const [entry] = await entriesOf(directory, commit, script)
  if (entry === undefined) throw new SourceError(`There is no ${script} in ${commit}`)
  if (entry.mode !== executable)
    throw new SourceError(
      `${script} is no executable file (git has mode ${entry.mode}); allowed: ${executable}, made by git update-index --chmod=+x`,
    )
  return { name: script.replace(/^\.ci\//, ''), path: script, blob: entry.id }
}

/** In the order of their names. What is not executable may be for the others to read; a link is nobody's. */
async function checkScripts(directory: string, commit: string): Promise<Script[]> {
  const entries = await entriesOf(directory, commit, '.ci/checks/')
  const wrong = entries.find(({ mode, path }) => mode === '120000' || !checkPath.test(path))
  if (wrong !== undefined && wrong.mode !== directoryMode)
    throw new SourceError(
      `${JSON.stringify(wrong.path)} cannot be a check; allowed: a file, no link, with a name of ASCII letters, digits, ".", "_" and "-"`,
    )
  const checks = entries.filter(({ mode }) => mode === executable)
  if (checks.length > limits.buildChecksMax)
    throw new SourceError(
      `.ci/checks/ has ${checks.length} executable files; allowed: ${limits.buildChecksMax}`,
    )
  return checks.map(({ path, id }) => ({ name: path.replace(/^\.ci\/checks\//, ''), path, blob: id }))
}

const executable = '100755'
const directoryMode = '040000'
const checkPath = /^\.ci\/checks\/[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/

interface Entry {
  /** As git prints it: 100644, 100755, 120000 for a link, 160000 for a submodule, 040000. */
  readonly mode: string
  readonly id: string
  readonly bytes: number
  readonly path: string
}

async function entriesOf(directory: string, commit: string, path: string): Promise<Entry[]> {
  const text = await git(directory, 'ls-tree', '-z', '--long', '--full-tree', commit, '--', path)
  return text.split('\0').flatMap(line => {
    const [, mode = '', id = '', size = '', name = ''] =
      /^(\d{6}) \w+ ([0-9a-f]{40,64}) +(\d+|-)\t(.*)$/s.exec(line) ?? []
    return name === '' ? [] : [{ mode, id, bytes: Number(size) || 0, path: name }]
  })
}
