// Who has a role on a list, and how sure it wants to be of a sender.
import type { Kysely } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Roster, Rules } from '../../tracker/topic/authority.ts'

export interface ListRules extends Pick<Rules, 'trust' | 'history' | 'needs'> {
  /** Of today. */
  readonly people: Roster
}

export async function readListRules(db: Kysely<Tables>, list: ListId): Promise<ListRules> {
  return db
    .selectFrom('list')
    .select(['people', 'trust', 'history', 'needs'])
    .where('id', '=', list)
    .executeTakeFirstOrThrow()
}
