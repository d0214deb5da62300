// A patch with the conversations about it, and where each of them stands: still open, answered, or about a line that
// the next revision no longer has.
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { type DiffFile, type DiffLine, readDiff } from '../mail/diff-lines.ts'
import { type PatchText, patchIn, readPatch } from '../mail/patch-text.ts'
import { type CommentPlace, type CommentThread, commentThreads, type ReadMail } from './comment-threads.ts'
import { lineDiff } from './line-diff.ts'
import { samePerson } from './person.ts'
import { isReview } from './reviews.ts'
import { finalStates, type Revision, type Topic, type TopicMail, type TopicPatch } from './topic.ts'

export interface ReviewThread extends CommentThread {
  /**
   * `open`: nobody has answered, or the author agreed and a newer revision is to come. `outdated`: the later revision that it was
   * measured by has changed the line. `kept`: it has left the line as it was. `past`: the patch is settled, or the remark came with a review.
   */
  readonly state: 'open' | 'answered' | 'outdated' | 'kept' | 'past'
  /** The patch it was said about, with its version: on the page of a later revision it is an earlier one. */
  readonly patch: MessageId
  readonly version: number
}

export interface PatchReview {
  readonly patch: TopicPatch
  readonly text: PatchText
  /** Said about this patch. */
  readonly threads: readonly ReviewThread[]
}

/** The text of a mail: its body with attached patches; undefined when the log no longer has it. */
export type TextOf = (id: MessageId) => string | undefined

/** What patches became in a later revision; one that is gone there has none. */
export type Heirs = ReadonlyMap<TopicPatch, TopicPatch>

/** Undefined without the patch's own mail. */
export function patchReview(
  topic: Topic,
  revision: Revision,
  patch: TopicPatch,
  heirs: Heirs,
  textOf: TextOf,
): PatchReview | undefined {
  const own = topic.mails.find(mail => mail.id === patch.id)
  const text = textOf(patch.id)
  if (own === undefined || text === undefined) return undefined
  const replies = readable(repliesTo(topic, [patch.id]), textOf)
  const heir = heirs.get(patch)
  const heirText = heir ? textOf(heir.id) : undefined
  const diff = readDiff(text)
  const read = patchIn(diff)
  const carry = heirText === undefined ? undefined : carrier(read.files, readPatch(heirText).files)
  const reviewing = reviewsIn(topic)
  const threads = commentThreads({ mail: own, diff }, replies).map(thread => ({
    ...thread,
    state: stateOf(thread, patch, carry, reviewing),
    patch: patch.id,
    version: revision.version,
  }))
  return { patch, text: read, threads }
}

/** The answers with their texts, as many as fit into `commentTextCharactersMax`. */
function readable(mails: readonly TopicMail[], textOf: TextOf): ReadMail[] {
  let left: number = limits.commentTextCharactersMax
  return mails.flatMap(mail => {
    const text = textOf(mail.id)
    left -= text?.length ?? 0
    return text === undefined || left < 0 ? [] : [{ mail, text }]
  })
}

/** The mails that `patchReview` needs for these patches, at most `commentMailsMax` answers. */
export function mailsOfReview(topic: Topic, patches: readonly TopicPatch[], heirs: Heirs): MessageId[] {
  const ids = patches.map(patch => patch.id)
  const later = patches.flatMap(patch => heirs.get(patch)?.id ?? [])
  const replies = repliesTo(topic, ids).slice(0, limits.commentMailsMax)
  return [...new Set([...ids, ...later, ...replies.map(mail => mail.id)])]
}

/** Those of a review's conversations whose line the patch still has, at its place there. */
export function carriedThreads(older: PatchReview, newer: PatchText): ReviewThread[] {
  const carry = carrier(older.text.files, newer.files)
  return older.threads.flatMap(thread => {
    const place = carry(thread.place)
    return place ? [{ ...thread, place }] : []
  })
}

/** The answers of people below these patches, each behind what it answers; another patch begins a review of its own. */
function repliesTo(topic: Topic, patches: readonly MessageId[]): TopicMail[] {
  const robots = new Set(topic.robots.map(({ mail }) => mail))
  const inside = new Set<string>(patches)
  return topic.mails.filter(mail => {
    if (mail.role !== 'reply' || mail.parent === null || !inside.has(mail.parent)) return false
    inside.add(mail.id)
    return !mail.automatic && !robots.has(mail.id)
  })
}

function stateOf(
  thread: CommentThread,
  patch: TopicPatch,
  carry: Carry | undefined,
  reviewing: ReadonlySet<MessageId>,
): ReviewThread['state'] {
  const stays = carry && thread.place.on === 'line' ? carry(thread.place) !== null : null
  if (stays === false) return 'outdated'
  if (isAnswered(thread, patch)) return 'answered'
  if (stays) return 'kept'
  const waits =
    thread.quote.length > 0 && !reviewing.has(thread.first.mail) && !finalStates.includes(patch.state)
  return waits ? 'open' : 'past'
}

/** The mails that give a review: what they remark besides stops nothing. */
const reviewsIn = ({ trailers }: Topic): ReadonlySet<MessageId> =>
  new Set(trailers.filter(isReview).map(({ mail }) => mail))

/** The author's "will fix" promises a newer revision: until then nothing is done. */
function isAnswered({ first, answers }: CommentThread, patch: TopicPatch): boolean {
  const others = answers.filter(({ author }) => !samePerson(author, first.author))
  const last = others.at(-1)
  if (last === undefined) return false
  return !(samePerson(last.author, patch.author) && isPromise(last.lines))
}

const isPromise = (lines: readonly string[]) =>
  /^\W{0,3}(?:(?:yes|yep|ok(?:ay)?|sure|right|ah|oh|oops|thanks|good (?:point|catch|idea))\b[\s,.!-]{1,4}){0,3}(?:agreed?|will (?:do|fix|be|take|change|add|remove|update|drop|rename|move|use|send)|i(?:'ll| will| can| am going)|fixed|done|good (?:point|catch|idea)|sure|ok(?:ay)?[.!]?$)/i.test(
    (lines[0] ?? '').slice(0, 200),
  )

/** Where a line of the old diff stands in the new one; null when it is not in it, or is another kind of line there. */
type Carry = (place: CommentPlace) => CommentPlace | null

function carrier(was: readonly DiffFile[], now: readonly DiffFile[]): Carry {
  const lines = new Map<number, ReadonlyMap<number, number>>()
  return place => {
    if (place.on !== 'line') return null
    const file = now.findIndex(({ path }) => path === was[place.file]?.path)
    const known = lines.get(place.file) ?? sameLines(was[place.file]?.lines ?? [], now[file]?.lines ?? [])
    lines.set(place.file, known)
    const line = known.get(place.line)
    return line === undefined ? null : { on: 'line', file, line }
  }
}

function sameLines(was: readonly DiffLine[], now: readonly DiffLine[]): Map<number, number> {
  const steps = lineDiff(was.map(keyOf), now.map(keyOf))
  return new Map(steps.flatMap(step => (step.kind === 'same' ? [[step.was, step.now]] : [])))
}

const keyOf = ({ kind, text }: DiffLine) => (kind === 'hunk' ? '@@' : text.trimEnd())
