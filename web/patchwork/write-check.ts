// A result that a program posts: `POST /patches/ID/checks/`. It becomes a note that answers the patch in the form of a CI's mail, so
// that the reader of mails makes the check of it; one that came by token is believed.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { checkId } from '../../base/check-id.ts'
import { listId, messageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { writeNote } from '../../tracker/answer/note.ts'
import { noteBlock } from '../../tracker/mail/check.ts'
import { readBody, readFields } from './body.ts'
import { checkObject } from './objects.ts'
import { readProjects } from './projects.ts'
import { apiOf, notFound } from './request.ts'
import { findItem, type ItemRow } from './rows.ts'
import { writeSchemas } from './write-schema.ts'
import { mayNot, writerOf } from './writer.ts'

export async function answerNewCheck(c: Context, db: Kysely<Tables>): Promise<Response> {
  const patch = await findItem(db, 'patch', c.req.param('id'))
  // As patchwork: who has no token hears nothing of what is there.
  const writer = writerOf(
    c,
    'check',
    patch?.list ?? null,
    'You do not have permission to perform this action.',
  )
  if (writer instanceof Response) return writer
  if (patch === undefined) return notFound(c)
  const fields = await readBody(c)
  if (fields instanceof Response) return fields
  const { said, problems } = readFields(writeSchemas.NewCheck, fields)
  if (said === null) return c.json(problems, 400)
  const { state, context, target_url, description } = said
  const check = {
    state,
    context: context ?? 'default',
    description: description ?? '',
    url: target_url ?? null,
  }
  const noted = await writeNote(db, writer, {
    list: listId(patch.list),
    kind: 'checks',
    on: messageId(patch.msgid),
    body: noteBlock(check),
  })
  if (noted.outcome === 'missing') return notFound(c)
  if (noted.outcome === 'refused') return mayNot(c, noted.reason)
  return created(c, db, patch, Number(noted.seq))
}

async function created(c: Context, db: Kysely<Tables>, patch: ItemRow, seq: number): Promise<Response> {
  const writing = { api: apiOf(c), projects: await readProjects(db) }
  const row = await findItem(db, 'check', String(checkId(seq, 0)))
  // It is in the log and a worker has it; its number is known.
  if (row === undefined) return c.json({ detail: 'It is kept and will be shown soon.' }, 202)
  const object = checkObject(writing, patch.id, row)
  c.header('Location', object.url)
  return c.json(object, 201)
}
