// What patchwork's clients download: a patch, a series or a cover letter as a mailbox for `git am`, a patch's bare diff; and the short
// addresses that lead to them. Each answer says a file name, without which git-pw and pwclient stop.
import type { Context } from 'hono'
import { type Kysely, sql } from 'kysely'
import { type ListId, listId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { toMboxrd } from '../../base/mboxrd.ts'
import { readBytes, sizesOf } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { givenSince } from '../../tracker/topic/given-trailers.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { amMail } from '../archive/am-mail.ts'
import { fileName } from '../archive/file-name.ts'
import { answerLarge } from '../large.ts'
import { paths } from '../paths.ts'
import { findPrimaries } from '../read/mails.ts'
import { readTopic } from '../read/topic.ts'
import { contentBytes, readContents } from './mail-content.ts'
import { webUrl } from './objects.ts'
import { type ProjectRow, readProjects } from './projects.ts'
import { apiOf } from './request.ts'
import { findItem, type ItemRow, itemNumber, readItems } from './rows.ts'

type Database = Kysely<Tables>
type Kind = 'patch' | 'cover'

const missing = (c: Context) => c.text('Not found\n', 404)

/** `/patch/12/mbox/` leads to the address by project and Message-ID. */
export async function answerByNumber(c: Context, db: Database, kind: Kind, end: string): Promise<Response> {
  const row = await findItem(db, kind, c.req.param('id'))
  if (!row) return missing(c)
  const { search } = new URL(c.req.url)
  const writing = { api: { ...apiOf(c), origin: '' }, projects: await readProjects(db) }
  return c.redirect(`${webUrl(writing, kind, row)}${end}${search}`, 302)
}

/** The page of a patch, a cover letter or a comment is that of its mail. */
export async function answerPage(c: Context, db: Database, kind: Kind): Promise<Response> {
  const found = await namedItem(c, db, kind)
  return found ? c.redirect(paths.mail(found.list, found.row.msgid), 302) : missing(c)
}

export async function answerCommentPage(c: Context, db: Database): Promise<Response> {
  const row =
    (await findItem(db, 'patch-comment', c.req.param('id'))) ??
    (await findItem(db, 'cover-comment', c.req.param('id')))
  if (!row) return missing(c)
  return c.redirect(paths.mail((await readProjects(db)).list(row.list).name, row.msgid), 302)
}

/** `/project/tarn/list/?series=3` is the page of that series, without one that of the list. */
export async function answerProjectPage(c: Context, db: Database): Promise<Response> {
  const projects = await readProjects(db)
  const project = projects.find(c.req.param('project') ?? '')
  const [list] = project?.lists ?? []
  if (!list) return missing(c)
  const series = await findItem(db, 'series', c.req.query('series'))
  return c.redirect(
    series ? paths.mail(projects.list(series.list).name, series.msgid) : paths.list(list.name),
    302,
  )
}

export async function answerPatchMbox(c: Context, db: Database): Promise<Response> {
  const found = await namedItem(c, db, 'patch')
  if (!found) return missing(c)
  const before = await patchesBefore(db, found.row, c.req.query('series'))
  return answerMbox(c, db, [...before, found.row], found.row.name)
}

/** With `series=*`, or the number of its series: those that stand before it there. */
async function patchesBefore(db: Database, row: ItemRow, asked: string | undefined): Promise<ItemRow[]> {
  const wanted = asked === '*' ? row.parent : itemNumber(asked)
  if (wanted === null || wanted !== row.parent) return []
  const all = await readItems(db, [sql`i.parent = ${wanted}`, sql`i.kind = 'patch'`])
  return inOrder(all).filter(({ data }) => (data.number ?? 0) < (row.data.number ?? 0))
}

const inOrder = (rows: readonly ItemRow[]) =>
  rows.toSorted((a, b) => (a.data.number ?? 0) - (b.data.number ?? 0))

export async function answerSeriesMbox(c: Context, db: Database): Promise<Response> {
  const series = await findItem(db, 'series', c.req.param('id'))
  if (!series) return missing(c)
  const patches = await readItems(db, [sql`i.parent = ${series.id}`, sql`i.kind = 'patch'`])
  return answerMbox(c, db, inOrder(patches), series.name)
}

/** Each with the trailers that were given since. */
async function answerMbox(
  c: Context,
  db: Database,
  rows: readonly ItemRow[],
  name: string,
): Promise<Response> {
  const [first] = rows
  const topic = first && (await readTopic(db, listId(first.list), first.topicKey))
  if (!first || !topic) return missing(c)
  const hashes = await hashesOf(db, listId(first.list), rows)
  return answerLarge(c, (await sizesOf(db, [...hashes.values()])).all, async () => {
    const bytes = await readBytes(db, [...hashes.values()])
    const mails = rows.flatMap(row => {
      const raw = bytes.get(hashes.get(row.id)?.toString('base64') ?? '')
      return raw ? [amOf(topic, row, raw)] : []
    })
    if (mails.length < rows.length) return missing(c)
    return c.body(new Uint8Array(Buffer.concat(mails)), 200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': attached(name, 'patch'),
    })
  })
}

