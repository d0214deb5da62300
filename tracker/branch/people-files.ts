// What the newest commit of a list's repository says of its people: .mailmap, and the file that says who is maintainer
// of what. A change is dated: it holds from when it was seen.

import { type Kysely, type RawBuilder, sql } from 'kysely'
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { toStorableJson } from '../../base/storable.ts'
import { dateFile } from '../../sql/date-roster.ts'
import type { List } from '../../sql/lists.ts'
import { configuredRoster } from '../../sql/merged-roster.ts'
import { renewPages } from '../../sql/pages-version.ts'
import type { Tables } from '../../sql/tables.ts'
import { readAgain, wake } from '../../sql/wake.ts'
import { addressesMeantOtherwise, type Mailmap, parseMailmap } from '../topic/mailmap.ts'
import { parseMaintainers } from '../topic/maintainers.ts'
import { hasMaintainer } from '../topic/rules.ts'
import { inOrder } from './in-order.ts'

/** Reads both and, where they changed, has the list's mails sorted or folded again; their pages stand meanwhile. */
export async function readPeopleFiles(
  db: Kysely<Tables>,
  list: List,
  directory: string,
  log: Log,
): Promise<boolean> {
  const map = await fileText(directory, '.mailmap', list, log)
  const mailmap = map !== null && (await saveMailmap(db, list, map))
  if (list.maintainers === null) return mailmap
  const text = await fileText(directory, list.maintainers, list, log)
  const roster = text !== null && (await saveMaintainers(db, list, text, log))
  return mailmap || roster
}

/** Another .mailmap means other people: when one of them is on the list, all of its mails are sorted again. */
async function saveMailmap(db: Kysely<Tables>, list: List, text: string): Promise<boolean> {
  const mailmap = parseMailmap(text)
  const map = toStorableJson(mailmap)
  const { rows: other } = await sql`
    select from list where id = ${list.id} and mailmap <> ${map}::jsonb`.execute(db)
  if (other.length === 0) return false
  return inOrder(db, list.id, async trx => {
    const { rows } = await sql<{ before: Mailmap }>`
      update list set mailmap = ${map}::jsonb from list old
      where list.id = ${list.id} and old.id = list.id and list.mailmap <> ${map}::jsonb
      returning old.mailmap as before`.execute(trx)
    const [row] = rows
    if (row === undefined) return false
    const changed = await isAnyHere(trx, list, addressesMeantOtherwise(row.before, mailmap))
    if (changed) await readAgain(trx, sql`select list_id, seq from fact where list_id = ${list.id}`)
    return changed
  })
}

/** Does one of these addresses stand in a mail or a commit of the list? */
async function isAnyHere(db: Kysely<Tables>, list: List, addresses: readonly string[]): Promise<boolean> {
  const isHere = (person: RawBuilder<unknown>) => sql`${person}->>'address' = any(${addresses}::text[])`
  const { rows } = await sql<{ here: boolean }>`
    select exists (select from fact where list_id = ${list.id} and (
        ${isHere(sql`data->'sender'`)} or ${isHere(sql`data->'behalf'`)} or ${isHere(sql`data->'author'`)}
        or exists (select from jsonb_array_elements(data->'trailers') t where ${isHere(sql`t->'person'`)})))
      or exists (select from git_commit where list_id = ${list.id} and ${isHere(sql`data->'author'`)}) as here`.execute(
    db,
  )
  return rows[0]?.here ?? false
}

/** The states depend on who is maintainer. */
async function saveMaintainers(db: Kysely<Tables>, list: List, text: string, log: Log): Promise<boolean> {
  const entries = parseMaintainers(text, list.address)
  const changed = await inOrder(db, list.id, async trx => {
    const row = await trx
      .updateTable('list')
      .set({ maintainers: toStorableJson(entries) })
      .where('id', '=', list.id)
      // The configuration may name another file by now.
      .where(sql<boolean>`settings->>'maintainers' = ${list.maintainers}`)
      .returning(['id', 'settings', 'maintainers'])
      .executeTakeFirst()
    if (row === undefined || !(await dateFile(trx, row))) return false
    await wake(trx, sql`select id from cluster where list_id = ${list.id}`, 'late')
    await renewPages(trx, list.id)
    return true
  })
  if (changed && !hasMaintainer([...configuredRoster(list.people), ...entries]))
    log.warn(
      { list: list.name, path: list.maintainers },
      'A list has no maintainer, so nobody may change its states',
    )
  return changed
}

/** Empty when the newest commit has no such file; null when it could not be read, and what was read before holds. */
async function fileText(directory: string, path: string, list: List, log: Log): Promise<string | null> {
  const about = { list: list.name, path }
  try {
    if ((await git(directory, 'ls-tree', '--full-tree', 'HEAD', '--', path)) === '') return ''
    const text = await git(directory, 'cat-file', 'blob', `HEAD:${path}`)
    if (text.length <= limits.maintainersFileBytesMax) return text
    log.warn(about, 'A file of the repository is too large to be read')
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    log.warn({ ...about, reason: error.message.slice(0, 200) }, 'A file of the repository was not read')
  }
  return null
}
