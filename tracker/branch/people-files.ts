// What the newest commit of a list's repository says of its people: .mailmap, and the file that says who is maintainer
// of what. A change is dated: it holds from when it was seen.

import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { GitError, git } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { toStorableJson } from '../../base/storable.ts'
import { dateRoster } from '../../sql/date-roster.ts'
import type { List } from '../../sql/lists.ts'
import { mergedRoster } from '../../sql/merged-roster.ts'
import { renewPages } from '../../sql/pages-version.ts'
import type { Tables } from '../../sql/tables.ts'
import { readAgain, wake } from '../../sql/wake.ts'
import { addressesMeantOtherwise, type Mailmap, parseMailmap } from '../topic/mailmap.ts'
import { parseMaintainers } from '../topic/maintainers.ts'
import { inOrder } from './in-order.ts'

/** Reads both and, where they changed, has the list's mails sorted or folded again; their pages stand meanwhile. */
export async function readPeopleFiles(
  db: Kysely<Tables>,
  list: List,
  directory: string,
  log: Log,
): Promise<boolean> {
  const mailmap = await saveMailmap(db, list, await fileText(directory, '.mailmap', list, log))
  const name = list.maintainers
  const text = name === null ? '' : await fileText(directory, name, list, log)
  const roster = await saveMaintainers(db, list, text)
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
        ${isHere(sql`data->'sender'`)} or ${isHere(sql`data->'author'`)}
        or exists (select from jsonb_array_elements(data->'trailers') t where ${isHere(sql`t->'person'`)})))
      or exists (select from git_commit where list_id = ${list.id} and ${isHere(sql`data->'author'`)}) as here`.execute(
    db,
  )
  return rows[0]?.here ?? false
}

/** The states depend on who is maintainer. */
async function saveMaintainers(db: Kysely<Tables>, list: List, text: string): Promise<boolean> {
  const entries = toStorableJson(parseMaintainers(text, list.address))
  return inOrder(db, list.id, async trx => {
    await sql`
      update list set maintainers = ${entries}::jsonb
      where id = ${list.id} and maintainers <> ${entries}::jsonb`.execute(trx)
    const row = await trx
      .selectFrom('list')
      .select(['id', 'settings', 'maintainers'])
      .where('id', '=', list.id)
      .executeTakeFirstOrThrow()
    const changed = await datePeople(trx, row)
    if (changed) {
      await wake(trx, sql`select id from cluster where list_id = ${list.id}`, 'late')
      await renewPages(trx, list.id)
    }
    return changed
  })
}

/**
 * Answers whether there are others now. What the first look finds is no change: the people of the project were there
 * before, and the mails of its history are judged by them.
 */
async function datePeople(trx: Transaction<Tables>, row: Parameters<typeof dateRoster>[1]): Promise<boolean> {
  const seen = await trx
    .selectFrom('repository')
    .select('list_id')
    .where('list_id', '=', row.id)
    .executeTakeFirst()
  if (seen) return dateRoster(trx, row)
  const merged = toStorableJson(mergedRoster(row.settings.people, row.maintainers))
  const { rows } = await sql`
    update roster r set people = ${merged}::jsonb
    where r.id = (select id from roster where list_id = ${row.id} order by since desc, id desc limit 1)
      and r.people <> ${merged}::jsonb returning r.id`.execute(trx)
  return rows.length > 0
}

/** Empty when the newest commit has no such file. */
async function fileText(directory: string, path: string, list: List, log: Log): Promise<string> {
  try {
    const text = await git(directory, 'cat-file', 'blob', `HEAD:${path}`)
    if (text.length <= limits.maintainersFileBytesMax) return text
    log.warn({ list: list.name, path }, 'A file of the repository is too large to be read')
    return ''
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    log.debug({ list: list.name, path, reason: error.message.slice(0, 200) }, 'A file was not read')
    return ''
  }
}
