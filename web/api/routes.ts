// `/api/v1`: our own API, read-only. A list's topics, one topic with its revisions, patches and bug, a mail, the people with a role,
// and the search; and beside it the document that describes both APIs.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Kysely } from 'kysely'
import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { numbersOf } from '../../tracker/project/bug-number.ts'
import { revisionNamed } from '../../tracker/topic/revision-name.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { safeHeaders, throughSearches } from '../answer.ts'
import { answerLarge } from '../large.ts'
import { contentBytes, readContents } from '../patchwork/mail-content.ts'
import { paths } from '../paths.ts'
import { readHits } from '../read/hits.ts'
import { findListRow, type ListRow, type LocatedMail, locateMail } from '../read/located-mail.ts'
import { findPlace } from '../read/place.ts'
import { readQuery } from '../read/query.ts'
import { readTopic } from '../read/topic.ts'
import { readTopicRun, type TopicChoice } from '../read/topic-rows.ts'
import { answerDocument, answerDocumentPage } from './document.ts'
import { personObject } from './person-object.ts'
import { topicLine } from './topic-line.ts'
import { topicObject, wholePatch, wholeRevision } from './topic-object.ts'
import { unlessUnchanged } from './unchanged.ts'

type Database = Kysely<Tables>

const kinds: readonly Topic['kind'][] = ['patchset', 'bug', 'discussion', 'report', 'announcement', 'spam']

const refuse = (c: Context, status: 400 | 404 | 405 | 500, detail: string) => c.json({ detail }, status)

export function ownApi({
  db,
  onError,
}: {
  db: Database
  onError: (error: Error, path: string) => void
}): Hono {
  const api = new Hono()
  const guard: MiddlewareHandler = async (c, next) => {
    for (const [name, value] of Object.entries(safeHeaders)) c.header(name, value)
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      c.header('Allow', 'GET, HEAD')
      return refuse(c, 405, `Method "${c.req.method}" not allowed.`)
    }
    return next()
  }
  for (const path of ['/api/v1/*', '/api/openapi.json', '/api/docs/'])
    api.use(path, guard, unlessUnchanged(db), throughSearches)
  api.get('/api/openapi.json', answerDocument)
  api.get('/api/docs/', answerDocumentPage)
  api.get('/api/v1/:list/topics', c => withList(c, db, list => answerTopics(c, db, list)))
  api.get('/api/v1/:list/topics/:id', c => withMail(c, db, at => answerTopic(c, db, at)))
  api.get('/api/v1/:list/topics/:id/revisions/:name{\\d{1,9}(?:\\.\\d{1,9})?}', c =>
    withMail(c, db, at => answerRevision(c, db, at)),
  )
  api.get('/api/v1/:list/patches/:id', c => withMail(c, db, at => answerPatch(c, db, at)))
  api.get('/api/v1/:list/bugs/:number{\\d{1,9}}', c => withList(c, db, list => answerBug(c, db, list)))
  api.get('/api/v1/:list/mails/:id', c => withMail(c, db, at => answerMail(c, db, at)))
  api.get('/api/v1/:list/people', c => withList(c, db, list => answerPeople(c, list)))
  api.get('/api/v1/:list/people/:address', c => withList(c, db, list => answerPerson(c, db, list)))
  api.get('/api/v1/:list/search', c => answerSearch(c, db))
  api.all('/api/v1/*', c => refuse(c, 404, 'Not found.'))
  api.onError((error, c) => {
    onError(error, c.req.path)
    return refuse(c, 500, 'A server error occurred.')
  })
  return api
}

async function withList(
  c: Context,
  db: Database,
  answer: (list: ListRow) => Promise<Response> | Response,
): Promise<Response> {
  const list = await findListRow(db, c.req.param('list') ?? '')
  return list ? answer(list) : refuse(c, 404, 'There is no such list.')
}

async function withMail(
  c: Context,
  db: Database,
  answer: (at: LocatedMail) => Promise<Response>,
): Promise<Response> {
  const located = await locateMail(db, c.req.param('list') ?? '', c.req.param('id') ?? '')
  if (located === undefined) return refuse(c, 404, 'There is no such list.')
  return 'unknown' in located ? refuse(c, 404, 'The list has no such mail.') : answer(located)
}

const originOf = (c: Context): string => c.get('base') ?? ''

async function answerTopics(c: Context, db: Database, list: ListRow): Promise<Response> {
  const { kind, state, before } = c.req.query()
  const wanted = kinds.find(one => one === kind)
  if (kind !== undefined && wanted === undefined)
    return refuse(c, 400, `kind is "${kind}"; allowed: ${kinds.join(', ')}`)
  if (state !== undefined && state !== 'open' && state !== 'closed')
    return refuse(c, 400, `state is "${state}"; allowed: open, closed`)
  const choice: TopicChoice = {
    limit: limits.apiPageItems,
    ...(wanted === undefined ? {} : { kind: wanted }),
    ...(state === undefined ? {} : { open: state === 'open' }),
    ...(before === undefined ? {} : { before }),
  }
  const { rows, next } = await readTopicRun(db, list.id, choice)
  return c.json({ topics: rows.map(row => topicLine(originOf(c), list.name, row)), next })
}

