// `export git-dit`: the topics of a list as issues in a repository, whatever else is in it. What was written is remembered beside it,
// with the digest of each topic: the next run writes what changed, and moves no ref that somebody else moved meanwhile.
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { GitError, git, startGit, triedGit } from '../../base/git.ts'
import type { IndexKey, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import { readBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { type DitIssue, ditIssue } from './dit-topic.ts'
import { startFastImport } from './fast-import.ts'

export interface DitReport {
  /** Issues that were written, and that are there. */
  readonly written: number
  readonly issues: number
  /** Refs that others moved: they stay as they are. */
  readonly left: readonly string[]
}

/** Made where there is no repository. */
export async function exportDit(db: Kysely<Tables>, list: List, directory: string): Promise<DitReport> {
  const file = join(await openRepository(directory), `threadwork-dit-${list.name}.json`)
  const before = await readWritten(file)
  const topics = await db
    .selectFrom('topic')
    .select(['id_key', 'digest'])
    .where('list_id', '=', list.id)
    .where('kind', '<>', 'spam')
    .orderBy('id_key')
    .execute()
  const now = new Map(
    topics.flatMap(({ id_key, digest }): [string, WrittenIssue][] => {
      const known = before.get(id_key)
      return known?.digest === digest ? [[id_key, known]] : []
    }),
  )
  const changed = topics.filter(({ id_key }) => !now.has(id_key))
  for (let at = 0; at < changed.length; at += issuesAtOnce) {
    const some = changed.slice(at, at + issuesAtOnce)
    const issues = await issuesOf(db, list, some)
    for (const [key, refs] of await writeIssues(directory, issues))
      now.set(key, { digest: some.find(one => one.id_key === key)?.digest ?? '', refs })
  }
  const left = await moveRefs(directory, refsOf(before), refsOf(now))
  await save(file, now)
  return { written: changed.length, issues: now.size, left }
}

const issuesAtOnce = 200

interface WrittenIssue {
  readonly digest: string
  readonly refs: Readonly<Record<string, string>>
}

type Written = ReadonlyMap<string, WrittenIssue>

const refsOf = (written: Written): ReadonlyMap<string, string> =>
  new Map([...written.values()].flatMap(({ refs }) => Object.entries(refs)))

/** Answers its git directory. */
async function openRepository(directory: string): Promise<string> {
  if (!existsSync(directory)) {
    await mkdir(directory, { recursive: true })
    await git(directory, 'init', '--quiet', '--bare', '--template=', '--object-format=sha1', '.')
  }
  const format = (await git(directory, 'rev-parse', '--show-object-format')).trim()
  if (format !== 'sha1')
    throw new Error(`Cannot export to "${directory}": its ids are ${format}; allowed: sha1`)
  return (await git(directory, 'rev-parse', '--absolute-git-dir')).trim()
}

async function readWritten(file: string): Promise<Written> {
  const text = await readFile(file, 'utf8').catch(() => '[]')
  return new Map(JSON.parse(text) as [string, WrittenIssue][])
}

async function save(file: string, written: Written): Promise<void> {
  const half = await open(`${file}.new`, 'w')
  try {
    await half.writeFile(`${JSON.stringify([...written])}\n`)
    await half.sync()
  } finally {
    await half.close()
  }
  await rename(`${file}.new`, file)
}

async function issuesOf(
  db: Kysely<Tables>,
  list: List,
  topics: readonly { readonly id_key: IndexKey }[],
): Promise<[string, DitIssue][]> {
  const keys = topics.map(({ id_key }) => id_key)
  const rows = await db
    .selectFrom('topic')
    .select(['id_key', ...topicColumns])
    .where('list_id', '=', list.id)
    .where('id_key', 'in', keys)
    .orderBy('id_key')
    .execute()
  const issues: [string, DitIssue][] = []
  for (const row of rows) {
    const topic = wholeTopic(row)
    const bytes = await bytesOf(
      db,
      list,
      topic.mails.map(({ id }) => id),
    )
    const issue = ditIssue(topic, bytes)
    if (issue !== null) issues.push([row.id_key, issue])
  }
  return issues
}

/** Of each mail those that are read. */
async function bytesOf(
  db: Kysely<Tables>,
  list: List,
  ids: readonly MessageId[],
): Promise<Map<MessageId, Buffer>> {
  const byKey = new Map(ids.map(id => [indexKey(id), id]))
  const { rows } = await sql<{ key: IndexKey; hash: Buffer }>`
    select distinct on (m.message_key) m.message_key as key, m.raw_hash as hash
    from mail m join fact f using (list_id, seq)
      left join topic_mail t on t.list_id = m.list_id and t.message_key = m.message_key
    where m.list_id = ${list.id} and m.message_key = any(${[...byKey.keys()]}::text[]) and not m.hidden and not m.note
    order by m.message_key, (m.raw_hash = t.shown) desc nulls last, f.said, m.raw_hash`.execute(db)
  const found = await readBytes(
    db,
    rows.map(({ hash }) => hash),
  )
  return new Map(
    rows.flatMap(({ key, hash }) => {
      const id = byKey.get(key)
      const bytes = found.get(hash.toString('base64'))
      return id === undefined || bytes === undefined ? [] : [[id, bytes] as const]
    }),
  )
}

/** Everybody who exports these mails is this one. */
const committer = 'Threadwork <git-dit@threadwork.invalid>'

/** All commits over one git; answers the refs of each issue. */
async function writeIssues(
  directory: string,
  issues: readonly [string, DitIssue][],
): Promise<[string, Record<string, string>][]> {
  const importer = startFastImport(directory)
  const says: Buffer[] = []
  importer.output.on('data', (chunk: Buffer) => says.push(chunk))
  let mark = 0
  try {
    for (const [, { commits }] of issues) {
      const marks = new Map<string, number>()
      for (const commit of commits) {
        marks.set(commit.name, ++mark)
        const [from, ...merged] = commit.parents.map(name => `:${marks.get(name)}`)
        const message = Buffer.from(commit.message)
        const text = [
          ...(from === undefined ? [`reset ${passingRef}`] : []),
          `commit ${passingRef}\nmark :${mark}\nauthor ${commit.author}\ncommitter ${committer} ${commit.committed}`,
          `data ${message.length}\n${commit.message}`,
          ...(from === undefined ? [] : [`from ${from}`]),
          ...merged.map(name => `merge ${name}`),
          `\nget-mark :${mark}\n`,
        ].join('\n')
        if (!importer.input.write(text))
          await Promise.race([new Promise(resolve => importer.input.once('drain', resolve)), importer.ended])
      }
    }
    importer.input.end(`reset ${passingRef}\nfrom ${'0'.repeat(40)}\n\ndone\n`)
    if (!(await importer.ended)) throw new GitError(`git fast-import: ${importer.stderr()}`)
  } finally {
    await importer.end()
  }
  const ids = Buffer.concat(says).toString().trim().split('\n')
  let at = 0
  return issues.map(([key, issue]) => {
    const own = new Map(issue.commits.map(({ name }) => [name, ids[at++] ?? '']))
    return [key, refsFor(issue, own)]
  })
}

/** The commits hang on it while they are written. */
const passingRef = 'refs/threadwork/dit'

function refsFor(
  { commits, head, leaves }: DitIssue,
  ids: ReadonlyMap<string, string>,
): Record<string, string> {
  const id = (name: string) => ids.get(name) ?? ''
  const issue = id(commits[0]?.name ?? '')
  return Object.fromEntries([
    [`refs/dit/${issue}/head`, id(head)],
    ...leaves.map(name => [`refs/dit/${issue}/leaves/${id(name)}`, id(name)]),
  ])
}

/** Answers those that others moved. */
async function moveRefs(
  directory: string,
  before: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): Promise<string[]> {
  const listed = await boundedRefs(directory)
  const left: string[] = []
  const lines: string[] = []
  for (const name of new Set([...before.keys(), ...wanted.keys()])) {
    const now = listed.get(name)
    const value = wanted.get(name)
    if (now === value) continue
    if (now !== undefined && now !== before.get(name)) left.push(name)
    else if (value === undefined) lines.push(`delete ${name} ${now}`)
    // Somebody took it away, as gc does with what a head holds.
    else if (now === undefined && before.get(name) === value) continue
    else lines.push(`update ${name} ${value} ${now ?? '0'.repeat(40)}`)
  }
  const { code, stderr } = await triedGit(directory, ['update-ref', '--stdin'], {
    secondsMax: 600,
    input: lines.map(line => `${line}\n`).join(''),
  })
  if (code !== 0) throw new GitError(`git update-ref: ${stderr.trim()}`)
  return left
}

async function boundedRefs(directory: string): Promise<Map<string, string>> {
  const process = startGit(directory, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/dit/')
  const chunks: Buffer[] = []
  for await (const chunk of process.output) chunks.push(chunk as Buffer)
  await process.end()
  const lines = Buffer.concat(chunks).toString().split('\n').filter(Boolean)
  return new Map(lines.map(line => [line.slice(41), line.slice(0, 40)]))
}
