// The review of one patch as conversations: every remark of every answer, put at the line of the diff that it quotes,
// with the remarks that answer it below it. An answer quotes the mail it answers, and that one quotes the patch, so a
// place is handed on from mail to mail.
import type { MessageId } from '../../base/ids.ts'
import { alignQuotes } from '../mail/align.ts'
import { appliedOf } from '../mail/applied.ts'
import type { DiffFile, DiffText } from '../mail/diff-lines.ts'
import type { Person } from '../mail/facts.ts'
import { isNod } from '../mail/nod.ts'
import { type Remark, type Remarks, remarksOf } from '../mail/remarks.ts'
import { parseSubject } from '../mail/subject.ts'
import type { TopicMail } from './topic.ts'

/** A mail with its text: the body, and attached patches below it. */
export interface ReadMail {
  readonly mail: Pick<TopicMail, 'id' | 'parent' | 'author' | 'said' | 'subject'>
  readonly text: string
}

/** The mail of a patch: its text is read already. */
interface ReadPatchMail extends Pick<ReadMail, 'mail'> {
  readonly diff: DiffText
}

/** What a comment is about; `file` counts the files of the diff and `line` the lines of the file, from 0. */
export type CommentPlace =
  | { readonly on: 'line'; readonly file: number; readonly line: number }
  | { readonly on: 'file'; readonly file: number }
  | { readonly on: 'message' }
  | { readonly on: 'patch' }

export interface Comment {
  readonly mail: MessageId
  readonly author: Person
  readonly said: number
  /** Its words, without blank lines around them. */
  readonly lines: readonly string[]
  /** Where they begin in the mail, line from 0: with the mail a name for the comment. */
  readonly at: number
}

export interface CommentThread {
  readonly place: CommentPlace
  /** The last quoted lines above the first comment, oldest first; empty for words that quote nothing. */
  readonly quote: readonly string[]
  readonly first: Comment
  readonly answers: readonly Comment[]
}

/**
 * `replies`: the mails below the patch, each behind the one it answers. The threads come in the order of their first
 * comments; a remark whose quote is not found speaks of the file last quoted above it, else of the patch.
 */
export function commentThreads(patch: ReadPatchMail, replies: readonly ReadMail[]): CommentThread[] {
  if (replies.length === 0) return []
  const reading = new Reading(patch)
  for (const reply of replies) reading.take(reply)
  return reading.threads.filter(({ first, answers }) => answers.length > 0 || !isIdle(first.lines))
}

interface OpenThread extends CommentThread {
  place: CommentPlace
  answers: Comment[]
}

/** What a line of a mail belongs to. */
type Origin = { readonly place: CommentPlace } | { readonly thread: OpenThread } | null

/** A mail that can be quoted. */
interface Quotable {
  readonly lines: readonly string[]
  readonly origins: readonly Origin[]
  /** The conversations it takes part in. */
  readonly threads: ReadonlySet<OpenThread>
  /** The name that an attribution gives. */
  readonly author: string
}

class Reading {
  readonly threads: OpenThread[] = []
  readonly #patch: Quotable
  readonly #known = new Map<string, Quotable>()

  constructor(patch: ReadPatchMail) {
    this.#patch = quotablePatch(patch)
    this.#known.set(patch.mail.id, this.#patch)
  }

  take(reply: ReadMail): void {
    const parent = this.#known.get(reply.mail.parent ?? '') ?? this.#patch
    const remarks = remarksOf(reply.text, {
      sender: reply.mail.author.name,
      title: parseSubject(reply.mail.subject).key,
      above: [...new Set([parent.author, this.#patch.author])],
    })
    const origins = this.#originsOf(remarks.quotes, parent)
    const threads = remarks.remarks.map(remark =>
      isWrapped(remark, remarks, parent) ? null : this.#put(remark, reply, remarks, origins, parent),
    )
    this.#known.set(reply.mail.id, {
      lines: remarks.lines.map(line => line.text),
      origins: remarks.lines.map(({ quote, remark }) => {
        const thread = remark === null ? null : threads[remark]
        return quote !== null ? (origins[quote] ?? null) : thread ? { thread } : null
      }),
      threads: new Set(threads.filter(thread => thread !== null)),
      author: reply.mail.author.name,
    })
  }

  /** The parent knows its lines; what it left out may still be quoted from the patch itself. */
  #originsOf(quotes: readonly string[], parent: Quotable): Origin[] {
    const found = alignQuotes(parent.lines, quotes)
    const missed = found.some((at, quote) => at === null && quotes[quote]?.trim() !== '')
    const elsewhere = missed && parent !== this.#patch ? alignQuotes(this.#patch.lines, quotes) : []
    return found.map((at, quote) =>
      at === null ? (this.#patch.origins[elsewhere[quote] ?? -1] ?? null) : (parent.origins[at] ?? null),
    )
  }

  #put(
    remark: Remark,
    reply: ReadMail,
    remarks: Remarks,
    origins: readonly Origin[],
    parent: Quotable,
  ): OpenThread {
    const origin = originOf(remark, remarks, origins) ?? onlyThread(remark, parent)
    const comment = {
      mail: reply.mail.id,
      author: reply.mail.author,
      said: reply.mail.said,
      lines: remark.lines,
      at: remark.at,
    }
    const thread = origin && 'thread' in origin ? origin.thread : this.#at(origin?.place, parent)
    if (thread) {
      thread.answers.push(comment)
      return thread
    }
    const place = origin && 'place' in origin ? origin.place : fallback(remark, origins)
    const opened: OpenThread = { place, quote: quoteOf(remark, remarks), first: comment, answers: [] }
    this.threads.push(opened)
    return opened
  }

