// Whether what the policy names is there: repositories with our hook, a spool that whoever pushes can write to, keys that can be
// read, programs that verify.
import { accessSync, constants, existsSync, type Stats, statSync } from 'node:fs'
import type { Key } from 'openpgp'
import type { Config } from '../../base/config.ts'
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { hookState } from '../../ci/hook.ts'
import { type Policy, type PolicyRepository, readPolicy } from '../../ci/policy.ts'
import { findProgram } from '../../ci/program.ts'
import { type SpoolState, spoolOf, spoolState } from '../../ci/spool.ts'
import { readSignerKeys } from '../../ci/verify/trust.ts'
import type { Finding } from './finding.ts'

/** Nothing where there is no policy. */
export async function policy({ ci, lists }: Pick<Config, 'ci' | 'lists'>, data: string): Promise<Finding[]> {
  if (ci.policy === null) return []
  const what = 'policy'
  let read: Policy
  try {
    read = readPolicy(ci.policy.path)
  } catch (error) {
    const mend = `mend it, or correct policy at ${ci.policy.at}; until then nothing is built`
    return [{ well: false, what, found: (error as Error).message, mend }]
  }
  const found = `${read.file}, ${read.repositories.length} repositories and ${read.signers.length} signers`
  const spool = spoolOf(ci, data)
  const findings: Finding[] = [{ well: true, what, found }, ...spoolRights(spool), ...(await lying(spool))]
  for (const repository of read.repositories) findings.push(...(await examine(repository, spool)))
  const names = lists.map(({ name }) => name)
  return [...findings, ...strangeLists(read, names), ...(await keys(read)), ...programs(read)]
}

/** Whoever may write to the spool could take others' pushes out of it otherwise. */
function spoolRights(spool: string): Finding[] {
  const info = statSync(spool, { throwIfNoEntry: false })
  if (info === undefined || (info.mode & 0o022) === 0 || (info.mode & 0o1000) !== 0) return []
  const found = `every account that may write to "${spool}" may remove what others left there`
  return [{ well: false, what: 'spool', found, mend: `chmod +t "${spool}"` }]
}

/** What lies there though a server that runs takes it away within seconds. */
async function lying(spool: string): Promise<Finding[]> {
  if (!existsSync(spool)) return []
  const { accounts, strange } = await spoolState(spool)
  return [...[...accounts].flatMap(one => waiting(spool, ...one)), ...strangers(spool, strange)]
}

function waiting(
  spool: string,
  account: number,
  { pushes, oldest }: { pushes: number; oldest: number },
): Finding[] {
  const isFull = pushes >= limits.spoolFilesMax
  if (!isFull && Date.now() - oldest < limits.spoolWaitingMillisecondsMax) return []
  const found = `${pushes} pushes of the account ${account} wait in "${spool}", the oldest since ${new Date(oldest).toISOString()}`
  const full = isFull ? '; its hooks leave no more' : ''
  const mend = `start "threadwork serve" with the role ci; where it runs, its log says why they wait`
  return [{ well: false, what: 'spool', found: `${found}${full}`, mend }]
}

function strangers(spool: string, strange: SpoolState['strange']): Finding[] {
  const [first] = strange
  if (first === undefined) return []
  const accounts = [...new Set(strange.map(({ account }) => account))].join(', ')
  const found = `${strange.length} things in "${spool}" are named like pushes and are none, such as ${JSON.stringify(first.name)}; they are of the accounts ${accounts}`
  return [
    { well: false, what: 'spool', found, mend: 'remove them, and ask those accounts what they left there' },
  ]
}

async function examine(repository: PolicyRepository, spool: string): Promise<Finding[]> {
  const { name, path } = repository
  const what = `pushes to ${name}`
  try {
    const hook = await hookState(path)
    const install = `threadwork hook install "${path}"`
    if (hook.spool === null)
      return [{ well: false, what, found: `"${path}" has no hook of ours, so none is seen`, mend: install }]
    if (hook.spool !== spool) {
      const found = `the hook "${hook.file}" leaves them in "${hook.spool}", and we look in "${spool}"`
      return [{ well: false, what, found, mend: install }]
    }
    if (!hook.isCurrent)
      return [{ well: false, what, found: `the hook "${hook.file}" is of another release`, mend: install }]
    const seen: Finding = { well: true, what, found: `${path}, by ${hook.file}` }
    return [
      seen,
      ...mayWrite(what, path, spool),
      ...(await nonceSeed(what, repository)),
      ...secrets(what, repository),
    ]
  } catch (error) {
    const mend = `git init --bare "${path}", or correct path of this repository in the policy`
    return [{ well: false, what, found: (error as Error).message, mend }]
  }
}

