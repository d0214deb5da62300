// The place of one build on the host: a directory with the bare repository of its commit, an account number that nobody
// else has, and a control group. The clone itself is not here but on a RAM disk inside of the sandbox, which is gone with
// its last process. What a killed runner leaves behind is found by the owner that each room names.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type CgroupBase, endCgroup } from './cgroup.ts'
import { identityOf, isAlive, killGroup, type ProcessIdentity } from './process.ts'

export interface Room {
  readonly directory: string
  /** What the build is given, for reading. */
  readonly given: string
  /** In there: a bare repository with the commit. */
  readonly repository: string
  /** passwd and group as the build sees them. */
  readonly etc: string
  /** For what the tier needs: a bundle, a state. */
  readonly tier: string
  /** On the host; nobody else has it, unless we are not root: then it is ours. */
  readonly account: { readonly uid: number; readonly gid: number }
  /** Of its control group. */
  readonly name: string
  /** Writes what the build shall find in its environment, and hands what is given to the account. */
  settle(environment: Readonly<Record<string, string>>): void
  /** For a later runner, should this one be killed. */
  note(pid: number): void
  end(): void
}

/** In the sandbox the build is user 1000 with this name. */
export const buildUser = { uid: 1_000, gid: 1_000, name: 'ci' } as const

/** Each room has as many account numbers as user namespaces want (systemd-nspawn, --private-users). */
export const accountsPerRoom = 65_536
/** Behind what login.defs, /etc/subuid and systemd hand out: 1879048192 to 2147352575 is nobody's (systemd, UIDS-GIDS). */
const firstAccount = 0x7000_0000
const roomsMax = 1_000

export function makeRoom(rooms: string): Room {
  const made = mkdirSync(rooms, { recursive: true })
  // The accounts of the rooms pass through, whatever our umask; each room is closed to all but its own.
  if (made !== undefined) chmodSync(rooms, 0o711)
  const directory = takeDirectory(rooms)
  const number = Number(directory.slice(directory.lastIndexOf('/') + 1))
  const [given, etc, tier] = ['given', 'etc', 'tier'].map(each => join(directory, each)) as [
    string,
    string,
    string,
  ]
  const room = { directory, given, repository: join(given, 'repository'), etc, tier }
  for (const each of [given, room.repository, etc, tier]) mkdirSync(each)
  writeFileSync(join(room.etc, 'passwd'), passwd)
  writeFileSync(join(room.etc, 'group'), group)
  const account = accountOf(number)
  const name = roomName(directory)
  return {
    ...room,
    account,
    name,
    settle(environment) {
      const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}\n`)
      writeFileSync(join(given, 'environment'), lines.join(''))
      settle(directory, account)
    },
    note: pid => writeFileSync(join(directory, 'process'), JSON.stringify(identityOf(pid))),
    end: () => remove(directory),
  }
}

/** What runners left that are gone; says how many rooms. */
export async function reapRooms(rooms: string, base: CgroupBase): Promise<number> {
  if (!existsSync(rooms)) return 0
  let reaped = 0
  for (const entry of readdirSync(rooms)) {
    const directory = join(rooms, entry)
    if (!isAbandoned(directory)) continue
    const left = read<ProcessIdentity>(join(directory, 'process'))
    if (left !== null && isAlive(left)) killGroup(left.pid)
    if (base !== null) await endCgroup(base, roomName(directory))
    remove(directory)
    reaped++
  }
  return reaped
}

/** A room comes into being with its owner's name in it, by one rename, so no room is without. */
function takeDirectory(rooms: string): string {
  const fresh = mkdtempSync(join(rooms, 'new-'))
  writeFileSync(join(fresh, 'owner'), JSON.stringify(identityOf(process.pid)))
  for (let number = 0; number < roomsMax; number++) {
    const directory = join(rooms, String(number))
    if (existsSync(directory)) continue
    try {
      renameSync(fresh, directory)
      return directory
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  rmSync(fresh, { recursive: true })
  throw new Error(`Cannot make another room in "${rooms}": there are ${roomsMax} builds`)
}

function isAbandoned(directory: string): boolean {
  const owner = read<ProcessIdentity>(join(directory, 'owner'))
  return owner === null ? ageMs(directory) > unnamedMilliseconds : !isAlive(owner)
}

/** Between the two lines that make a room and write its owner. */
const unnamedMilliseconds = 60_000
const ageMs = (directory: string): number =>
  Date.now() - (lstatSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())

function read<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return null
  }
}

const accountOf = (number: number): Room['account'] =>
  process.getuid?.() === 0
    ? {
        uid: firstAccount + number * accountsPerRoom + buildUser.uid,
        gid: firstAccount + number * accountsPerRoom + buildUser.gid,
      }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

/** Of its control group. */
export const roomName = (directory: string): string =>
  `room-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`

const passwd = `root:x:0:0:root:/:/usr/sbin/nologin
${buildUser.name}:x:${buildUser.uid}:${buildUser.gid}::/srv:/bin/sh
nobody:x:65534:65534::/:/usr/sbin/nologin
`
const group = `root:x:0:
${buildUser.name}:x:${buildUser.gid}:
nogroup:x:65534:
`

/** What is in the room is nothing that only its owner may read; who may enter the room is what is guarded. */
function settle(directory: string, { uid, gid }: Room['account']): void {
  const root = process.getuid?.() === 0
  const visit = (path: string): void => {
    const info = lstatSync(path)
    if (root) lchownSync(path, uid, gid)
    if (!info.isSymbolicLink()) chmodSync(path, info.isDirectory() ? 0o755 : 0o644)
    if (info.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name))
  }
  for (const name of ['given', 'etc']) visit(join(directory, name))
  chmodSync(directory, 0o700)
  if (root) lchownSync(directory, uid, gid)
}

/** We mount nothing there; should anything be, what is behind it is not ours to remove. */
function remove(directory: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
  const inside = mounts.split('\n').filter(line => line.split(' ')[1]?.startsWith(`${directory}/`))
  if (inside.length > 0) throw new Error(`Cannot remove "${directory}": ${inside[0]} is mounted there`)
  rmSync(directory, { recursive: true, force: true })
}
