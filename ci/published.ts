// The repository of ours that mailed patches are published in, DATA/ci.git: each revision that applied as
// refs/ci/LIST/TOPIC/vN, and beside them, under refs/kept/, the branches that they were put on, so that a base stays even
// when its own repository forgets it.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { boundedGit, GitError, git, upload } from '../base/git.ts'
import { limits } from '../base/limits.ts'

export const publishedRepository = (data: string): string => join(data, 'ci.git')

/** `topic` is the short id of its first mail: a Message-ID can be no part of a ref. */
export const publishedRef = (list: string, topic: string, version: number): string =>
  `refs/ci/${refPart(list)}/${topic}/v${version}`

/** Each day's has its date behind that: `refs/ci/LIST/nightly/2026-03-02`. No short id is so short. */
export const nightlyRefs = (list: string): string => `refs/ci/${refPart(list)}/nightly/`

/** What a list may be called and a ref may not (git-check-ref-format): two dots, and the ends `.` and `.lock`. */
const refPart = (list: string): string => list.replace(/\.(?=\.|$|lock$)/g, '_')

/** Made when it is not there; the directory for scratch repositories, too. */
export async function openPublished(data: string): Promise<{ repository: string; scratch: string }> {
  const repository = publishedRepository(data)
  if (!existsSync(join(repository, 'HEAD'))) {
    mkdirSync(repository, { recursive: true, mode: 0o700 })
    await git(repository, 'init', '--quiet', '--bare', '--template=', '.')
  }
  const scratch = join(data, 'ci-apply')
  mkdirSync(scratch, { recursive: true, mode: 0o700 })
  return { repository, scratch }
}

export interface Kept {
  /** As the policy's repository has it. */
  readonly branch: string
  readonly head: string
}

