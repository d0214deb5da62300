// What `git request-pull` prints: "The following changes since commit ...", "are available in the Git repository at:".
import type { PullRequestFact } from './facts.ts'

/** Reads the block from own lines; null when either half is missing. */
export function pullRequestOf(lines: readonly string[]): PullRequestFact | null {
  const at = lines.findIndex(line => /^\s{0,4}are available in the git repository at:/i.test(line))
  if (at < 0) return null
  const place = lines
    .slice(at, at + 5)
    .join(' ')
    .match(/at:\s{0,20}(\S{1,500})(?:\s{1,20}(\S{1,200}))?/i)
  const url = place?.[1]
  if (!url || !/^(?:https?|git|ssh|file):\/\/|^[\w.-]{1,60}@[\w.-]{1,100}:/.test(url)) return null
  return {
    url,
    ref: refOf(place?.[2]),
    base: commitAfter(lines, /^\s{0,4}the following changes since commit/i),
    head: commitAfter(lines, /^\s{0,4}for you to fetch changes up to/i),
  }
}

/** Prose behind the URL is no ref: "Thanks." was taken for one by another tool. */
const refOf = (word: string | undefined) => (word && !/[.!?:]$/.test(word) ? word : 'HEAD')

function commitAfter(lines: readonly string[], phrase: RegExp): string | null {
  const at = lines.findIndex(line => phrase.test(line))
  if (at < 0) return null
  return (
    lines
      .slice(at, at + 2)
      .join(' ')
      .match(/\b[0-9a-f]{12,64}\b/)?.[0] ?? null
  )
}
