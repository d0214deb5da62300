// The account that the embedded PostgreSQL runs under. PostgreSQL refuses root, so root hands the work to
// another uid, which must be able to reach every directory above the data.
import { existsSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export interface Account {
  readonly uid: number
  readonly gid: number
  /** `initdb` wants an account with a name; the server does not. */
  readonly forInitdb: { readonly uid: number; readonly gid: number }
}

// The account `nobody` is shared with other daemons, so a database made as nobody is given to a number that
// Debian assigns to nobody (60000 to 64999 are for packages that ask for one).
const privateId = 64_721

/** Null: we are not root, and the server runs as ourselves. */
export function serverAccount(database: string): Account | null {
  if (process.getuid?.() !== 0) return null
  const named = passwdEntry('postgres')
  const forInitdb = named ?? passwdEntry('nobody') ?? { uid: 65_534, gid: 65_534 }
  const owner = existsSync(database) ? statSync(database) : null
  // A database that stands keeps its owner, whatever accounts were added since.
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, forInitdb }
  return named ? { ...named, forInitdb } : { uid: privateId, gid: privateId, forInitdb }
}

function passwdEntry(name: string): { uid: number; gid: number } | null {
  if (!existsSync('/etc/passwd')) return null
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null
}

/** The first directory on the way to `path` (itself included) that the account cannot pass; null when it can. */
export function blockedAt(path: string, account: Account | null): string | null {
  if (account === null) return null
  const parents: string[] = []
  for (let at = resolve(path); parents[0] !== at; at = dirname(at)) parents.unshift(at)
  return parents.find(parent => existsSync(parent) && !canPass(parent, account.forInitdb)) ?? null
}

/** Gives a tree of files to the account. */
export function giveTo(account: Account | null, root: string): void {
  if (account === null) return
  lchownSync(root, account.uid, account.gid)
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(root, name), account.uid, account.gid)
  }
}

function canPass(directory: string, account: { uid: number; gid: number }): boolean {
  const { uid, gid, mode } = statSync(directory)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
