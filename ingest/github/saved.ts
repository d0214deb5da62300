// Answers of GitHub's API that somebody saved, and what `gh issue list --json ...` prints: a file, or a directory of them. An object is
// known by its fields, so the names of files and their order do not matter. An unpacked migration archive is read, too.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../../base/limits.ts'
import { fromArchive, isOfArchive } from './archive.ts'
import { numberIn, objects } from './objects.ts'
import type { GitHubSource, Stream } from './source.ts'

export interface Saved {
  readonly path: string
  /** Of the API that they are of. */
  readonly host: string
  /** Told of what is no object of GitHub's. */
  readonly strange: (what: string, sentence: string) => void
}

type Fields = Readonly<Record<string, unknown>>

/** Read anew for each stream, so that no more than one file is in memory. */
export function openSaved({ path, host, strange }: Saved): GitHubSource {
  const files = filesAt(path)
  let reviews: ReadonlyMap<number, unknown[]> | null = null
  let titles: ReadonlyMap<string, string> | null = null
  return {
    host,
    async repository() {
      for (const file of files)
        for (const item of objectsIn(file)) {
          const found = objects.repository.safeParse(item)
          if (found.success) return { id: found.data.id, name: found.data.full_name }
        }
      return null
    },
    async *pages(stream, cursor) {
      titles ??= milestonesIn(files)
      for (const [at, file] of files.entries()) {
        if (at < Number(cursor ?? 0)) continue
        const items: unknown[] = []
        for (const item of objectsIn(file)) {
          const found = streamsOf(item, titles)
          items.push(...found.filter(one => one.stream === stream).map(one => one.item))
          const known = found.length > 0 || isReview(item) || objects.repository.safeParse(item).success
          if (!known && stream === 'issues') strange(file, 'an object that no import reads')
        }
        for (let from = 0; from < items.length; from += perPage)
          yield {
            items: items.slice(from, from + perPage),
            cursor: String(from + perPage < items.length ? at : at + 1),
          }
      }
    },
    async reviews(number) {
      reviews ??= reviewsIn(files)
      return reviews.get(number) ?? []
    },
    async patches(number) {
      return patchFile(path, number)
    },
  }
}

const perPage = 100

/** `PATH/12.patch`, as `gh pr diff 12 --patch` prints it. */
const patchFile = (path: string, number: number): Buffer | null => {
  const file = join(path, `${number}.patch`)
  return existsSync(file) && statSync(file).size <= limits.githubAnswerBytesMax ? readFileSync(file) : null
}

/** By the numbers of their pull requests. */
function reviewsIn(files: readonly string[]): ReadonlyMap<number, unknown[]> {
  const found = new Map<number, unknown[]>()
  for (const file of files)
    for (const item of objectsIn(file)) {
      const number = isReview(item) ? numberIn(String(item.pull_request_url)) : null
      if (number !== null) found.set(number, [...(found.get(number) ?? []), item])
    }
  return found
}

/** Of an archive, by their addresses. */
function milestonesIn(files: readonly string[]): ReadonlyMap<string, string> {
  const titles = new Map<string, string>()
  for (const file of files.filter(name => /\bmilestones_\d+\.json$/.test(name)))
    for (const { url, title } of objectsIn(file)) titles.set(String(url), String(title))
  return titles
}

const isReview = (item: Fields): boolean =>
  typeof item.pull_request_url === 'string' && 'submitted_at' in item

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(?:json|jsonl|ndjson)$/i.test(name))
    .sort()
    .map(name => join(path, name))
}

/** Lists in lists are what `gh api --paginate --slurp` writes, one behind the other what it writes without. */
function* objectsIn(file: string): Generator<Fields> {
  const { size } = statSync(file)
  if (size > limits.githubFileBytesMax)
    throw new Error(`Cannot read "${file}": it has ${size} bytes; allowed: ${limits.githubFileBytesMax}`)
  for (const value of valuesIn(readFileSync(file, 'utf8'), file)) yield* flat(value)
}

