// The issues of git-dit in a repository: refs/dit/ISSUE/head and leaves/MESSAGE, of the repository itself and of its remotes. Whoever
// pushed may have written anything there: what is no ref of this form, no commit, or does not lead to its issue is left out.
import { git, startGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { MissingObject, ObjectAnswers } from '../source/git-blobs.ts'

export interface DitCommit {
  readonly id: string
  readonly parents: readonly string[]
  readonly author: string
  readonly address: string
  /** Milliseconds, and the zone as git writes it. */
  readonly at: number
  readonly zone: string
  readonly message: string
}

export interface DitIssueRefs {
  readonly id: string
  /** Where it stands: the repository's own head, else that of a remote. */
  readonly head: string | null
  /** All ends of its conversations. */
  readonly tips: readonly string[]
}

/** Throws when it is no repository. */
export async function readRefs(directory: string): Promise<DitIssueRefs[]> {
  await git(directory, 'rev-parse', '--absolute-git-dir')
  const listing = startGit(
    directory,
    'for-each-ref',
    '--format=%(objectname) %(objecttype) %(refname)',
    'refs/dit/',
    'refs/remotes/',
  )
  const chunks: Buffer[] = []
  for await (const chunk of listing.output) chunks.push(chunk as Buffer)
  await listing.end()
  const issues = new Map<string, { head: string | null; tips: Set<string> }>()
  for (const line of Buffer.concat(chunks).toString('latin1').split('\n')) {
    const [, tip = '', remote, id = '', what] =
      /^([0-9a-f]{40}) commit refs\/(?:(remotes\/.{1,200})\/)?dit\/([0-9a-f]{40})\/(head|leaves\/[0-9a-f]{40})$/.exec(
        line,
      ) ?? []
    if (tip === '') continue
    const issue = issues.get(id) ?? { head: null, tips: new Set() }
    issues.set(id, issue)
    issue.tips.add(tip)
    if (what === 'head' && (remote === undefined || issue.head === null)) issue.head = tip
  }
  return [...issues]
    .map(([id, { head, tips }]) => ({ id, head, tips: [...tips].sort() }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Reads commits, each once. */
export class DitCommits {
  readonly #batch: ReturnType<typeof startGit>
  readonly #answers: ObjectAnswers

  constructor(directory: string) {
    this.#batch = startGit(directory, 'cat-file', '--batch')
    this.#answers = new ObjectAnswers(this.#batch.output, 'commit')
  }

  /** Null for one that is too large, or that is not here. */
  async read(id: string): Promise<DitCommit | null> {
    this.#batch.input.write(`${id}\n`)
    const content = await this.#answers.next(id, limits.importMailBytesMax).catch((error: unknown) => {
      if (error instanceof MissingObject) return null
      throw error
    })
    return content === null || typeof content === 'number' ? null : commitIn(id, content)
  }

  /**
   * The messages of an issue, a parent before its answers: what leads to it over first parents, from its refs and from what its
   * messages refer to, since a ref goes when a head holds its message. Null when its refs do not lead to it.
   */
  async messages({ id, tips }: DitIssueRefs): Promise<DitCommit[] | null> {
    const found = new Map<string, DitCommit>()
    const foreign = new Set<string>()
    const waiting = [...tips]
    for (const tip of waiting) {
      const path = await this.#pathTo(id, tip, found, foreign)
      if (found.size + path.length > limits.ditMessagesMax) return null
      for (const commit of path) {
        found.set(commit.id, commit)
        waiting.push(...commit.parents.slice(1))
      }
    }
    return found.has(id) ? [...found.values()] : null
  }

  /** What is not found yet on the way from the issue to the tip; empty where there is no way. */
  async #pathTo(
    id: string,
    tip: string,
    found: ReadonlyMap<string, DitCommit>,
    foreign: Set<string>,
  ): Promise<DitCommit[]> {
    const path: DitCommit[] = []
    let at: string | undefined = tip
    while (at !== undefined && !found.has(at) && !foreign.has(at) && path.length < limits.ditMessagesMax) {
      const commit: DitCommit | null = await this.read(at)
      if (commit === null) break
      path.push(commit)
      // What an issue itself refers to is none of its own.
      if (at === id) return path.reverse()
      at = commit.parents[0]
    }
    if (at !== undefined && found.has(at)) return path.reverse()
    for (const commit of path) foreign.add(commit.id)
    return []
  }

  async close(): Promise<void> {
    await this.#batch.end()
  }
}

function commitIn(id: string, content: Buffer): DitCommit {
  const end = content.indexOf('\n\n')
  const head = content.toString('utf8', 0, end < 0 ? content.length : end)
  const [, author = '', address = '', seconds = '0', zone = '+0000'] =
    /^author (.{0,1000}?) ?<([^<>\n]{0,1000})> (\d{1,12}) ([+-]\d{4})$/m.exec(head) ?? []
  return {
    id,
    parents: [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)].map(([, parent = '']) => parent),
    ...{ author, address, zone },
    at: Number(seconds) * 1000,
    message: end < 0 ? '' : content.toString('utf8', end + 2),
  }
}