  /** Who answers a comment often quotes only the code above it: then it goes on below that comment. */
  #at(place: CommentPlace | undefined, parent: Quotable): OpenThread | undefined {
    if (place?.on !== 'line') return undefined
    return [...parent.threads].find(
      thread =>
        thread.place.on === 'line' && thread.place.file === place.file && thread.place.line === place.line,
    )
  }
}

/** The message, then each file with the lines that git writes above it. */
function quotablePatch({ diff: { before, files, after }, mail }: ReadPatchMail): Quotable {
  const message: Origin = { place: { on: 'message' } }
  const lines = [...before]
  const origins: Origin[] = before.map(() => message)
  files.forEach((diff, file) => {
    for (const head of headsOf(diff)) {
      lines.push(head)
      origins.push({ place: { on: 'file', file } })
    }
    diff.lines.forEach((line, at) => {
      lines.push(line.text)
      origins.push({ place: { on: 'line', file, line: at } })
    })
  })
  const rest: Origin = { place: { on: 'patch' } }
  return {
    lines: [...lines, ...after],
    origins: [...origins, ...after.map(() => rest)],
    threads: new Set(),
    author: mail.author.name,
  }
}

const headsOf = ({ path, from, remarks }: DiffFile) => [
  `diff --git a/${from ?? path} b/${path}`,
  ...remarks,
  `--- a/${from ?? path}`,
  `+++ b/${path}`,
]

/** The nearest known line of its quote, from below; a reader looks a few lines up and no further. */
function originOf(remark: Remark, { quotes }: Remarks, origins: readonly Origin[]): Origin {
  let tries = 0
  for (let at = remark.quoteEnd - 1; at >= remark.quoteFrom && tries < quoteLinesTried; at--) {
    const origin = origins[at]
    if (origin) return origin
    if ((quotes[at] ?? '').trim() !== '') tries++
  }
  return null
}

const quoteLinesTried = 4

/** Words without a quote answer the conversation of their parent, when it has only one. */
function onlyThread(remark: Remark, { threads }: Quotable): Origin {
  const [thread, other] = threads
  return remark.quoteFrom === remark.quoteEnd && thread && !other ? { thread } : null
}

/** The file that was quoted last. */
function fallback(remark: Remark, origins: readonly Origin[]): CommentPlace {
  if (remark.quoteFrom === remark.quoteEnd) return { on: 'patch' }
  const origin = origins.slice(0, remark.quoteEnd).findLast(known => known && 'place' in known)
  if (!origin || !('place' in origin) || !('file' in origin.place)) return { on: 'patch' }
  return { on: 'file', file: origin.place.file }
}

/** A line of its own that is only the end of the quoted one above it. */
function isWrapped(remark: Remark, { quotes }: Remarks, parent: Quotable): boolean {
  if (!remark.tight || remark.lines.length !== 1) return false
  const joined = (quotes[remark.quoteEnd - 1] ?? '') + remark.lines[0]
  return alignQuotes(parent.lines, [joined])[0] !== null
}

const quoteOf = (remark: Remark, { quotes }: Remarks) =>
  quotes
    .slice(remark.quoteFrom, remark.quoteEnd)
    .filter(line => line.trim() !== '')
    .slice(-quoteLinesKept)

const quoteLinesKept = 3

/** "Looks good", "applied, thanks": nothing to do. */
function isIdle(lines: readonly string[]): boolean {
  const text = lines.join(' ').replace(/\s+/g, ' ').trim()
  return isNod(text) || (text.length < noticeCharactersMax && appliedOf('', [text]) !== null)
}

const noticeCharactersMax = 80
