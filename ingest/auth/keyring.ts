// The operator's keys, a directory: OpenPGP keys anywhere in it (.asc, .gpg, .pgp), and keys by person as patatt and b4
// keep them, `ed25519/DOMAIN/LOCAL/SELECTOR`, `openssh/...` and `openpgp/...`. It is read again when a file changes.
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Key } from 'openpgp'
import { limits } from '../../base/limits.ts'

export interface PgpKey {
  readonly key: Key
  /** Whom it belongs to, in lower case: its user ids, or the person whose file it is. */
  readonly addresses: readonly string[]
  /** Below the directory. */
  readonly file: string
}

export interface PersonKey {
  readonly algorithm: 'ed25519' | 'openssh'
  /** Lower case. */
  readonly address: string
  readonly selector: string
  readonly text: string
  readonly file: string
}

export interface Keys {
  readonly pgp: readonly PgpKey[]
  readonly people: readonly PersonKey[]
  /** Everybody who has a key here. */
  readonly addresses: ReadonlySet<string>
  /** Files that could not be read, each as a sentence. */
  readonly problems: readonly string[]
}

/** Answers the keys as they are now. Null is a keyring without keys. */
export type Keyring = () => Promise<Keys>

export function openKeyring(directory: string | null): Keyring {
  let read: { readonly state: string; readonly keys: Promise<Keys> } | undefined
  let lookedAt = 0
  return async () => {
    if (directory === null) return noKeys
    if (read && performance.now() - lookedAt < limits.keyringLookMillisecondsMax) return read.keys
    lookedAt = performance.now()
    const found = await listFiles(directory)
    const state = found.files.map(({ file, changed }) => `${file} ${changed}`).join('\n')
    if (read?.state !== state) read = { state, keys: readKeys(directory, found) }
    return read.keys
  }
}

const noKeys: Keys = { pgp: [], people: [], addresses: new Set(), problems: [] }

interface Found {
  readonly files: readonly { readonly file: string; readonly changed: string }[]
  readonly problems: readonly string[]
}

/** Links are followed, as patatt's `default` is one; .git and other hidden names are not looked at. */
async function listFiles(directory: string): Promise<Found> {
  const files: { file: string; changed: string }[] = []
  const problems: string[] = []
  const walk = async (below: string, depth: number): Promise<void> => {
    for (const name of (await readdir(join(directory, below))).sort()) {
      const file = join(below, name)
      if (name.startsWith('.') || files.length >= limits.keyringFilesMax) continue
      const state = await stat(join(directory, file)).catch(error => error as Error)
      if (state instanceof Error) problems.push(`${file}: ${state.message}`)
      else if (state.isFile()) files.push({ file, changed: `${state.mtimeMs} ${state.size} ${state.ino}` })
      else if (state.isDirectory() && depth < 8)
        await walk(file, depth + 1).catch(error => problems.push(`${file}: ${(error as Error).message}`))
    }
  }
  await walk('', 0).catch(error => problems.push((error as Error).message))
  return { files, problems }
}

async function readKeys(directory: string, found: Found): Promise<Keys> {
  const pgp: PgpKey[] = []
  const people: PersonKey[] = []
  const problems = [...found.problems]
  for (const { file } of found.files) {
    try {
      const owner = ownerOf(file)
      if (owner === null && !/\.(?:asc|gpg|pgp)$/i.test(file)) continue
      const bytes = await readFile(join(directory, file))
      if (bytes.length > limits.keyFileBytesMax) throw new Error(`above ${limits.keyFileBytesMax} bytes`)
      if (owner === null || owner.algorithm === 'openpgp')
        pgp.push(...(await readPgpKeys(bytes, file, owner?.address)))
      else people.push({ ...owner, algorithm: owner.algorithm, text: bytes.toString('latin1').trim(), file })
    } catch (error) {
      problems.push(`${file}: ${(error as Error).message}`)
    }
  }
  const addresses = new Set([...pgp.flatMap(key => key.addresses), ...people.map(key => key.address)])
  return { pgp, people, addresses, problems }
}

interface Owner {
  readonly algorithm: 'ed25519' | 'openssh' | 'openpgp'
  readonly address: string
  readonly selector: string
}

/** From the last four names of the path (patatt's make_pkey_path); null for any other path. */
function ownerOf(file: string): Owner | null {
  const [algorithm, domain, local, selector] = file.split('/').slice(-4).map(unquote)
  if (algorithm !== 'ed25519' && algorithm !== 'openssh' && algorithm !== 'openpgp') return null
  if (!domain || !local || !selector) return null
  return { algorithm, address: `${local}@${domain}`.toLowerCase(), selector: selector.toLowerCase() }
}

/** Python's quote_plus, undone. */
const unquote = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))

export async function readPgpKeys(bytes: Buffer, file: string, owner: string | undefined): Promise<PgpKey[]> {
  const { readKeys: read } = await import('openpgp')
  const armored = /^\s{0,100}-----BEGIN PGP/.test(bytes.toString('latin1', 0, 200))
  const keys = await (armored
    ? read({ armoredKeys: bytes.toString('latin1') })
    : read({ binaryKeys: new Uint8Array(bytes) }))
  return Promise.all(
    keys.map(async key => ({
      key: key.toPublic(),
      addresses: owner === undefined ? await usersOf(key) : [owner],
      file,
    })),
  )
}

/** The addresses of user ids that the key itself certifies and has not revoked. */
async function usersOf(key: Key): Promise<string[]> {
  const held = await Promise.all(
    key.users.map(async user => ((await holds(user.verify())) ? user.userID?.email.toLowerCase() : '')),
  )
  return [...new Set(held.filter(address => address !== undefined && address !== ''))] as string[]
}

const holds = (verified: Promise<unknown>) =>
  verified.then(
    () => true,
    () => false,
  )

/** For reports: 16 hex digits of the fingerprint. */
export const keyName = (key: Key): string => key.getFingerprint().slice(-16).toUpperCase()

export const signatureHash = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex')
