// What was made by an older program or under other settings: it is made again in place, while its pages are served.
import { type Kysely, sql } from 'kysely'
import { type ListId, listId } from '../../base/ids.ts'
import { keysThatChange } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { readAgain, wake } from '../../sql/wake.ts'
import { factsVersion } from '../mail/facts-of.ts'
import { foldVersion } from '../topic/fold.ts'
import { requeue } from './requeue.ts'

/** Clusters are folded again, also those that could not be folded, and mails read again, behind those that are new. */
export async function wakeOutdated(db: Kysely<Tables>): Promise<void> {
  await readAgain(db, sql`select list_id, seq from fact where version < ${factsVersion}`)
  await wake(db, sql`select id from cluster where folded < ${foldVersion}`, 'late')
}

/** Mails that were read under other settings of their list (address, List-Id, prefix) wait to be read again. */
export async function requeueChanged(db: Kysely<Tables>, only?: ListId): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select id from list where read_under is distinct from ${settings}
      and (${only ?? null}::integer is null or id = ${only ?? null}::integer)`.execute(db)
  for (const { id } of rows)
    await requeue(db, listId(id), async trx => {
      const { rows: changed } = await sql<{ fresh: boolean }>`
        update list set read_under = ${settings} from list old where old.id = list.id
          and list.id = ${id} and list.read_under is distinct from ${settings}
        returning old.read_under is null as fresh`.execute(trx)
      // A list that was just made has no mail that was read under other settings.
      return changed.some(({ fresh }) => !fresh)
    })
}

const values = keysThatChange('mails').map(key => sql`list.settings->>${sql.lit(key)}`)
const settings = sql`md5(concat_ws(chr(10), ${sql.join(values)}))`
