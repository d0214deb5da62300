// Whom the policy trusts, with their keys: read with openpgp.js, and for GnuPG in a home of its own that has the signers'
// public keys and nothing else. The homes are in a directory of the server, each named after what is in it.
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Key } from 'openpgp'
import { limits } from '../../base/limits.ts'
import { askProgram } from '../../base/program.ts'
import type { Policy } from '../policy.ts'
import { findProgram, searchPath } from '../program.ts'

export interface Trust {
  readonly policy: Policy
  /** Of the OpenPGP signers, by the fingerprint of the primary key in upper case. */
  readonly keys: ReadonlyMap<string, Key>
  /** GNUPGHOME. */
  readonly home: string
  /** Each a sentence: what of the policy cannot be used as it stands. */
  readonly problems: readonly string[]
}

/** `directory` is where the homes are. Throws when GnuPG is needed and cannot be had. */
export async function openTrust(policy: Policy, directory: string): Promise<Trust> {
  const { keys, problems } = await readSignerKeys(policy)
  const armored = [...keys.values()].map(key => key.armor()).sort()
  const home = await openHome(directory, armored)
  return { policy, keys, home, problems }
}

/** Opens it again when the policy is another one, or a file with keys has changed. */
export function trustKeeper(directory: string): (policy: Policy) => Promise<Trust> {
  let known: { policy: Policy; stamp: string; trust: Trust } | null = null
  return async policy => {
    const stamp = await stampOf(policy)
    if (known?.policy !== policy || known.stamp !== stamp)
      known = { policy, stamp, trust: await openTrust(policy, directory) }
    return known.trust
  }
}

async function stampOf(policy: Policy): Promise<string> {
  const states = (await keyFiles(policy)).map(async file => {
    const { mtimeMs, size, ino } = await stat(file)
    return `${file} ${mtimeMs} ${size} ${ino}`
  })
  return (await Promise.all(states)).join('\n')
}

/**
 * The keys of signers that are there, of any others in the directory none; one key in several files is all of them. Throws
 * when the directory cannot be read: that nobody is trusted would be an answer.
 */
export async function readSignerKeys(policy: Policy): Promise<Pick<Trust, 'keys' | 'problems'>> {
  const wanted = policy.signers.flatMap(({ key }) => (key.kind === 'openpgp' ? [key.fingerprint] : []))
  const keys = new Map<string, Key>()
  const problems = await revokedProblem(policy)
  for (const file of await keyFiles(policy)) {
    const read = await readFileKeys(file).catch(error => {
      problems.push(`Cannot read the key "${file}": ${(error as Error).message}`)
      return []
    })
    for (const key of read) {
      const fingerprint = key.getFingerprint().toUpperCase()
      if (wanted.includes(fingerprint))
        keys.set(fingerprint, (await keys.get(fingerprint)?.update(key)) ?? key)
    }
  }
  for (const { name, key } of policy.signers)
    if (key.kind === 'openpgp' && !keys.has(key.fingerprint))
      problems.push(
        `The key ${key.fingerprint} of the signer "${name}" is in no file of ${policy.keys ?? 'keys, which the policy does not name'}`,
      )
  return { keys, problems }
}

async function keyFiles({ keys }: Policy): Promise<string[]> {
  if (keys === null) return []
  const names = await readdir(keys).catch(error => {
    throw new Error(`Cannot read the keys of the policy: ${(error as Error).message}`, { cause: error })
  })
  return names
    .filter(name => /^[^.].*\.(?:asc|gpg|pgp)$/i.test(name))
    .sort()
    .map(name => join(keys, name))
}

async function readFileKeys(file: string): Promise<Key[]> {
  const { readKeys } = await import('openpgp')
  if ((await stat(file)).size > limits.keyFileBytesMax)
    throw new Error(`above ${limits.keyFileBytesMax} bytes`)
  const bytes = await readFile(file)
  const armored = /^\s{0,100}-----BEGIN PGP/.test(bytes.toString('latin1', 0, 200))
  const keys = await (armored
    ? readKeys({ armoredKeys: bytes.toString('latin1') })
    : readKeys({ binaryKeys: new Uint8Array(bytes) }))
  return keys.map(key => key.toPublic())
}

async function revokedProblem({ revoked }: Policy): Promise<string[]> {
  if (revoked === null) return []
  return access(revoked).then(
    () => [],
    error => [`Cannot read the list of revoked keys: ${(error as Error).message}`],
  )
}

/** Made beside and renamed, so that a home is whole when it is there. */
async function openHome(directory: string, armored: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(armored.join('\n')).digest('hex').slice(0, 32)
  const home = join(directory, hash)
  if (await isThere(home)) return home
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const fresh = await mkdtemp(join(directory, 'new-'))
  try {
    // The first keeps it from starting programs and asking key servers; some distributions write another file into a new home,
    // which makes a daemon keep the keys.
    await writeFile(join(fresh, 'gpg.conf'), 'no-autostart\nno-auto-key-retrieve\nno-auto-key-locate\n')
    await writeFile(join(fresh, 'common.conf'), '')
    if (armored.length > 0) await importKeys(fresh, armored)
    await rename(fresh, home)
  } catch (error) {
    if (!(await isThere(home))) throw error
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return home
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function importKeys(home: string, armored: readonly string[]): Promise<void> {
  const words = ['--homedir', home, '--batch', '--no-tty', '--quiet', '--import']
  const { code, said } = await askProgram(gpgProgram(), words, {
    env: { PATH: searchPath, LC_ALL: 'C', HOME: home },
    input: Buffer.from(armored.join('\n')),
    secondsMax: 60,
    bytesMax: 1024 ** 2,
  })
  if (code !== 0) throw new Error(`Cannot give GnuPG the keys of the signers: ${said.split('\n')[0]}`)
}

export function gpgProgram(): string {
  const program = findProgram('gpg')
  if (program === null) throw new Error('There is no gpg to verify signatures with: apt-get install gnupg')
  return program
}

export function sshKeygenProgram(): string {
  const program = findProgram('ssh-keygen')
  if (program === null)
    throw new Error('There is no ssh-keygen to verify signatures with: apt-get install openssh-client')
  return program
}
