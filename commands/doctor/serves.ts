// Which serves use the data directory, and whether two of them do the same.
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { readServeName } from '../serve/name.ts'
import type { Finding } from './finding.ts'

export async function serves(db: Kysely<Tables>): Promise<Finding> {
  const what = 'serve'
  const { rows } = await sql<{ name: string }>`
    select application_name as name from pg_stat_activity where backend_type = 'client backend'`.execute(db)
  const running = rows.map(({ name }) => readServeName(name)).filter(serve => serve !== null)
  if (running.length === 0) return { well: true, what, found: 'does not run here' }
  const found = running.map(({ roles, pid }) => `process ${pid} runs ${roles.join(',')}`).join('; ')
  const roles = running.flatMap(serve => serve.roles)
  const twice = [...new Set(roles.filter((role, place) => roles.indexOf(role) !== place))]
  if (twice.length === 0) return { well: true, what, found }
  const mend = 'end one of them, or give each its own roles with --only'
  return { well: false, what, found: `${twice.join(',')} runs twice on this data directory: ${found}`, mend }
}