/** Brings these branches of a repository of this machine, and says where they stand; one that it lacks is left out. */
export async function keepBranches(
  published: string,
  { name, path }: { readonly name: string; readonly path: string },
  branches: readonly string[],
): Promise<Kept[]> {
  const heads = await git(path, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/')
  const all = heads.split('\n').flatMap((line): Kept[] => {
    const [, head = '', branch = ''] = /^([0-9a-f]{40,64}) refs\/heads\/(.+)$/.exec(line) ?? []
    return branch === '' ? [] : [{ branch, head }]
  })
  const wanted = branches.flatMap(branch => all.find(one => one.branch === branch) ?? [])
  const missing = await newer(published, name, wanted)
  if (missing.length > 0) await fetch(published, name, path, missing)
  return wanted
}

const keptRef = (name: string, branch: string): string => `refs/kept/${name}/${branch}`

async function newer(published: string, name: string, wanted: readonly Kept[]): Promise<Kept[]> {
  const text = await git(published, 'for-each-ref', '--format=%(objectname) %(refname)', `refs/kept/${name}/`)
  const have = new Set(text.split('\n'))
  return wanted.filter(({ branch, head }) => !have.has(`${head} ${keptRef(name, branch)}`))
}

async function fetch(
  published: string,
  name: string,
  path: string,
  branches: readonly Kept[],
): Promise<void> {
  const specs = branches.map(({ branch }) => `+refs/heads/${branch}:${keptRef(name, branch)}`)
  const way = ['-c', 'protocol.file.allow=always', ...tidy, 'fetch', '--quiet', '--no-tags', '--force']
  const options = ['--no-write-fetch-head', '--no-recurse-submodules', upload, '--end-of-options']
  await boundedGit(published, [...way, ...options, path, ...specs], { secondsMax: limits.fetchSecondsMax })
}

/**
 * git tidies up now and then; here, not in a process that is left behind. What no ref leads to any more stays for a quarter of a
 * year: of a text that another one replaced under its ref, builds may still wait and run.
 */
export const tidy = ['-c', 'gc.autoDetach=false', '-c', 'gc.pruneExpire=90.days.ago']

/** Of all lists, without those of nights. */
export async function publishedRefs(published: string): Promise<string[]> {
  const text = await git(published, 'for-each-ref', '--format=%(refname)', 'refs/ci/')
  return text.split('\n').filter(ref => ref !== '' && !/^refs\/ci\/[^/]+\/nightly\//.test(ref))
}

export async function dropRefs(published: string, refs: readonly string[]): Promise<void> {
  if (refs.length === 0) return
  const input = refs.map(ref => `delete ${ref}\n`).join('')
  await boundedGit(published, ['update-ref', '--stdin'], { secondsMax: limits.fetchSecondsMax, input })
}

/** With all that belongs to it: what git drops it drops as a whole, the commit with the rest. */
export const hasCommit = (repository: string, commit: string): Promise<boolean> =>
  git(repository, 'cat-file', '-e', `${commit}^{commit}`).then(
    () => true,
    () => false,
  )

export interface Reached {
  readonly commit: string
  /** A branch that we keep leads to it. */
  readonly byBranch: boolean
  /** Else what does, let in or not. */
  readonly published: readonly { readonly commit: string; readonly ref: string }[]
}

/** The commit of a full or abbreviated id, where something that we keep or published leads to it; else null. */
export async function reachable(published: string, name: string, id: string): Promise<Reached | null> {
  if (!/^[0-9a-f]{7,64}$/.test(id)) return null
  try {
    const commit = (await git(published, 'rev-parse', '--verify', '--quiet', `${id}^{commit}`)).trim()
    const leading = async (refs: string, count: string) => {
      const words = ['for-each-ref', count, '--format=%(objectname) %(refname)', `--contains=${commit}`]
      return (await git(published, ...words, refs)).split('\n').flatMap(line => {
        const [at = '', ref = ''] = line.split(' ')
        return ref === '' ? [] : [{ commit: at, ref }]
      })
    }
    if ((await leading(`refs/kept/${name}/`, '--count=1')).length > 0)
      return { commit, byBranch: true, published: [] }
    const others = await leading('refs/ci/', `--count=${limits.baseRefsMax}`)
    return others.length === 0 ? null : { commit, byBranch: false, published: others }
  } catch (error) {
    if (error instanceof GitError) return null
    throw error
  }
}

/** The newest commit of a branch, by its first parents, in which each of these files begins with that blob id. */
export async function newestWith(
  published: string,
  head: string,
  blobs: ReadonlyMap<string, string>,
): Promise<string | null> {
  if (blobs.size === 0) return null
  const wanted = new Map(blobs)
  const off = new Set<string>()
  const at = new Map<string, string>()
  const paths = [...blobs.keys()]
  const tree = await git(published, '--literal-pathspecs', 'ls-tree', '-r', '-z', head, '--', ...paths)
  for (const line of tree.split('\0')) {
    const [, id = '', path = ''] = /^\d{6} blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
    if (path !== '') at.set(path, id)
  }
  const isRight = (path: string) => (at.get(path) ?? '').startsWith(wanted.get(path) ?? '-')
  for (const path of paths) if (!isRight(path)) off.add(path)
  if (off.size === 0) return head
  const words = [
    'log',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--first-parent',
    '-m',
    '--format=%x01%P',
  ]
  const bounds = { secondsMax: limits.repositoryAskSecondsMax }
  const log = await boundedGit(
    published,
    ['--literal-pathspecs', ...words, `--max-count=${limits.baseCommitsMax}`, head, '--', ...paths],
    bounds,
  )
  // Of each commit what stood before it: its first parent is the newest commit that has that.
  let parent = ''
  const fields = log.split('\0')
  for (let field = 0; field < fields.length; field++) {
    const text = (fields[field] ?? '').replace(/^\n/, '')
    if (text.startsWith('\u0001')) {
      if (parent !== '' && off.size === 0) return parent
      parent = text.slice(1).split(/[ \n]/)[0] ?? ''
      continue
    }
    const old = /^:\d{6} \d{6} ([0-9a-f]+) [0-9a-f]+ [A-Z]/.exec(text)?.[1]
    if (old === undefined) continue
    const path = fields[++field] ?? ''
    at.set(path, /^0+$/.test(old) ? '' : old)
    if (isRight(path)) off.delete(path)
    else if (wanted.has(path)) off.add(path)
  }
  return parent !== '' && off.size === 0 ? parent : null
}
