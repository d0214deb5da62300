// A file as a mailed diff found or left it, by the name that git gives its bytes: out of the repository that the list follows. Only
// what a mail of the list names, and a followed branch has or had: a repository may hold what nobody published.
import type { Kysely } from 'kysely'
import { askGit, boundedGit, GitError } from '../../base/git.ts'
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { standingRepository } from '../../base/repository.ts'
import type { Tables } from '../../sql/tables.ts'
import { followedBranches } from '../../tracker/branch/branches.ts'
import { readDecoded } from './decoded.ts'
import { findMails } from './found.ts'
import type { ListRow } from './located-mail.ts'

export interface Blob {
  /** In full. */
  readonly id: string
  readonly path: string
  readonly bytes: Buffer
  /** A mail that names it. */
  readonly mail: MessageId
}

/** `name` are at least seven hex digits. Null when it is not here, or not to be shown. */
export async function readBlob(
  db: Kysely<Tables>,
  list: ListRow,
  name: string,
  data: string,
): Promise<Blob | null> {
  const directory = list.repository === null ? null : standingRepository(list.repository, data)
  if (directory === null) return null
  try {
    const id = await blobId(directory, name)
    if (id === null) return null
    for (const { path, mail } of await namings(db, list, id)) {
      if (!(await wasFollowed(directory, list.branches, id, path))) continue
      const { code, out } = await askGit(directory, ['cat-file', 'blob', id])
      return code === 0 ? { id, path, mail, bytes: out } : null
    }
    return null
  } catch (error) {
    if (error instanceof GitError) return null
    throw error
  }
}

/** The whole name of the one blob that begins so, if it is not too large to be shown. */
async function blobId(directory: string, name: string): Promise<string | null> {
  const answer = await boundedGit(directory, ['cat-file', '--batch-check'], {
    secondsMax: limits.blobSecondsMax,
    input: `${name}\n`,
  })
  const [, id, size = ''] = /^([0-9a-f]{40,64}) blob (\d+)\n$/.exec(answer) ?? []
  return id?.startsWith(name) && Number(size) <= limits.blobBytesMax ? id : null
}

interface Naming {
  readonly path: string
  readonly mail: MessageId
}

/** Under which paths mails name it, each once; the newest first. They write as many digits as their senders' repositories needed. */
async function namings(db: Kysely<Tables>, { id: list }: ListRow, id: string): Promise<Naming[]> {
  const scope = { lists: [list], limit: limits.blobMailsMax, readMax: limits.blobMailsMax }
  const found = new Map<string, Naming>()
  for await (const { seq } of findMails(
    db,
    { what: 'blob', side: 'either', id: id.slice(0, blobDigitsMin) },
    scope,
  )) {
    const { message_id: mail, raw_hash: hash } = await db
      .selectFrom('mail')
      .select(['message_id', 'raw_hash'])
      .where('list_id', '=', list)
      .where('seq', '=', seq)
      .executeTakeFirstOrThrow()
    const decoded = (await readDecoded(db, [hash])).get(hash.toString('base64'))
    const texts = decoded ? [decoded.body, ...decoded.attachedPatches.map(part => part.text)] : []
    const path = pathOf(texts.join('\n'), id)
    if (path !== null && !found.has(path)) found.set(path, { path, mail: mail as MessageId })
    if (found.size >= pathsMax) break
  }
  return [...found.values()]
}

const pathsMax = 3

/** git abbreviates to seven digits at least. */
export const blobDigitsMin = 7

/** The file in whose diff it stands, before or after. */
function pathOf(text: string, id: string): string | null {
  let paths: readonly [was: string, now: string] | null = null
  for (const line of text.split('\n')) {
    const head = /^diff --git a\/(\S{1,1000}) b\/(\S{1,1000})$/.exec(line)
    if (head) paths = [head[1] ?? '', head[2] ?? '']
    const [, was = '', now = ''] = /^index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})\b/.exec(line) ?? []
    if (paths === null || was === '') continue
    if (id.startsWith(now)) return paths[1]
    if (id.startsWith(was)) return paths[0]
  }
  return null
}

/** A commit of a followed branch brought it to that path, or took it from there. */
async function wasFollowed(
  directory: string,
  branches: readonly string[],
  id: string,
  path: string,
): Promise<boolean> {
  const heads = (await followedBranches(directory, branches)).map(({ head }) => head)
  if (heads.length === 0) return false
  const words = [
    'log',
    '--max-count=1',
    '--format=%H',
    '--no-textconv',
    '--no-ext-diff',
    `--find-object=${id}`,
  ]
  const found = await boundedGit(
    directory,
    ['--literal-pathspecs', ...words, '--end-of-options', ...heads, '--', path],
    { secondsMax: limits.blobSecondsMax },
  )
  return found.trim() !== ''
}
