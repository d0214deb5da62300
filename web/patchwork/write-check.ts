// A result that a program posts: `POST /patches/ID/checks/`. It becomes a note that answers the patch in the form of a CI's mail, so
// that the reader of mails makes the check of it; one that came by token is believed.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { checkId } from '../../base/check-id.ts'
import { listId, messageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { writeNote } from '../../tracker/answer/note.ts'
import { asNoted, contextCharactersMax, noteBlock } from '../../tracker/mail/check.ts'
import type { CheckFact } from '../../tracker/mail/facts.ts'
import { type Fields, type Problems, readBody, textIn } from './body.ts'
import { checkObject } from './objects.ts'
import { readProjects } from './projects.ts'
import { apiOf, notFound } from './request.ts'
import { findItem, type ItemRow } from './rows.ts'
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
  const { check, problems } = checkIn(fields)
  if (Object.keys(problems).length > 0) return c.json(problems, 400)
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

function checkIn(fields: Fields): { check: CheckFact; problems: Problems } {
  const problems: Problems = {}
  const state = stateIn(fields, problems)
  const context = contextIn(fields, problems)
  const url = urlIn(fields, problems)
  const description = textIn(fields, 'description', problems) ?? ''
  return { check: { context, state, description, url }, problems }
}

const states: readonly CheckFact['state'][] = ['pending', 'success', 'warning', 'fail']

function stateIn(fields: Fields, problems: Problems): CheckFact['state'] {
  const given = textIn(fields, 'state', problems)
  const state = states.find(one => one === given)
  if (state !== undefined) return state
  problems.state = given ? [`"${given}" is not a valid choice.`] : ['A check must have a state.']
  return 'pending'
}

function contextIn(fields: Fields, problems: Problems): string {
  const context = textIn(fields, 'context', problems) ?? 'default'
  if (!/^[-a-zA-Z0-9_]+$/.test(context))
    problems.context = ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.']
  else if (context.length > contextCharactersMax)
    problems.context = [`Ensure this field has no more than ${contextCharactersMax} characters.`]
  return context
}

/** One that the reader of mails finds again. */
function urlIn(fields: Fields, problems: Problems): string | null {
  const url = textIn(fields, 'target_url', problems) ?? null
  if (url === null) return null
  const isUrl = z.url({ protocol: /^https?$/ }).safeParse(url).success
  if (!isUrl || asNoted({ context: 'a', state: 'success', description: '', url }).url !== url)
    problems.target_url = ['Enter a valid URL.']
  return url
}
