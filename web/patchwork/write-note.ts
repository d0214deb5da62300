// A few words of a person or a program for the timeline of a patchset: `POST /patches/ID/notes/`, which patchwork has not.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { listId, messageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { writeNote } from '../../tracker/answer/note.ts'
import { paths } from '../paths.ts'
import { readBody, readFields } from './body.ts'
import { readProjects } from './projects.ts'
import { apiOf, needsTokenText, notFound } from './request.ts'
import { findItem } from './rows.ts'
import { writeSchemas } from './write-schema.ts'
import { writerOf } from './writer.ts'

export async function answerNewNote(c: Context, db: Kysely<Tables>): Promise<Response> {
  const patch = await findItem(db, 'patch', c.req.param('id'))
  const writer = writerOf(c, 'note', patch?.list ?? null, needsTokenText)
  if (writer instanceof Response) return writer
  if (patch === undefined) return notFound(c)
  const fields = await readBody(c)
  if (fields instanceof Response) return fields
  const { said, problems } = readFields(writeSchemas.NewNote, fields)
  if (said === null) return c.json(problems, 400)
  const { content } = said
  const noted = await writeNote(db, writer, {
    list: listId(patch.list),
    kind: 'notes',
    on: messageId(patch.msgid),
    body: content,
  })
  if (noted.outcome === 'missing') return notFound(c)
  if (noted.outcome === 'refused') return c.json({ content: [noted.reason] }, 400)
  const list = (await readProjects(db)).list(patch.list).name
  const { origin } = apiOf(c)
  return c.json({ msgid: `<${noted.note}>`, web_url: origin + paths.mail(list, noted.note), content }, 201)
}