function amOf(topic: Topic, { id, msgid, data: { who } }: ItemRow, raw: Buffer): Buffer {
  const at = topic.revisions.flatMap(revision =>
    revision.patches.flatMap(patch => (patch.id === msgid ? [{ revision, patch }] : [])),
  )[0]
  return amMail({
    id: msgid,
    author: at?.patch.author ?? who,
    mail: decodeMail(raw),
    raw,
    trailers: at ? givenSince(topic, at.revision, at.patch) : [],
    fields: [`X-Patchwork-Id: ${id}`],
  })
}

/** Of the mails of these, by number. */
async function hashesOf(
  db: Database,
  list: ListId,
  rows: readonly ItemRow[],
): Promise<ReadonlyMap<number, Buffer>> {
  const primaries = await findPrimaries(
    db,
    list,
    rows.map(({ msgid }) => messageId(msgid)),
  )
  return new Map(
    rows.flatMap(({ id, msgid }) => {
      const hash = primaries.get(indexKey(msgid))
      return hash ? [[id, hash] as const] : []
    }),
  )
}

/** The mail as it came: nothing is applied of it. */
export async function answerCoverMbox(c: Context, db: Database): Promise<Response> {
  const found = await namedItem(c, db, 'cover')
  const hash = found && (await hashesOf(db, listId(found.row.list), [found.row])).get(found.row.id)
  if (!found || !hash) return missing(c)
  return answerLarge(c, (await sizesOf(db, [hash])).all, async () => {
    const [raw] = (await readBytes(db, [hash])).values()
    if (!raw) return missing(c)
    return c.body(new Uint8Array(toMboxrd(raw)), 200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': attached(found.row.name, 'mbox'),
    })
  })
}

export async function answerRawDiff(c: Context, db: Database): Promise<Response> {
  const found = await namedItem(c, db, 'patch')
  if (!found) return missing(c)
  const { list, msgid, name } = found.row
  return answerLarge(c, await contentBytes(db, list, [msgid]), async () => {
    const diff = (await readContents(db, list, [msgid])).get(msgid)?.diff
    if (!diff) return missing(c)
    return c.body(diff, 200, {
      'Content-Type': 'text/x-patch; charset=utf-8',
      'Content-Disposition': attached(name, 'diff'),
    })
  })
}

const attached = (name: string, ending: string) =>
  `attachment; filename=${fileName(name).replace(/\.txt$/, '')}.${ending}`

/** By project and Message-ID; clients encode a `/` in it once or twice. */
async function namedItem(
  c: Context,
  db: Database,
  kind: Kind,
): Promise<{ row: ItemRow; project: ProjectRow; list: string } | undefined> {
  const projects = await readProjects(db)
  const project = projects.find(c.req.param('project') ?? '')
  if (!project) return undefined
  const id = (c.req.param('msgid') ?? '').replaceAll(/%2F/gi, '/')
  const lists = project.lists.map(one => one.id)
  const [row] = await readItems(db, [
    sql`i.list_id = any(${lists}::integer[])`,
    sql`i.message_key = ${indexKey(messageId(id))}`,
    sql`i.kind = ${kind}`,
  ])
  return row && { row, project, list: projects.list(row.list).name }
}
