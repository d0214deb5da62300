// What one commit of a followed branch says: the little that tells which patch it is, which bugs it closes, and what
// it takes back. Made from the raw commit object and its diff; nothing here depends on another commit or on a mail.
import { limits } from '../../base/limits.ts'
import { readBytes, readText } from '../decode/charset.ts'
import { touchedFiles } from '../mail/diff.ts'
import type { Person } from '../mail/facts.ts'
import { linksOf } from '../mail/links.ts'
import { patchId } from '../mail/patch-id.ts'
import { firstTime, lastTime } from '../mail/said-time.ts'
import { parseSubject } from '../mail/subject.ts'
import { sampledLines, sampledPaths } from './likeness.ts'

/** Raised when a change here gives other facts for the same commit; the branches are then read again. */
export const commitVersion = 2

export interface CommitFacts {
  readonly id: string
  /** Committer's time, milliseconds. */
  readonly at: number
  readonly title: string
  /** For comparing, as `SubjectFact.key`. */
  readonly key: string
  readonly author: Person
  readonly committer: Person
  /** With renames shown and without: `git format-patch` does either. Empty for a merge. */
  readonly patchIds: readonly string[]
  readonly paths: readonly string[]
  readonly lines: readonly string[]
  /** Message-IDs that `git am --message-id` wrote: the commit is that mail. */
  readonly mails: readonly string[]
  /** Message-IDs in `Link:` trailers: the mail itself, or one that is of interest. */
  readonly links: readonly string[]
  /** Bugs: Message-IDs, or `#12`. */
  readonly closes: readonly string[]
  /** Commits, as written; of a merge those it brought, too. */
  readonly reverts: readonly string[]
  /** Of these the merges, each with the parent whose side stays, as written; absent without any. */
  readonly merges?: readonly { readonly merge: string; readonly kept: string }[]
}

export interface DiffFacts {
  readonly patchId: string | null
  readonly paths: readonly string[]
  readonly lines: readonly string[]
  /** It shows a file under another name. */
  readonly renames: boolean
}

export function diffFacts(diff: string): DiffFacts {
  const files = touchedFiles(diff)
  return {
    patchId: patchId(diff),
    paths: sampledPaths(files),
    lines: sampledLines(files),
    renames: files.some(file => file.from !== undefined),
  }
}

/** `diffs`: the commit's diff in each way it may be written; the first one is read for paths and lines. */
export function commitFacts(id: string, raw: Buffer, diffs: readonly DiffFacts[]): CommitFacts {
  const { headers, message } = partsOf(raw)
  const lines = message.split('\n')
  const title = titleOf(lines)
  const subject = parseSubject(title)
  const committer = stampOf(headers, 'committer')
  const merges = mergesIn(message)
  return {
    id,
    at: Math.min(Math.max(committer.at, firstTime), lastTime),
    title: title.slice(0, 500),
    key: subject.key,
    author: stampOf(headers, 'author').person,
    committer: committer.person,
    patchIds: [...new Set(diffs.flatMap(diff => diff.patchId ?? []))],
    paths: diffs[0]?.paths ?? [],
    lines: diffs[0]?.lines ?? [],
    mails: matchesIn(lines, /^\s{0,4}Message-ID:\s{0,5}<?([^<>\s]{3,500})>?\s*$/i),
    links: trailersOf(lines, /^(?:link|patch-link|patchwork-link)$/i).flatMap(value => linksOf([value])),
    closes: bugRefs(lines),
    reverts: matchesIn(lines, /\b(?:this )?reverts commit ([0-9a-f]{10,64})\b/i),
    ...(merges.length > 0 ? { merges } : {}),
  }
}

/** The bugs that lines like `Closes: <ref>` name: archive addresses, Message-IDs and numbers. */
export function bugRefs(lines: readonly string[]): string[] {
  const values = trailersOf(lines, /^(?:closes|fixes|resolves)$/i)
  return [...new Set(values.flatMap(refsIn))].slice(0, refsMax)
}

const refsMax = 20

/** `Fixes: 1a2b3c4d5e6f ("title")` names the commit that brought the bug, and no bug. */
function refsIn(value: string): string[] {
  if (/^#\d{1,9}(?:[\s,]{1,3}#\d{1,9}){0,19}$/.test(value)) return value.match(/#\d{1,9}/g) ?? []
  const id = value.match(/^<?([^<>\s/]{1,400}@[^<>\s/]{1,200}?)>?$/)?.[1]
  return id === undefined ? linksOf([value]) : [id]
}

function trailersOf(lines: readonly string[], key: RegExp): string[] {
  return lines.flatMap(line => {
    const [, name = '', value = ''] =
      line.slice(0, 1_000).match(/^\s{0,4}([A-Za-z-]{4,20}):\s{1,8}(\S.*)$/) ?? []
    return key.test(name) ? [value.trim()] : []
  })
}

const matchesIn = (lines: readonly string[], pattern: RegExp): string[] =>
  lines.flatMap(line => line.slice(0, 1_000).match(pattern)?.[1] ?? []).slice(0, refsMax)

/** `git revert -m` writes so, and breaks the line. */
const mergesIn = (message: string) =>
  [...message.matchAll(mergeTakenBack)]
    .slice(0, mergesMax)
    .map(([, merge = '', kept = '']) => ({ merge: merge.toLowerCase(), kept: kept.toLowerCase() }))

const mergeTakenBack =
  /\breverts commit ([0-9a-f]{10,64}),\s{1,3}reversing\s{1,3}changes\s{1,3}made\s{1,3}to\s{1,3}([0-9a-f]{10,64})\b/gi
const mergesMax = 5

/** git joins the lines of the first paragraph. */
function titleOf(lines: readonly string[]): string {
  const start = lines.findIndex(line => line.trim() !== '')
  if (start < 0) return ''
  const end = lines.findIndex((line, at) => at > start && line.trim() === '')
  return lines
    .slice(start, end < 0 ? undefined : end)
    .join(' ')
    .slice(0, 1_000)
    .trim()
}

/** The header lines of a commit object, decoded, and its message. */
function partsOf(raw: Buffer): { headers: string[]; message: string } {
  const end = raw.indexOf('\n\n')
  const head = end < 0 ? raw : raw.subarray(0, end)
  const body = end < 0 ? Buffer.alloc(0) : raw.subarray(end + 2, end + 2 + limits.commitMessageBytesMax)
  const encoding = head.toString('latin1').match(/^encoding (\S{1,60})$/m)?.[1]
  const decode = (bytes: Buffer) => (encoding ? readText(bytes, encoding).text : readBytes(bytes))
  return { headers: decode(head).split('\n'), message: decode(body) }
}

/** `author Ada Example <ada@example.org> 1772445600 +0100` */
function stampOf(headers: readonly string[], name: 'author' | 'committer'): { person: Person; at: number } {
  const line = headers.find(one => one.startsWith(`${name} `))?.slice(name.length + 1, 2_000) ?? ''
  const open = line.indexOf('<')
  const close = line.indexOf('>', open)
  if (open < 0 || close < 0) return { person: { name: line.trim(), address: '' }, at: 0 }
  const seconds = Number(line.slice(close + 1).match(/^\s{0,5}(-?\d{1,15})\b/)?.[1] ?? 0)
  return {
    person: {
      name: line.slice(0, open).trim().slice(0, 200),
      address: line
        .slice(open + 1, close)
        .trim()
        .toLowerCase()
        .slice(0, 320),
    },
    at: seconds * 1_000,
  }
}
