import { limits } from '../../base/limits.ts'
import type { Database } from '../../sql/server.ts'
import type { Role } from './options.ts'

export type Pools = Record<'main' | 'smtp' | 'web', Database['db']>

/** A mail and a page are not kept waiting by a database that is silent; sorting may take as long as it takes. */
export function openPools(database: Database, only: ReadonlySet<Role>): Pools {
  const bounded = (max: number) =>
    database.pool({
      max,
      answerSecondsMax: limits.databaseAnswerSecondsMax,
      connectSecondsMax: limits.databaseConnectSecondsMax,
    })
  return {
    main: database.db,
    smtp: only.has('smtp') ? bounded(limits.smtpDatabaseConnectionsMax) : database.db,
    web: bounded(limits.webDatabaseConnectionsMax),
  }
}