function* flat(value: unknown, depth = 0): Generator<Fields> {
  if (Array.isArray(value) && depth < 3) for (const item of value) yield* flat(item, depth + 1)
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield value as Fields
}

function valuesIn(text: string, file: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return piecesOf(text).map(piece => {
      try {
        return JSON.parse(piece)
      } catch (error) {
        throw new Error(`Cannot read "${file}": ${(error as Error).message}`)
      }
    })
  }
}

/** Values one behind the other: each ends where its brackets close. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const found = text[at]
    if (found === '"') at = endOfString(text, at)
    else if (found === '[' || found === '{') depth++
    else if ((found === ']' || found === '}') && --depth <= 0) {
      pieces.push(text.slice(start, at + 1))
      start = at + 1
      depth = 0
    }
  }
  const rest = text.slice(start)
  return rest.trim() === '' ? pieces : [...pieces, rest]
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++)
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  return text.length
}

/** What an object is, and what it holds. */
function streamsOf(item: Fields, titles: ReadonlyMap<string, string>): { stream: Stream; item: Fields }[] {
  if (isOfArchive(item)) {
    const found = fromArchive(item, titles)
    return found === null ? [] : [found]
  }
  if (typeof item.event === 'string' && item.issue !== undefined) return [{ stream: 'events', item }]
  if (typeof item.issue_url === 'string' && 'body' in item) return [{ stream: 'comments', item }]
  if (typeof item.pull_request_url === 'string' && 'diff_hunk' in item) return [{ stream: 'remarks', item }]
  if (typeof item.number !== 'number' || typeof item.title !== 'string') return []
  if (typeof item.created_at === 'string') return [{ stream: 'head' in item ? 'pulls' : 'issues', item }]
  if (typeof item.createdAt !== 'string') return []
  const comments = Array.isArray(item.comments) ? item.comments : []
  return [
    { stream: 'issues', item: issueOfGh(item) },
    ...comments.map(comment => ({ stream: 'comments' as const, item: commentOfGh(comment as Fields, item) })),
  ]
}

function issueOfGh(item: Fields): Fields {
  return {
    ...item,
    user: userOfGh(item.author),
    created_at: item.createdAt,
    updated_at: item.updatedAt ?? item.closedAt ?? item.createdAt,
    closed_at: item.closedAt,
    state: String(item.state).toLowerCase() === 'open' ? 'open' : 'closed',
    state_reason: typeof item.stateReason === 'string' ? item.stateReason.toLowerCase() : null,
    html_url: item.url,
    reactions: reactionsOfGh(item.reactionGroups),
    ...('headRefName' in item ? { pull_request: {} } : {}),
  }
}

/** Its number stands in its address alone. */
function commentOfGh(comment: Fields, issue: Fields): Fields {
  const [, id] = /#issuecomment-(\d{1,15})$/.exec(String(comment.url)) ?? []
  const at = comment.createdAt
  return {
    ...comment,
    id: Number(id),
    user: userOfGh(comment.author),
    created_at: at,
    // When it was edited is not said.
    updated_at: at,
    edited: comment.includesCreatedEdit === true,
    html_url: comment.url,
    issue_url: String(issue.url),
    reactions: reactionsOfGh(comment.reactionGroups),
    minimized: comment.isMinimized === true ? { reason: comment.minimizedReason } : null,
  }
}

/** Of an account that is gone gh says an empty name. */
const userOfGh = (author: unknown): unknown => ((author as { login?: unknown } | null)?.login ? author : null)

function reactionsOfGh(groups: unknown): Record<string, number> {
  const list: readonly unknown[] = Array.isArray(groups) ? groups : []
  return Object.fromEntries(
    list.map(group => {
      const { content, users } = group as { content?: unknown; users?: { totalCount?: unknown } }
      const name = String(content).toLowerCase()
      return [names[name] ?? name, Number(users?.totalCount) || 0]
    }),
  )
}

const names: Readonly<Record<string, string>> = { thumbs_up: '+1', thumbs_down: '-1' }
