// One patch, cover letter or series, whole: what its row says, what its mail says, and what its topic knows besides, which stands
// under `threadwork`.
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { listId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import { patchworkName } from '../../tracker/topic/patchwork-name.ts'
import type { Revision, Topic } from '../../tracker/topic/topic.ts'
import { type Application, readApplication } from '../read/applies.ts'
import { readNamed } from '../read/claims.ts'
import { readTopic } from '../read/topic.ts'
import { readContents } from './mail-content.ts'
import { coverObject, ownOf, patchObject, seriesObject, type Writing } from './objects.ts'
import { type ItemRow, readItems } from './rows.ts'
import type { CoverDetail, OwnOfDetail, PatchDetail, Series } from './schema.ts'
import { readSeriesParts } from './series-parts.ts'

type Database = Kysely<Tables>

/** Null when the mail went out of sight since. */
export async function patchDetail(db: Database, writing: Writing, row: ItemRow): Promise<PatchDetail | null> {
  const [contents, own] = await Promise.all([
    readContents(db, row.list, [row.msgid]),
    ownDetail(db, writing, row, row.parent ?? 0),
  ])
  const said = contents.get(row.msgid)
  if (!said || !own) return null
  return {
    ...patchObject(writing, row),
    threadwork: own,
    headers: said.headers,
    content: said.content,
    diff: said.diff,
    prefixes: [...patchworkName(row.name, []).prefixes],
  }
}

export async function coverDetail(db: Database, writing: Writing, row: ItemRow): Promise<CoverDetail | null> {
  const said = (await readContents(db, row.list, [row.msgid])).get(row.msgid)
  return said ? { ...coverObject(writing, row), headers: said.headers, content: said.content } : null
}

export async function seriesDetail(db: Database, writing: Writing, row: ItemRow): Promise<Series | null> {
  const [parts, own] = await Promise.all([readSeriesParts(db, [row]), ownDetail(db, writing, row, row.id)])
  const inIt = parts.get(row.id)
  return inIt && own ? { ...seriesObject(writing, row, inIt), threadwork: own } : null
}

/** `series`: the number of the one that the row is or is in. */
async function ownDetail(
  db: Database,
  writing: Writing,
  row: ItemRow,
  series: number,
): Promise<OwnOfDetail | null> {
  const list = listId(row.list)
  const topic = await readTopic(db, list, row.topicKey)
  if (!topic) return null
  const [numbers, named] = await Promise.all([
    readItems(db, [sql`i.list_id = ${row.list}`, sql`i.topic_key = ${row.topicKey}`, sql`i.kind = 'series'`]),
    readNamed(db, list, topic),
  ])
  const numberOf = (revision: Revision) =>
    numbers.find(({ msgid }) => msgid === (revision.cover ?? revision.patches[0]?.id))?.id ?? null
  const revision = topic.revisions.find(one => numberOf(one) === series)
  const tried = revision?.digest ? await readApplication(db, list, row.topicKey, revision.digest) : null
  return {
    ...ownOf(writing, row),
    standing: topic.standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join(''),
    revisions: topic.revisions.map(one => ({
      version: one.version,
      series: numberOf(one),
      state: one.state,
      newest: one === topic.revisions.at(-1),
    })),
    bugs: named.flatMap(({ what, target, topic: link }) =>
      link?.kind === 'bug' || link?.kind === 'report' || what === 'closes'
        ? [{ what, ref: link?.id ?? target }]
        : [],
    ),
    findings: findingsOf(topic, row, revision),
    applies: tried === null ? null : appliesOf(tried),
  }
}

/** Of a patch its own, of a series those of all its patches. */
function findingsOf(topic: Topic, row: ItemRow, revision: Revision | undefined): OwnOfDetail['findings'] {
  const mails: ReadonlySet<string | null> =
    row.kind === 'patch'
      ? new Set([row.msgid])
      : new Set([revision?.cover ?? null, ...(revision?.patches.map(({ id }) => id) ?? [])])
  return (topic.findings ?? [])
    .filter(({ on }) => mails.has(on))
    .map(({ on, number, severity, file, line, text, dismissed }) => ({
      on,
      number,
      severity,
      file,
      line,
      text,
      dismissed: dismissed !== undefined,
    }))
}

function appliesOf({ outcome, branch, base, file }: Application): NonNullable<OwnOfDetail['applies']> {
  return { outcome, branch, commit: base, file, text: appliesText(outcome, branch, base, file) }
}

function appliesText(outcome: Application['outcome'], branch: string, base: string, file: string | null) {
  switch (outcome) {
    case 'applied':
      return `applies to ${branch} at ${base.slice(0, 12)}`
    case 'already':
      return `is in ${branch} already`
    case 'conflict':
      return file === null ? 'needs rebase' : `needs rebase: ${file}`
    default:
      return `could not be tried on ${branch}`
  }
}
