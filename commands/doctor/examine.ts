// What `threadwork doctor` looks at, finding by finding, each with the command that mends it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../base/config.ts'
import { limits } from '../../base/limits.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import { withoutPassword } from '../../base/without-password.ts'
import { connect } from '../../sql/connect.ts'
import type { ServerLog } from '../../sql/embedded/embedded.ts'
import { foreignSchema, migrationState } from '../../sql/migrate.ts'
import { checkVersion, dataDirectory, joinServer } from '../../sql/server.ts'
import { builds } from './builds.ts'
import { contents } from './contents.ts'
import type { Finding } from './finding.ts'
import { certificate, disk, git, node, permissions } from './machine.ts'
import { policy } from './policy.ts'
import { port } from './ports.ts'
import { relay } from './relay.ts'
import { repositories } from './repositories.ts'
import { sandboxes } from './sandboxes.ts'
import { serves } from './serves.ts'
import { unixSocket } from './unix-socket.ts'

/** Changes nothing; starts the embedded server when it does not run, and stops it again. */
export async function examine(config: Config, log: ServerLog): Promise<Finding[]> {
  return [
    ...configured(config),
    node(),
    await git(),
    ...(await repositories(config.lists, dataDirectory(config, log))),
    ...(config.database === null ? dataFindings(dataDirectory(config, log)) : []),
    ...(await database(config, log)),
    await port('smtp', config.smtp),
    await port('web', config.web),
    ...(await lmtp(config.lmtp)),
    ...(config.metrics ? [await port('metrics', config.metrics)] : []),
    ...certificate(config.tls),
    await relay(config.relay, submittingOf(config)),
    ...(await policy(config, dataDirectory(config, log))),
    ...(await sandboxes(config.ci, dataDirectory(config, log))),
  ]
}

const submittingOf = ({ lists }: Config) =>
  lists.flatMap(({ name, webSubmission }) => (webSubmission ? [name] : []))

const lmtp = async (address: Config['lmtp']): Promise<Finding[]> => {
  if (address === null) return []
  return [typeof address === 'string' ? unixSocket(address) : await port('lmtp', address)]
}

const dataFindings = (data: string) => [permissions(data), disk(data)]

function configured({ file, lists }: Config): Finding[] {
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
  return [...findings, ...lists.map(listFinding)]
}

function listFinding({ name, address, people, maintainers, repository }: ListConfig): Finding {
  const what = `list ${name}`
  const found = `${address}, ${people.length} people with a role${maintainers ? ` and those of ${maintainers}` : ''}`
  const closed = `${found}: none of them is a maintainer, so nobody may change its states`
  const mend = 'write a [[lists.people]] with role = "maintainer" for this list'
  if (maintainers !== null && repository === null)
    return { well: false, what, found: closed, mend: `${mend}, or the repository that has ${maintainers}` }
  if (maintainers === null && people.length > 0 && !people.some(({ role }) => role === 'maintainer'))
    return { well: false, what, found: closed, mend }
  return { well: true, what, found }
}

async function database(config: Config, log: ServerLog): Promise<Finding[]> {
  const data = dataDirectory(config, log)
  const own = config.database
  if (own === null && !existsSync(join(data, 'postgres')))
    return [{ well: true, what: 'database', found: 'none yet (threadwork serve makes it)' }]
  const first: Finding[] =
    own === null ? [] : [{ well: true, what: 'database URL', found: withoutPassword(own) }]
  try {
    return [...first, ...(await askDatabase(config, log))]
  } catch (error) {
    const mend =
      own === null
        ? `see ${join(data, 'postgres.log')}`
        : `correct ${config.databaseAt}, or start that server`
    return [...first, { well: false, what: 'database', found: (error as Error).message, mend }]
  }
}

async function askDatabase(config: Config, log: ServerLog): Promise<Finding[]> {
  const server = await joinServer(config, log)
  const db = connect(server.url, {
    max: 1,
    connectSecondsMax: limits.databaseConnectSecondsMax,
  })
  try {
    const version: Finding = { well: true, what: 'database', found: `PostgreSQL ${await checkVersion(db)}` }
    const foreign = await foreignSchema(db)
    if (foreign !== null) return [version, { well: false, what: 'migrations', ...foreign }]
    const own = config.database === null ? [await serves(db)] : []
    const waiting = (await migrationState(db)).filter(({ done }) => !done).map(({ name }) => name)
    if (waiting.length === 0)
      return [version, migrationsRun, ...own, ...(await contents(db)), ...(await builds(db))]
    const found = `not run yet: ${waiting.join(', ')}`
    return [version, { well: false, what: 'migrations', found, mend: 'threadwork serve (runs them first)' }]
  } finally {
    await db.destroy()
    await server.leave()
  }
}

const migrationsRun: Finding = { well: true, what: 'migrations', found: 'all run' }
