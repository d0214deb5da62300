// Are two patches of one person postings of the same change? A pure question about two mails; with the keys under
// which the second one is found, so that nothing depends on what else is in the log or on the order of arrival.
import { limits } from '../../base/limits.ts'
import { memo } from '../../base/memo.ts'
import type { MailFacts, TouchedFile } from '../mail/facts.ts'
import { plainTitle, titleKey } from '../mail/subject.ts'
import { personKeys } from './person.ts'
import { sendRun } from './send-run.ts'

/** The little of a patch that the question needs, kept beside its facts. */
export interface Sketch {
  readonly said: number
  /** Normalised title. */
  readonly title: string
  readonly persons: readonly string[]
  /** At most `pathsMax`, sorted. */
  readonly paths: readonly string[]
  /** The smallest `linesMax` of the hashed changed lines: a fair sample that two mails choose alike. */
  readonly lines: readonly string[]
  /**
   * Of a numbered posting: its place in a series that was sent mail by mail, or whose cover a relay gave another id.
   * `alone`: it answers nothing. Of a mail and the one that heads it (a lower number, 0 or 1), that one must be.
   */
  readonly loose: {
    readonly total: number
    readonly version: number | null
    readonly alone: boolean
    readonly number: number
  } | null
  /** Of a letter that may be the plain cover of patches: the first of the titles that it lists (listed-cover.ts). */
  readonly lists?: readonly string[]
}

const pathsMax = 12
/** One of them finds all patches that went out with it, which share an id that they answer, or a run. */
const listsMax = 12
const linesMax = 120
/** Mails of one series that answer nothing are at most this far apart. */
export const looseMs = 20 * 60_000
/** A cover that was written in a mail program goes out by hand before git sends the patches. */
export const byHandMs = 60 * 60_000

/** Null for a mail that posts no change and lists none, and for a pull request, whose title says nothing ("Fixes for net"). */
export const sketchOf = memo((facts: MailFacts): Sketch | null => {
  if (facts.listed) return sketchOfLetter(facts, facts.listed)
  if (facts.posting !== 'patch' && facts.posting !== 'cover') return null
  if (facts.pullRequest) return null
  return {
    said: facts.said,
    title: titleOf(facts.subject),
    persons: [...new Set([...personKeys(facts.sender), ...personKeys(facts.author)])],
    paths: sampledPaths(facts.files),
    lines: sampledLines(facts.files),
    loose: looseOf(facts),
  }
})

const sketchOfLetter = ({ said, sender }: MailFacts, listed: readonly string[]): Sketch => ({
  said,
  title: '',
  persons: personKeys(sender),
  paths: [],
  lines: [],
  loose: null,
  lists: listed.slice(0, listsMax),
})

/** Whether the last word is a version is known beside its neighbours only, so both are like each other. */
const titleOf = ({ title, key, ending }: MailFacts['subject']): string =>
  ending === undefined ? key : titleKey(plainTitle(title).title)

/** A patch whose id names its run of git kept it on its way: no relay came between it and its cover. */
function looseOf(facts: MailFacts): Sketch['loose'] {
  const { total, version, number } = facts.subject
  const alone = facts.references.length === 0
  if (total === null || (!alone && sendRun(facts.messageId) !== null)) return null
  return { total, version, alone, number: number ?? 0 }
}

export const sampledPaths = (files: readonly TouchedFile[]): string[] =>
  files
    .map(file => file.path)
    .sort()
    .slice(0, pathsMax)

export const sampledLines = (files: readonly TouchedFile[]): string[] =>
  [...new Set(files.flatMap(file => file.lines))].sort().slice(0, linesMax)

/** Two mails whose sketches share none of these keys are not alike. */
export const hintKeys = memo((sketch: Sketch): readonly string[] => {
  const slot = Math.floor(sketch.said / looseMs)
  return sketch.persons.flatMap(person => [
    ...(sketch.title === '' ? [] : [`t ${person} ${sketch.title}`]),
    // A letter is found under the titles of the patches that it lists, so that they need no key more.
    ...(sketch.lists ?? []).map(title => `t ${person} ${title}`),
    ...sketch.paths.map(path => `f ${person} ${path}`),
    // Two times less than a slot apart lie in the same or in neighbouring slots.
    ...(sketch.loose ? [slot, slot + 1].map(at => `n ${person} ${sketch.loose?.total} ${at}`) : []),
  ])
})

/**
 * One person, within `revisionDaysMax`, and the same title, or a shared path with a like title or like changes; or
 * two mails of a series whose mails were sent one by one, or a letter and a patch that it lists.
 */
export function alike(a: Sketch, b: Sketch): boolean {
  if (Math.abs(a.said - b.said) > limits.revisionDaysMax * 86_400_000) return false
  if (!shares(a.persons, b.persons)) return false
  if (a.lists || b.lists) return isListed(a, b) || isListed(b, a)
  if (sentOneByOne(a, b)) return true
  if (a.title !== '' && a.title === b.title) return true
  return shares(a.paths, b.paths) && (likeTitles(a.title, b.title) || shareOfSmaller(a.lines, b.lines) >= 0.5)
}

/** A letter and a patch that it lists, sent within the hour. */
const isListed = (letter: Sketch, patch: Sketch): boolean =>
  letter.lists?.includes(patch.title) === true && Math.abs(letter.said - patch.said) < byHandMs

/** The same total, versions that do not contradict, and soon after each other. */
function sentOneByOne(a: Sketch, b: Sketch): boolean {
  if (!a.loose || !b.loose || a.loose.total !== b.loose.total || Math.abs(a.said - b.said) >= looseMs)
    return false
  if (!(a.loose.alone && b.loose.alone) && !mayHead(a.loose, b.loose) && !mayHead(b.loose, a.loose))
    return false
  return a.loose.version === b.loose.version || a.loose.version === null || b.loose.version === null
}

/** The cover over 1/n, or 1/n over the others where no cover was written. */
const mayHead = (head: Loose, patch: Loose): boolean =>
  head.alone && head.number <= 1 && patch.number > head.number

type Loose = NonNullable<Sketch['loose']>

/** Half of the words of either title, the shorter counting. */
export function likeTitles(a: string, b: string): boolean {
  return shareOfSmaller(words(a), words(b)) >= 0.5
}

/** How much of the smaller set lies in the other one, 0 to 1. */
export function shareOfSmaller(a: readonly string[], b: readonly string[]): number {
  const [small, large] = a.length <= b.length ? [a, new Set(b)] : [b, new Set(a)]
  if (small.length === 0) return 0
  return small.filter(item => large.has(item)).length / small.length
}

const words = (title: string) => [...new Set(title.split(' ').filter(word => word.length > 1))]

function shares(a: readonly string[], b: readonly string[]): boolean {
  return a.some(item => b.includes(item))
}
