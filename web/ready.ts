// Whether this process can do its work: its database answers and has the tables of this program.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { limits } from '../base/limits.ts'
import { migrationState } from '../sql/migrate.ts'
import type { Tables } from '../sql/tables.ts'

/** Null when it is ready, else the reason, fit for strangers: no host, no user, no path. Never rejects. */
export async function whyNotReady(db: Kysely<Tables>): Promise<string | null> {
  const late = sleep(limits.readySecondsMax * 1000, 'the database does not answer', { ref: false })
  return Promise.race([askDatabase(db), late])
}

async function askDatabase(db: Kysely<Tables>): Promise<string | null> {
  try {
    const missing = (await migrationState(db)).filter(({ done }) => !done)
    if (missing.length === 0) return null
    return `${missing.length} migrations have not run; "threadwork serve" runs them when it starts`
  } catch {
    return 'the database does not answer'
  }
}
