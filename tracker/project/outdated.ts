// After an upgrade: clusters that an older fold made are folded again in place, while their pages are served.
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { foldVersion } from '../topic/fold.ts'

/** Makes them dirty; a cluster that could not be folded is tried again too. */
export async function markOutdated(db: Kysely<Tables>): Promise<void> {
  await sql`update cluster set dirty = true where folded < ${foldVersion} and not dirty`.execute(db)
}
