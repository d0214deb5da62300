// The post-receive hook that says that something was pushed: a few lines of POSIX shell, because whoever pushes waits for it,
// and it must work for every account that may push, whether Threadwork runs or not.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { GitError, git } from '../base/git.ts'
import { limits } from '../base/limits.ts'
import { pushRecord } from './push-record.ts'

/** Writes what ci/push.ts reads. */
export const hookScript = (spool: string): string => `#!/bin/sh
# ${mark}, which writes it anew.
# Says in the spool what was pushed. It holds no push up and refuses none: it ends with 0, whatever happens.
spool=${quoted(spool)}
pushed=$(cat)
${pushRecord}

leave() {
  directory=$(cd "\${GIT_DIR:-.}" && pwd -P) || return 1
  # Others' do not count: nobody is kept out by what somebody else leaves there.
  own=0
  for each in "$spool"/push.*; do
    if [ -O "$each" ] && [ ! -h "$each" ]; then own=$((own + 1)); fi
  done
  [ "$own" -lt ${limits.spoolFilesMax} ] || return 1
  file=$(mktemp "$spool/new.XXXXXXXXXX") || return 1
  record_push >"$file" && chmod 644 "$file" && mv "$file" "$spool/push.\${file##*.}" && return 0
  rm -f "$file"
  return 1
}

(leave) 2>/dev/null || echo "Threadwork: no word of this push could be left in $spool, so it is not built" >&2
if [ -x "$0.chained" ]; then printf '%s\\n' "$pushed" | "$0.chained" "$@"; fi
exit 0
`

export const mark = 'Threadwork\'s hook, written by "threadwork hook install"'
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export interface Installed {
  readonly file: string
  /** The hook that stood there; null when there was none. */
  readonly chained: string | null
  /** It is called after ours. git calls none that is not executable (githooks(5)), and neither do we. */
  readonly isCalled: boolean
}

/** Throws an Error for whoever asked for it. Installing again changes nothing but the spool. */
export const installHook = async (repository: string, spool: string): Promise<Installed> =>
  placeHook(await hooksOf(repository), 'post-receive', hookScript(spool))

/** What stood there is kept beside it; `alone`: nothing may, for none can be called after it. */
export function placeHook(hooks: string, name: string, script: string, { alone = false } = {}): Installed {
  mkdirSync(hooks, { recursive: true })
  const file = join(hooks, name)
  const chained = `${file}.chained`
  if (isThere(file) && !isOurs(file)) {
    if (alone) throw new Error(`Cannot replace the hook "${file}"; allowed: none there, or ours`)
    if (isThere(chained))
      throw new Error(
        `Cannot keep the hook "${file}": "${chained}" is there already; allowed: one of the two, so join them`,
      )
    renameSync(file, chained)
  }
  const fresh = join(hooks, `.${name}.${randomBytes(8).toString('hex')}`)
  try {
    writeFileSync(fresh, script, { flag: 'wx' })
    chmodSync(fresh, 0o755)
    renameSync(fresh, file)
  } finally {
    rmSync(fresh, { force: true })
  }
  return { file, chained: isThere(chained) ? chained : null, isCalled: isExecutable(chained) }
}

export interface HookState {
  /** Where git looks for it. */
  readonly file: string
  /** Where it leaves pushes; null when there is no hook of ours. */
  readonly spool: string | null
  /** It is the one that this release installs. */
  readonly isCurrent: boolean
}

/** Throws an Error when it is no bare repository. */
export async function hookState(repository: string): Promise<HookState> {
  const file = join(await hooksOf(repository), 'post-receive')
  if (!isOurs(file)) return { file, spool: null, isCurrent: false }
  const text = readFileSync(file, 'utf8')
  const [, quotedSpool] = /^spool='(.*)'$/m.exec(text) ?? []
  const spool = quotedSpool?.replaceAll("'\\''", "'") ?? null
  return { file, spool, isCurrent: spool !== null && text === hookScript(spool) }
}

/** `core.hooksPath` of the repository says where git looks; it begins at the repository (git-config(1)). */
export async function hooksOf(repository: string): Promise<string> {
  const bare = await git(repository, 'rev-parse', '--is-bare-repository', '--absolute-git-dir').catch(
    error => {
      throw new Error(`Cannot use "${repository}": ${(error as Error).message}`, { cause: error })
    },
  )
  const [answer, directory = repository] = bare.split('\n')
  if (answer !== 'true')
    throw new Error(`Cannot use "${repository}"; allowed: a bare repository, which is pushed to`)
  const path = await git(repository, 'config', '--local', '--type=path', '--get', 'core.hooksPath').catch(
    error => {
      if (error instanceof GitError) return ''
      throw error
    },
  )
  return resolve(directory, path.replace(/\n$/, '') || 'hooks')
}

const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined
const isExecutable = (file: string): boolean =>
  ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0
const isOurs = (file: string): boolean => existsSync(file) && readFileSync(file, 'utf8').includes(`# ${mark}`)
