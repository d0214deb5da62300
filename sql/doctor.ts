// What `threadwork doctor` looks at, finding by finding, each with the command that mends it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { type Config, withoutPassword } from '../base/config.ts'
import { limits } from '../base/limits.ts'
import { connect } from './connect.ts'
import type { ServerLog } from './embedded/embedded.ts'
import { migrationState } from './migrate.ts'
import { checkVersion, dataDirectory, joinServer } from './server.ts'
import type { Tables } from './tables.ts'

export interface Finding {
  readonly well: boolean
  readonly what: string
  readonly found: string
  /** What to do when it is not well. */
  readonly mend?: string
}

/** Changes nothing; starts the embedded server when it does not run, and stops it again. */
export async function examine(config: Config, log: ServerLog): Promise<Finding[]> {
  return [
    ...configured(config),
    node(),
    await git(),
    ...(await database(config, log)),
    ...limitFindings(config),
  ]
}

function configured({ file, lists, relay }: Config): Finding[] {
  const findings: Finding[] = [
    {
      well: true,
      what: 'configuration',
      found: file ?? 'no threadwork.toml, the defaults hold (threadwork init writes one)',
    },
  ]
  if (lists.length === 0) {
    const mend = `write a [[lists]] with name and address into ${file}`
    findings.push({ well: false, what: 'lists', found: 'none, so no mail is accepted', mend })
  }
  for (const { name, address, people } of lists) {
    findings.push({
      well: true,
      what: `list ${name}`,
      found: `${address}, ${people.length} people with a role`,
    })
  }
  return [
    ...findings,
    { well: true, what: 'relay', found: relay ? withoutPassword(relay) : 'none configured' },
  ]
}

function node(): Finding {
  return { well: true, what: 'node', found: process.versions.node }
}

async function git(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'])
    return { well: true, what: 'git', found: stdout.trim().replace('git version ', '') }
  } catch (error) {
    return { well: false, what: 'git', found: (error as Error).message, mend: 'apt-get install git' }
  }
}

async function database(config: Config, log: ServerLog): Promise<Finding[]> {
  const data = dataDirectory(config, log)
  if (config.database === null && !existsSync(join(data, 'postgres'))) {
    return [
      { well: true, what: 'data directory', found: `${data}, no database yet (threadwork serve makes it)` },
    ]
  }
  const place = config.database === null ? data : withoutPassword(config.database)
  const first: Finding = {
    well: true,
    what: config.database === null ? 'data directory' : 'database URL',
    found: place,
  }
  try {
    return [first, ...(await askDatabase(config, log))]
  } catch (error) {
    const serverLog = join(data, 'postgres.log')
    const mend = config.database === null ? `see ${serverLog}` : 'correct DATABASE_URL, or start that server'
    return [first, { well: false, what: 'database', found: (error as Error).message, mend }]
  }
}

async function askDatabase(config: Config, log: ServerLog): Promise<Finding[]> {
  const server = await joinServer(config, log)
  const db = connect(server.url, { max: 1 })
  try {
    const version: Finding = { well: true, what: 'database', found: `PostgreSQL ${await checkVersion(db)}` }
    const waiting = (await migrationState(db)).filter(({ done }) => !done).map(({ name }) => name)
    if (waiting.length === 0) return [version, ...(await contents(db))]
    const found = `not run yet: ${waiting.join(', ')}`
    return [version, { well: false, what: 'migrations', found, mend: 'threadwork serve (runs them first)' }]
  } finally {
    await db.destroy()
    await server.leave()
  }
}

async function contents(db: Kysely<Tables>): Promise<Finding[]> {
  const { rows } = await sql<{ size: string; mails: string; unsorted: string }>`
    select pg_size_pretty(pg_database_size(current_database())) as size,
      (select count(*) from mail) as mails, (select count(*) from unsorted) as unsorted`.execute(db)
  const { size = '', mails = '0', unsorted = '0' } = rows[0] ?? {}
  const waiting = unsorted === '0' ? '' : ` (threadwork serve sorts them)`
  return [
    { well: true, what: 'migrations', found: 'all run' },
    { well: true, what: 'size', found: `${size}, ${mails} mails` },
    { well: true, what: 'unsorted mails', found: `${unsorted}${waiting}` },
  ]
}

function limitFindings(config: Config): Finding[] {
  const inForce = { ...limits, ...config.limits }
  return Object.entries(inForce).map(([name, value]) => ({
    well: true,
    what: name,
    found: value.toLocaleString('en'),
  }))
}
