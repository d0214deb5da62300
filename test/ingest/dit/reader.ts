// git-dit's format as its specification has it, read with plain git and none of our code: what an issue says, and where its messages are.
import { execFileSync } from 'node:child_process'

export interface ReadIssue {
  readonly id: string
  readonly head: string
  readonly leaves: readonly string[]
  /** Accumulated from the head: the newest message's word, of one message its first. */
  readonly latest: ReadonlyMap<string, string>
  readonly messages: number
}

export const gitIn = (directory: string, ...words: string[]): string =>
  execFileSync('git', ['-C', directory, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 })

export function readIssues(directory: string): ReadIssue[] {
  const refs = gitIn(directory, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/dit/')
    .split('\n')
    .filter(Boolean)
    .map(line => line.split(' ') as [string, string])
  const commits = readCommits(directory)
  return refs
    .filter(([name]) => name.endsWith('/head'))
    .map(([name, head]) => {
      const id = name.split('/')[2] ?? ''
      const leaves = refs.flatMap(([other, tip]) => (other.startsWith(`refs/dit/${id}/leaves/`) ? [tip] : []))
      const latest = new Map<string, string>()
      for (let at: string | undefined = head; at !== undefined; ) {
        const commit = commits.get(at)
        if (!commit) throw new Error(`${at} is missing`)
        const seen = new Set<string>()
        for (const [key, value] of commit.trailers) {
          if (seen.has(key)) continue
          seen.add(key)
          if (!latest.has(key)) latest.set(key, value)
        }
        at = at === id ? undefined : commit.parents[0]
      }
      const own = new Set<string>()
      for (const tip of [head, ...leaves])
        for (
          let at: string | undefined = tip;
          at !== undefined && !own.has(at);
          at = at === id ? undefined : commits.get(at)?.parents[0]
        )
          own.add(at)
      return { id, head, leaves, latest, messages: own.size }
    })
}

interface ReadCommit {
  readonly parents: readonly string[]
  readonly trailers: readonly (readonly [string, string])[]
}

function readCommits(directory: string): Map<string, ReadCommit> {
  const text = gitIn(directory, 'log', '--glob=refs/dit/', '--format=%x01%H%n%P%n%B')
  return new Map(
    text
      .split('\u0001')
      .filter(Boolean)
      .map(entry => {
        const [id = '', parents = '', ...message] = entry.split('\n')
        return [id, { parents: parents.split(' ').filter(Boolean), trailers: trailersOf(message.slice(2)) }]
      }),
  )
}

/** Blocks between blank lines; one counts when each of its lines is a trailer, or goes on with one. */
function trailersOf(lines: readonly string[]): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = []
  let block: [string, string][] | null = []
  for (const line of [...lines, '']) {
    const [, key, value = ''] = /^([A-Za-z0-9-]+)[:=](.*)$/.exec(line) ?? []
    const last = block?.at(-1)
    if (line === '') {
      found.push(...(block ?? []).map(([k, v]) => [k, v.trim()] as const))
      block = []
    } else if (block === null) continue
    else if (key !== undefined) block.push([key, value])
    else if (line.startsWith(' ') && last) last[1] += `\n${line}`
    else block = null
  }
  return found
}