/** Whoever owns the repository is who pushes, as with gitolite. Which groups an account is in we do not know. */
function mayWrite(what: string, path: string, spool: string): Finding[] {
  const owner = statSync(path).uid
  const info = statSync(spool, { throwIfNoEntry: false })
  if (owner === 0 || writableBy(owner, info)) return []
  const found = `the account ${owner} owns "${path}" and cannot write to "${spool}", so its hook leaves nothing there`
  const mend = `install -d -m 1770 -o "$(id -un)" -g "$(stat -c %G "${path}")" DIRECTORY, name it as spool under [ci], and install the hook again`
  return [{ well: false, what, found, mend }]
}

/** One that is not there yet is made for us alone. */
function writableBy(account: number, info: Stats | undefined): boolean {
  if (info === undefined) return account === process.getuid?.()
  return info.uid === account ? (info.mode & 0o200) !== 0 : (info.mode & 0o022) !== 0
}

async function nonceSeed(what: string, { path, proofs }: PolicyRepository): Promise<Finding[]> {
  if (!proofs.some(({ require }) => require.includes('push-certificate'))) return []
  const seed = await git(path, 'config', '--get', 'receive.certNonceSeed').catch(error => {
    if (error instanceof GitError) return ''
    throw error
  })
  if (seed.trim() !== '') return []
  const found = 'it wants certificates of pushes, and git asks for none without a seed'
  const mend = `git -C "${path}" config receive.certNonceSeed "$(openssl rand -hex 32)"`
  return [{ well: false, what, found, mend }]
}

function secrets(what: string, repository: PolicyRepository): Finding[] {
  return repository.secrets.flatMap(({ name, file }) => {
    try {
      accessSync(file, constants.R_OK)
      return []
    } catch (error) {
      const found = `the secret ${name} cannot be read: ${(error as Error).message}`
      return [{ well: false, what, found, mend: `write it to ${file}, or correct file of this secret` }]
    }
  })
}

function strangeLists({ repositories, patches }: Policy, known: readonly string[]): Finding[] {
  const named = [...repositories.map(({ list }) => list), ...patches.map(({ list }) => list)]
  const strange = [...new Set(named.filter(list => list !== null && !known.includes(list)))]
  return strange.map(list => ({
    well: false,
    what: 'policy',
    found: `it names the list "${list}", which is none of ${known.join(', ') || 'the lists: there are none'}`,
    mend: 'correct list in the policy, or write a [[lists]] for it',
  }))
}

async function keys(read: Policy): Promise<Finding[]> {
  const what = 'keys of signers'
  const { keys: found, problems } = await readSignerKeys(read).catch((error: Error) => ({
    keys: new Map<string, Key>(),
    problems: [error.message],
  }))
  const ended = await Promise.all(
    [...found].map(async ([fingerprint, key]) => {
      const signs = await key.getSigningKey().then(
        () => null,
        (error: Error) => error.message,
      )
      return signs === null ? [] : [`The key ${fingerprint} cannot sign today: ${signs}`]
    }),
  )
  const mend = 'mend it, put the key as it is now into `keys` of the policy, or take the signer out'
  return [...problems, ...ended.flat()].map(problem => ({ well: false, what, found: problem, mend }))
}

function programs({ signers }: Policy): Finding[] {
  const wanted = [
    { kind: 'openpgp', program: 'gpg', from: 'gnupg' },
    { kind: 'ssh', program: 'ssh-keygen', from: 'openssh-client' },
  ].filter(({ kind }) => signers.some(({ key }) => key.kind === kind))
  return wanted.map(({ program, from }) => {
    const place = findProgram(program)
    const what = `${program} for signers`
    if (place !== null) return { well: true, what, found: place }
    return { well: false, what, found: 'it is not there', mend: `apt-get install ${from}` }
  })
}
