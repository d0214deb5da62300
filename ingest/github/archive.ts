// Objects of a migration archive (an owner's export of a repository) in the shapes of the API: in an archive the address of an object is
// its name, and whatever belongs to another one names it by its address.
import { numberIn } from './objects.ts'
import type { Stream } from './source.ts'

type Fields = Readonly<Record<string, unknown>>

export interface FromArchive {
  readonly stream: Stream
  readonly item: Fields
}

/** `titles`: of milestones, by address. Null for what no import reads. */
export function fromArchive(item: Fields, titles: ReadonlyMap<string, string>): FromArchive | null {
  if (!isOfArchive(item)) return null
  switch (item.type) {
    case 'issue':
      return { stream: 'issues', item: issueOf(item, titles) }
    case 'pull_request':
      return { stream: 'pulls', item: pullOf(item) }
    case 'issue_comment':
      return { stream: 'comments', item: commentOf(item) }
    case 'issue_event':
      return { stream: 'events', item: eventOf(item, titles) }
    default:
      return null
  }
}

/** An issue of the API has a number. */
export const isOfArchive = ({ type, url, number }: Fields): boolean =>
  typeof type === 'string' && typeof url === 'string' && number === undefined

const issueOf = (item: Fields, titles: ReadonlyMap<string, string>): Fields => ({
  ...common(item),
  type: null,
  labels: listOf(item.labels).map(lastWord),
  milestone: milestoneOf(item.milestone, titles),
})

const pullOf = (item: Fields): Fields => ({
  ...common(item),
  merged_at: item.merged_at,
  merge_commit_sha: item.merge_commit_sha ?? null,
  head: endOf(item.head),
  base: endOf(item.base),
})

const endOf = (end: unknown): Fields => {
  const { sha, ref, user } = (end ?? {}) as Fields
  return { sha, ref, label: `${loginOf(user)?.login ?? 'ghost'}:${String(ref)}` }
}

const common = ({ url, title, body, user, created_at, updated_at, closed_at, ...item }: Fields): Fields => ({
  ...{ number: numberIn(String(url)), title, body, user: loginOf(user), html_url: url },
  ...{ created_at, updated_at: updated_at ?? closed_at ?? created_at, closed_at },
  ...{ state: closed_at == null ? 'open' : 'closed', reactions: reactionsOf(item.reactions) },
  assignees: (Array.isArray(item.assignees) ? item.assignees : listOf([item.assignee])).map(loginOf),
})

const commentOf = ({ url, issue, pull_request, user, body, created_at, ...item }: Fields): Fields => ({
  ...{ id: idIn(url), body, user: loginOf(user), created_at, updated_at: item.updated_at ?? created_at },
  ...{ html_url: url, issue_url: issue ?? pull_request, reactions: reactionsOf(item.reactions) },
})

function eventOf(item: Fields, titles: ReadonlyMap<string, string>): Fields {
  const { url, issue, pull_request, actor, event, created_at, commit_id } = item
  const label = item.label_name ?? item.label
  return {
    ...{ id: idIn(url), url, event, actor: loginOf(actor), created_at, commit_id },
    label: label == null ? null : { name: lastWord(label) },
    milestone: milestoneOf(item.milestone_title ?? item.milestone, titles),
    assignee: loginOf(item.assignee ?? item.subject),
    rename: item.rename,
    issue: {
      number: numberIn(String(issue ?? pull_request)),
      ...(pull_request === undefined ? {} : { pull_request: {} }),
    },
  }
}

/** `...#issuecomment-12`. */
const idIn = (url: unknown): number => Number(/-(\d{1,15})$/.exec(String(url))?.[1])

/** `https://github.com/ada`. */
const loginOf = (url: unknown): { login: string } | null =>
  typeof url === 'string' ? { login: lastWord(url) } : null

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.filter(one => one != null) : [])

function lastWord(url: unknown): string {
  const text = String(url)
  const word = /^https?:\/\//.test(text) ? text.replace(/^.*\//, '') : text
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}

const milestoneOf = (url: unknown, titles: ReadonlyMap<string, string>): { title: string } | null =>
  url == null ? null : { title: titles.get(String(url)) ?? lastWord(url) }

function reactionsOf(reactions: unknown): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const reaction of listOf(reactions)) {
    const name = String((reaction as Fields).content)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
