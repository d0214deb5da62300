// Where an unquoted original begins below an answer: somebody else's mail under a rule, under the header block that
// Outlook and its kin write, or under an attribution that no quote follows. Nothing there is said by the sender.
import { attributionStart } from './attribution.ts'
import { type ClientWords, wordsFor } from './client-words.ts'
import { parseSubject } from './subject.ts'

/**
 * The line at which the original begins, a drawn rule above it included; the number of lines when there is none.
 * `title`: the normalised title of an answer, which its original has, too, empty when it is not known; null for a mail
 * that answers nothing: what it cites by name stays a part of it. `inDiff`: lines of a diff, which are nobody's words.
 */
export function originalStart(
  lines: readonly string[],
  title: string | null,
  inDiff: readonly (boolean | undefined)[] = [],
): number {
  const at = lines.findIndex((line, index) => {
    if (inDiff[index]) return false
    const shape = shapeOf(line)
    if (shape === 'rule') return isNamedRule(line)
    if (shape === 'word') return title !== null && isColumns(lines, index)
    if (shape !== 'colon') return false
    return (
      isNamedRule(line) || isBlock(lines, index, title ?? '') || (title !== null && isUnquoted(lines, index))
    )
  })
  return at < 0 ? lines.length : ruleAbove(lines, at)
}

/** What a line may be the beginning of, by its looks; nearly all lines of mails are none of it, so this is asked first. */
function shapeOf(line: string): 'rule' | 'colon' | 'word' | null {
  if (line === '' || line.startsWith('>')) return null
  const colon = colonIn(line)
  // Where the name comes first, as in Turkish, Hungarian and Chinese, the first colon is the clock's.
  if (colon > 0 && (colon < labelMax || endsInColon(line))) return 'colon'
  if (rule.test(line)) return 'rule'
  return line.length < 20 && colon < 0 && /^\p{L}/u.test(line) ? 'word' : null
}

const labelMax = 40

/** The place of the first one, -1 without. */
function colonIn(line: string): number {
  const [usual, wide] = [line.indexOf(':'), line.indexOf('：')]
  return usual < 0 || (wide >= 0 && wide < usual) ? wide : usual
}

function endsInColon(line: string): boolean {
  const last = line.trimEnd().at(-1)
  return last === ':' || last === '：'
}

const rule = /^\s{0,3}[-_=*—–]{2}/

const alternatives = (words: readonly string[]) =>
  words
    .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .sort((a, b) => b.length - a.length)
    .join('|')

const originals = alternatives(wordsFor('original'))
/** `-----Original Message-----`, `---------- Forwarded by Ines on 02/03/2026`: drawn on the left at least. */
const drawn = new RegExp(`^\\s{0,3}[-_=*—–]{2,40}\\s{0,3}(?:${originals})(?![\\p{L}\\p{N}])`, 'iu')
/** Apple's: alone on its line, with a colon. */
const announced = new RegExp(`^\\s{0,3}(?:${originals})\\s{0,2}[:：]\\s{0,3}$`, 'iu')

function isNamedRule(line: string): boolean {
  const start = line.slice(0, 200)
  return (rule.test(start) && drawn.test(start)) || (endsInColon(line) && announced.test(start))
}

type Role = 'from' | 'date' | 'to' | 'cc' | 'subject'
const roles: readonly (Role & keyof ClientWords)[] = ['from', 'date', 'to', 'cc', 'subject']

/** A word may be several: "A" is to in Italian, "De" from in three languages. */
const rolesOf: ReadonlyMap<string, ReadonlySet<Role>> = labels()

function labels(): Map<string, Set<Role>> {
  const map = new Map<string, Set<Role>>()
  for (const role of roles)
    for (const word of wordsFor(role)) map.set(word, (map.get(word) ?? new Set()).add(role))
  return map
}

interface Field {
  /** The words before the colon, in lower case. */
  readonly label: string
  readonly value: string
}

