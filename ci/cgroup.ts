// The control group of one build: memory, processes and processor of everything that runs in it, counted together, and
// the one list of what is left of it. Version 2 as systemd mounts it (delegated to us, or ours as root), or version 1 as
// root; elsewhere there is none, and resource limits of single processes have to do (wrap.ts).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface CgroupLimits {
  readonly memoryBytes: number
  readonly pids: number
  readonly cpus: number
}

export interface Cgroup {
  /** A process that writes 0 into each of these is in it, and so are its children. */
  readonly enter: readonly string[]
  /** How often memory ran out: each time the kernel killed a process of it. */
  oomKills(): number
  /** How often a process or thread was refused. */
  forksRefused(): number
  /** Kills all that is in it and removes it. */
  end(): Promise<void>
}

/** Directories in which those of the builds are made, one, or in version 1 one for each kind; null without any. */
export type CgroupBase =
  | { readonly version: 1; readonly directories: Readonly<Record<Kind, string>> }
  | { readonly version: 2; readonly directory: string }
  | null

const kinds = ['memory', 'pids', 'cpu'] as const
type Kind = (typeof kinds)[number]

export function cgroupBase(): CgroupBase {
  const root = process.getuid?.() === 0
  const two = mountsOf('cgroup2').find(({ point }) => hasKinds(point))
  if (two !== undefined) return versionTwo(root ? two.point : join(two.point, ownGroup()))
  return root ? versionOne() : null
}

export function makeCgroup(base: NonNullable<CgroupBase>, name: string, limits: CgroupLimits): Cgroup {
  const directories = directoriesOf(base, name)
  for (const directory of directories) mkdirSync(directory, { recursive: true })
  const files = base.version === 2 ? limitsOfTwo(limits) : limitsOfOne(limits)
  for (const [kind, file, value] of files) write(fileOf(base, name, kind, file), value)
  return {
    enter: directories.map(directory => join(directory, 'cgroup.procs')),
    oomKills: () =>
      count(
        fileOf(base, name, 'memory', base.version === 2 ? 'memory.events' : 'memory.oom_control'),
        'oom_kill',
      ),
    forksRefused: () => count(fileOf(base, name, 'pids', 'pids.events'), 'max'),
    end: () => endCgroup(base, name),
  }
}

/** Also of one that another process made. */
export async function endCgroup(base: NonNullable<CgroupBase>, name: string): Promise<void> {
  const directories = directoriesOf(base, name).filter(existsSync)
  // No process can be born in it while it is emptied.
  const pidsMax = fileOf(base, name, 'pids', 'pids.max')
  if (existsSync(pidsMax)) write(pidsMax, '0')
  for (const directory of directories) await remove(directory)
}

/** Kills until nobody is left; the kernel takes some time to bury the last one, and keeps the group as long. */
async function remove(directory: string): Promise<void> {
  const deadline = performance.now() + emptyMillisecondsMax
  for (;;) {
    // In version 2 systemd-nspawn makes groups below its own.
    const all = withGroupsBelow(directory)
    const pids = all.flatMap(each =>
      readFileSync(join(each, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean),
    )
    for (const pid of pids) kill(Number(pid))
    if (pids.length === 0 && all.every(removed)) return
    if (performance.now() > deadline)
      throw new Error(`Cannot remove ${directory}: the processes ${pids.join(', ')} do not end`)
    await sleep(5)
  }
}

/** The innermost first. */
const withGroupsBelow = (directory: string): string[] => [
  ...readdirSync(directory, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(entry => withGroupsBelow(join(directory, entry.name))),
  directory,
]

function removed(directory: string): boolean {
  try {
    rmdirSync(directory)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false
    throw error
  }
}

const emptyMillisecondsMax = 10_000

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

const ours = 'threadwork-ci'

/** The kernel lets a group have either processes or groups with limits, so what runs in ours moves into one of its own. */
function versionTwo(directory: string): CgroupBase {
  try {
    try {
      write(join(directory, 'cgroup.subtree_control'), controllers)
    } catch {
      moveAside(directory)
      write(join(directory, 'cgroup.subtree_control'), controllers)
    }
    mkdirSync(join(directory, ours), { recursive: true })
    write(join(directory, ours, 'cgroup.subtree_control'), controllers)
    return { version: 2, directory: join(directory, ours) }
  } catch {
    return null
  }
}

const controllers = kinds.map(kind => `+${kind}`).join(' ')

function moveAside(directory: string): void {
  const aside = join(directory, 'threadwork')
  mkdirSync(aside, { recursive: true })
  for (const pid of readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
    write(join(aside, 'cgroup.procs'), pid)
}

function versionOne(): CgroupBase {
  const mounts = mountsOf('cgroup')
  const found = kinds.map(
    kind => [kind, mounts.find(({ options }) => options.includes(kind))?.point] as const,
  )
  if (found.some(([, point]) => point === undefined)) return null
  const directories = Object.fromEntries(found.map(([kind, point = '']) => [kind, join(point, ours)]))
  try {
    for (const directory of Object.values(directories)) mkdirSync(directory, { recursive: true })
    return { version: 1, directories: directories as Record<Kind, string> }
  } catch {
    return null
  }
}

function limitsOfTwo({ memoryBytes, pids, cpus }: CgroupLimits): [Kind, string, string][] {
  const files: [Kind, string, string][] = [
    ['memory', 'memory.max', String(memoryBytes)],
    ['pids', 'pids.max', String(pids)],
    ['cpu', 'cpu.max', `${Math.round(cpus * periodMicroseconds)} ${periodMicroseconds}`],
  ]
  return swaps() ? [...files, ['memory', 'memory.swap.max', '0']] : files
}

function limitsOfOne({ memoryBytes, pids, cpus }: CgroupLimits): [Kind, string, string][] {
  const files: [Kind, string, string][] = [
    ['memory', 'memory.limit_in_bytes', String(memoryBytes)],
    ['pids', 'pids.max', String(pids)],
    ['cpu', 'cpu.cfs_period_us', String(periodMicroseconds)],
    ['cpu', 'cpu.cfs_quota_us', String(Math.round(cpus * periodMicroseconds))],
  ]
  return swaps() ? [...files, ['memory', 'memory.memsw.limit_in_bytes', String(memoryBytes)]] : files
}

const periodMicroseconds = 100_000

/** Beside its head the file has a line for each. */
const swaps = (): boolean => readFileSync('/proc/swaps', 'utf8').trim().split('\n').length > 1

const directoriesOf = (base: NonNullable<CgroupBase>, name: string): string[] =>
  base.version === 2 ? [join(base.directory, name)] : kinds.map(kind => join(base.directories[kind], name))

const fileOf = (base: NonNullable<CgroupBase>, name: string, kind: Kind, file: string): string =>
  join(base.version === 2 ? base.directory : base.directories[kind], name, file)

/** `name 3` on a line of its own. */
function count(file: string, name: string): number {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find(each => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}

function hasKinds(point: string): boolean {
  const file = join(point, 'cgroup.controllers')
  const there = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
  return kinds.every(kind => there.includes(kind))
}

/** In version 2: `0::/system.slice/threadwork.service`. */
const ownGroup = (): string => /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'

function mountsOf(type: string): { point: string; options: string[] }[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .filter(([, , found]) => found === type)
    .map(([, point = '', , options = '']) => ({ point, options: options.split(',') }))
}

const write = (file: string, text: string): void => writeFileSync(file, text)