/** By any of its mails. */
async function answerTopic(c: Context, db: Database, { list, topic: at }: LocatedMail): Promise<Response> {
  const topic = at && (await readTopic(db, list.id, at.key))
  if (!topic) return refuse(c, 404, 'The mail is not sorted yet.')
  const numbers = topic.bug ? await numbersOf(db, list.id, [topic]) : undefined
  return c.json(topicObject(originOf(c), list.name, topic, numbers?.get(topic.id) ?? null))
}

/** `3`, or `3.2` for one that was sent again. */
async function answerRevision(c: Context, db: Database, { list, topic: at }: LocatedMail): Promise<Response> {
  const topic = at && (await readTopic(db, list.id, at.key))
  if (!topic) return refuse(c, 404, 'The mail is not sorted yet.')
  const revision = revisionNamed(topic.revisions, `v${c.req.param('name')}`)
  return revision
    ? c.json(wholeRevision(originOf(c), list.name, topic, revision))
    : refuse(c, 404, 'The topic has no such revision.')
}

async function answerPatch(
  c: Context,
  db: Database,
  { list, id, topic: at }: LocatedMail,
): Promise<Response> {
  const topic = at && (await readTopic(db, list.id, at.key))
  const patch = topic ? wholePatch(originOf(c), list.name, topic, id) : null
  return patch ? c.json(patch) : refuse(c, 404, 'The mail is no patch.')
}

async function answerPerson(c: Context, db: Database, list: ListRow): Promise<Response> {
  const person = await personObject(db, originOf(c), list, c.req.param('address') ?? '')
  return person ? c.json(person) : refuse(c, 404, 'The list knows no such person.')
}

async function answerBug(c: Context, db: Database, list: ListRow): Promise<Response> {
  const row = await db
    .selectFrom('bug_number')
    .select('message_id')
    .where('list_id', '=', list.id)
    .where('number', '=', Number(c.req.param('number')))
    .executeTakeFirst()
  const located = row && (await locateMail(db, list.name, row.message_id))
  return located && !('unknown' in located)
    ? answerTopic(c, db, located)
    : refuse(c, 404, 'The list has no bug of this number.')
}

async function answerMail(c: Context, db: Database, { list, id, topic }: LocatedMail): Promise<Response> {
  return answerLarge(c, await contentBytes(db, list.id, [id]), async () => {
    const [said, whole] = await Promise.all([
      readContents(db, list.id, [id]).then(contents => contents.get(id)),
      topic && readTopic(db, list.id, topic.key),
    ])
    if (!said) return refuse(c, 404, 'The list has no such mail.')
    return c.json({
      list: list.name,
      id: messageId(id),
      topic: whole?.id ?? null,
      headers: said.headers,
      text: said.content,
      diff: said.diff,
      url: originOf(c) + paths.mail(list.name, id),
      raw_url: originOf(c) + paths.raw(list.name, id),
    })
  })
}

/** Those that the configuration names. */
const answerPeople = (c: Context, { people }: ListRow): Response =>
  c.json({
    people: people.map(({ name, address, role, paths: files }) => ({ name, address, role, paths: files })),
  })

/** Of one list, or of `all`. */
async function answerSearch(c: Context, db: Database): Promise<Response> {
  const place = await findPlace(db, c.req.param('list') ?? '')
  if (!place) return refuse(c, 404, 'There is no such list.')
  const pages = limits.countShownMax / limits.apiPageItems
  const asked = c.req.query('page') ?? '1'
  const page = /^\d{1,4}$/.test(asked) ? Number(asked) : 0
  if (page < 1 || page > pages)
    return refuse(c, 400, `page is "${asked}"; allowed: 1 to ${Math.floor(pages)}`)
  const read = await readQuery((c.req.query('q') ?? '').trim().slice(0, limits.queryCharactersMax), 'said')
  const range = {
    offset: (page - 1) * limits.apiPageItems,
    limit: limits.apiPageItems,
    countMax: limits.countShownMax,
  }
  const names = new Map(place.lists.map(({ id, name }) => [id, name]))
  const { query } = read
  const hits = query && (await readHits(db, [...names.keys()], query, read.marks, range))
  return c.json({
    count: hits ? Math.min(hits.count, limits.countShownMax) : 0,
    mails: (hits ? hits.hits : []).map(({ list, id, subject, sender, said }) => {
      const name = names.get(list) ?? ''
      return {
        list: name,
        id,
        subject,
        author: { name: sender.name, address: sender.address },
        said: new Date(said).toISOString(),
        url: originOf(c) + paths.mail(name, id),
      }
    }),
    problem: read.problem ?? null,
  })
}