const fieldForm =
  /^\s{0,3}[*_]{0,2}(\p{L}[\p{L}\p{M} .'’()-]{0,28}?)\s{0,3}[*_]{0,2}[:：][*_]{0,2}(?:\s|$|(?<=：))(.*)$/u

function fieldOf(line: string): Field | null {
  const found = line.slice(0, 1_000).match(fieldForm)
  return found ? { label: (found[1] ?? '').trim().toLowerCase(), value: (found[2] ?? '').trim() } : null
}

/**
 * Header fields, each on its line. With words that we know: who and about what, and when or to whom. git's own header
 * below a cut line (From, Date, Subject) names nobody whom it is to, and is the patch that the sender gives: English
 * blocks name a receiver, too. Without: three fields or more, of which one repeats the title of this mail and one holds a
 * time, in whatever language.
 */
function isBlock(lines: readonly string[], at: number, title: string): boolean {
  if (!fieldOf(lines[at] ?? '')) return false
  // Asked at its first line alone: a text of nothing but fields would be read again from each of them.
  const fields = at > 0 && fieldOf(lines[at - 1] ?? '') ? [] : fieldsFrom(lines, at)
  if (fields.length < 3) return false
  const known = fields.flatMap(({ label }) => [...(rolesOf.get(label) ?? [])])
  const has = (role: Role) => known.includes(role)
  const first = rolesOf.has(fields[0]?.label ?? '')
  if (first && has('from') && has('subject') && isAddressed(fields, has)) return true
  return (
    title !== '' &&
    fields.some(({ value }) => parseSubject(value).key === title) &&
    fields.some(({ value }) => isTime(value))
  )
}

/** `From: ... Subject:` of git has a date and no receiver. */
function isAddressed(fields: readonly Field[], has: (role: Role) => boolean): boolean {
  if (!fields.some(({ label }) => label === 'from')) return has('date') || has('to')
  return (has('to') || has('cc')) && (has('date') || fields.some(({ label }) => label === 'sent'))
}

/** Consecutive fields; the receivers of a long list go on over some lines. */
function fieldsFrom(lines: readonly string[], at: number): Field[] {
  const fields: Field[] = []
  let folded = 0
  for (let i = at; i < lines.length && fields.length < fieldsMax && folded < foldedMax; i++) {
    const line = lines[i] ?? ''
    const field = fieldOf(line)
    if (field) fields.push(field)
    else if (line.trim() === '' || fields.length === 0) break
    else folded++
  }
  return fields
}

const fieldsMax = 10
/** Lines that belong to the field above them. */
const foldedMax = 12

/** Old Notes writes the labels alone, each above its value: "To", "cc", "Subject". */
function isColumns(lines: readonly string[], at: number): boolean {
  if (!bareRoles(lines[at])?.has('to')) return false
  const below = lines.slice(at + 1, at + columnsMax)
  const above = lines.slice(Math.max(0, at - 5), at)
  return below.some(line => bareRoles(line)?.has('subject')) && above.some(isTime)
}

const bareRoles = (line = '') => rolesOf.get(line.slice(0, 30).trim().toLowerCase())
const columnsMax = 12

/** A year, or a clock. */
const isTime = (value: string) => /(?:^|\D)(?:19|20)\d\d(?:\D|$)|\d{1,2}[:.]\d\d/.test(value)

/** An attribution with words above it and no quote below it: the client lost the marks, and the rest is the original. */
function isUnquoted(lines: readonly string[], at: number): boolean {
  if (!endsInColon(lines[at] ?? '')) return false
  const top = Math.max(0, at - attributionLinesMax)
  const some = lines.slice(top, at + 1)
  const start = attributionStart(some, { dated: true })
  if (start === some.length || !some.slice(start).some(isTime)) return false
  return !isBlankAll(lines.slice(0, top + start)) && isOriginal(lines.slice(at + 1))
}

const attributionLinesMax = 5
const isBlankAll = (lines: readonly string[]) => lines.every(line => line.trim() === '')
const isOriginal = (below: readonly string[]) =>
  !isBlankAll(below) && !below.some(line => /^\s{0,3}[>|]/.test(line))

/** Outlook draws a line of underscores above its block. */
function ruleAbove(lines: readonly string[], at: number): number {
  let start = at
  while (start > 0 && /^[\s_*=-]*$/.test(lines[start - 1] ?? '') && !/^-- ?$/.test(lines[start - 1] ?? ''))
    start--
  return start
}
