// The .mailmap of a list's repository, read at start: what it says of people changes which patches belong together.
import { existsSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'
import { GitError, git } from '../../base/git.ts'
import type { ListId } from '../../base/ids.ts'
import type { Log } from '../../base/log.ts'
import { toStorableJson } from '../../base/storable.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { parseMailmap } from '../topic/mailmap.ts'

/** Reads the map of each list that has a repository on this machine; answers the lists whose map changed. */
export async function readMailmaps(db: Kysely<Tables>, lists: readonly List[], log: Log): Promise<ListId[]> {
  const changed: ListId[] = []
  for (const list of lists) {
    if (list.repository === null || !existsSync(list.repository)) continue
    const map = toStorableJson(parseMailmap(await mailmapText(list.repository, log)))
    const { rows } = await sql`
      update list set mailmap = ${map}::jsonb where id = ${list.id} and mailmap <> ${map}::jsonb returning id`.execute(
      db,
    )
    if (rows.length > 0) changed.push(list.id)
  }
  return changed
}

/** Empty when the newest commit has none. */
async function mailmapText(repository: string, log: Log): Promise<string> {
  try {
    return await git(repository, 'show', '--end-of-options', 'HEAD:.mailmap')
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    log.info({ repository, reason: error.message.slice(0, 200) }, 'No .mailmap was read')
    return ''
  }
}
