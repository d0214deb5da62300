// A state, a delegate, a commit: `PATCH /patches/ID/`, and of all patches of a series at once `PATCH /series/ID/`. It becomes a note
// (of a long series some, as a mail has only so many lines that are read) with the lines that a mail would have, so its writer may do what the person of the token may.
import type { Context } from 'hono'
import { type Kysely, sql } from 'kysely'
import { listId, messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { writeNotes } from '../../tracker/answer/note.ts'
import { type Fields, type Problems, readBody, readFields } from './body.ts'
import { patchDetail, seriesDetail } from './details.ts'
import { findUser } from './people.ts'
import { readProjects } from './projects.ts'
import { apiOf, needsTokenText, notFound } from './request.ts'
import { findItem, type ItemRow, readItems } from './rows.ts'
import { type ChangeFields, writeSchemas } from './write-schema.ts'
import { mayNot, writerOf } from './writer.ts'

type Database = Kysely<Tables>

export async function answerChange(c: Context, db: Database, kind: 'patch' | 'series'): Promise<Response> {
  const row = await findItem(db, kind, c.req.param('id'))
  const writer = writerOf(c, 'state', row?.list ?? null, needsTokenText)
  if (writer instanceof Response) return writer
  if (row === undefined) return notFound(c)
  const fields = await readBody(c)
  if (fields instanceof Response) return fields
  const { change, problems } = await changeIn(db, fields)
  const patches = kind === 'patch' ? [row] : await patchesOf(db, row)
  const lines = linesFor(change, patches, problems)
  if (Object.keys(problems).length > 0) return c.json(problems, 400)
  const names = patches.map(({ msgid }) => messageId(msgid))
  const [on] = names
  const about = { list: listId(row.list), kind: 'states' } as const
  const [first, ...others] =
    on === undefined ? [] : portions(lines).map(body => ({ ...about, on, names, body }))
  if (first === undefined) return changed(c, db, kind)
  const noted = await writeNotes(db, writer, [first, ...others])
  if (noted.outcome === 'missing') return notFound(c)
  if (noted.outcome === 'refused') return mayNot(c, noted.reason)
  return changed(c, db, kind)
}

/** Of the lines as many as are read of one mail. */
const portions = (lines: readonly string[]): string[] =>
  Array.from({ length: Math.ceil(lines.length / limits.tagsMax) }, (_, at) =>
    lines.slice(at * limits.tagsMax, (at + 1) * limits.tagsMax).join('\n'),
  )

async function changed(c: Context, db: Database, kind: 'patch' | 'series'): Promise<Response> {
  const row = await findItem(db, kind, c.req.param('id'))
  if (row === undefined) return notFound(c)
  const writing = { api: apiOf(c), projects: await readProjects(db) }
  const detail = await (kind === 'patch' ? patchDetail : seriesDetail)(db, writing, row)
  return detail === null ? notFound(c) : c.json(detail)
}

const patchesOf = async (db: Database, { id }: ItemRow): Promise<ItemRow[]> =>
  (await readItems(db, [sql`i.kind = 'patch'`, sql`i.parent = ${id}`])).toSorted(
    (a, b) => (a.data.number ?? 0) - (b.data.number ?? 0),
  )

interface Change extends Pick<ChangeFields, 'state' | 'archived'> {
  readonly commit: string | undefined
  /** An address; null for nobody. */
  readonly delegate: string | null | undefined
}

async function changeIn(db: Database, fields: Fields): Promise<{ change: Change; problems: Problems }> {
  const { said, problems } = readFields(writeSchemas.Change, withArchived(fields))
  const { state, archived, commit_ref, delegate: number } = said ?? {}
  const delegate = number == null ? number : (await findUser(db, number))?.address
  if (number != null && delegate === undefined)
    problems.delegate = [`Invalid pk "${number}" - object does not exist.`]
  return { change: { state, archived, commit: commit_ref?.toLowerCase(), delegate }, problems }
}

/** A form says yes in many words. */
function withArchived(fields: Fields): Fields {
  const given = fields.get('archived')
  const word = typeof given === 'object' ? '' : String(given).toLowerCase()
  if (/^(?:true|t|1|yes|y|on)$/.test(word)) return new Map([...fields, ['archived', true]])
  return /^(?:false|f|0|no|n|off)$/.test(word) ? new Map([...fields, ['archived', false]]) : fields
}

/** What is not so already, as lines; each names its patch. */
function linesFor(change: Change, patches: readonly ItemRow[], problems: Problems): string[] {
  const { state, archived, commit, delegate } = change
  const [first] = patches
  const taken = patches.filter(patch => (state ?? patch.state) === 'accepted')
  if (commit !== undefined && taken.length < patches.length)
    problems.commit_ref = ['A commit belongs to the state accepted.']
  const stated = patches.flatMap(patch => {
    const isNew = state !== undefined && state !== patch.state
    const names = commit !== undefined && commit !== patch.data.commit
    const words = [state ?? patch.state, ...(commit === undefined ? [] : [commit])].join(' ')
    return isNew || names ? [`Patch-Status: <${patch.msgid}> ${words}`] : []
  })
  const put = patches
    .filter(patch => archived !== undefined && archived !== patch.archived)
    .map(patch => `Archived: <${patch.msgid}> ${archived ? 'yes' : 'no'}`)
  const given =
    delegate !== undefined && first !== undefined && delegate !== (first.data.to?.address ?? null)
      ? [`Delegate: ${delegate ?? 'none'}`]
      : []
  return [...stated, ...put, ...given]
}
