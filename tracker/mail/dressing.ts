// What a list adds to the mails that pass it, beyond the forms that every list of a kind shares (footer.ts): a footer or
// a subject prefix of its own. One mail can't tell it from what its sender wrote. So each mail that the list stamped says
// its marks (hashes), the list counts who sent them, and what many different people sent is the list's.
import { createHash } from 'node:crypto'
import { limits } from '../../base/limits.ts'
import type { Header } from '../decode/mail.ts'
import { appliedOf } from './applied.ts'
import { checksOf } from './check.ts'
import { footerStart, type Tail, tailsOf } from './footer.ts'
import { bracketMayBeDress, isListPrefix } from './list-prefix.ts'
import { firstBracket } from './subject.ts'
import { tagsOf } from './tags.ts'
import type { Text } from './text.ts'
import { trailersOf } from './trailers.ts'

/** What is known of the list's dressing when a mail is read. */
export interface Dressing {
  /** Lower case; empty when the list is not known. */
  readonly address: string
  readonly listId: string | null
  /** The configured word, without brackets. */
  readonly prefix: string | null
  readonly learnt: ReadonlySet<Mark>
}

/** A hash, as a number of 64 bits that PostgreSQL takes; its last two bits are the kind. */
export type Mark = string

export const noDressing: Dressing = { address: '', listId: null, prefix: null, learnt: new Set() }

/** The marks of a mail, or null when the list did not stamp it. They do not depend on what is learnt. */
export function marksOf(
  headers: readonly Header[],
  subject: string,
  text: Text,
  dressing: Dressing,
): Mark[] | null {
  if (!isStamped(headers, dressing)) return null
  const bracket = firstBracket(subject)
  const tails = tailsOf(text.lines, footerStart(text.lines)).filter(tail => isCandidate(tail, text))
  const hosts = tails.length > 0 ? listHosts(headers, dressing) : new Set<string>()
  const marks = tails.flatMap(tail => {
    const kind = hostsIn(tail.text).some(host => hosts.has(host)) ? 'named' : 'plain'
    return kind === 'named' || tail.ruled ? [markOf(kind, tail.text)] : []
  })
  return bracket !== null && bracketMayBeDress(bracket) && !isListPrefix(bracket, headers, dressing)
    ? [...marks, markOf('prefix', plainBracket(bracket))]
    : marks
}

/**
 * The line at which the list's footer begins, known by its form or learnt; the number of lines when there is none. A
 * learnt one may stand above one of a known form, and is cut only where `mayCut` says so.
 */
export function dressStart(
  lines: readonly string[],
  dressing: Dressing,
  mayCut: (tail: Tail) => boolean = () => true,
): number {
  const formStart = footerStart(lines)
  if (dressing.learnt.size === 0) return formStart
  const tail = tailsOf(lines, formStart).find(one => isLearntTail(dressing, one) && mayCut(one))
  return tail ? footerStart(lines, tail.from) : formStart
}

const isLearntTail = ({ learnt }: Dressing, { text }: Tail): boolean =>
  learnt.has(markOf('named', text)) || learnt.has(markOf('plain', text))

export const isLearntBracket = ({ learnt }: Dressing, bracket: string): boolean =>
  learnt.size > 0 && learnt.has(markOf('prefix', plainBracket(bracket)))

/** Mailman counts when it is told to: `[tarn 1234]`. */
const plainBracket = (bracket: string) =>
  bracket
    .trim()
    .toLowerCase()
    .replace(/\d{1,9}/g, '0')

/**
 * Whether a mark is the list's. A tail that names the list is so when a few people sent it; another one, and a prefix,
 * when most mails have it, too: five colleagues share a notice of their company, and fifty people may share a project's
 * tag. The number of all mails is taken roughly: a share that lies at the edge then changes its side a few times in the
 * life of a list and not with every mail.
 */
export function isDressing(count: { mark: Mark; people: number; mails: number }, allMails: number): boolean {
  if (count.people < limits.dressingPeopleMin) return false
  return kindOf(count.mark) === 'named' || count.mails >= limits.dressingShareMin * roughly(allMails)
}

const kinds = ['named', 'plain', 'prefix'] as const
type Kind = (typeof kinds)[number]

function markOf(kind: Kind, text: string): Mark {
  const hash = createHash('sha256').update(text).digest().readBigInt64BE()
  return ((hash & ~3n) | BigInt(kinds.indexOf(kind))).toString()
}

const kindOf = (mark: Mark): Kind | undefined => kinds[Number(BigInt(mark) & 3n)]

/** The three leading binary digits. */
function roughly(count: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, count))) - 2)
  return Math.floor(count / step) * step
}

/** Without a configured List-Id any list's stamp will do: who imports an archive of one list need not name it. */
function isStamped(headers: readonly Header[], { address, listId }: Dressing): boolean {
  return headers.some(({ name, value }) => {
    if (name === 'x-beenthere') return listId === null || value.trim().toLowerCase() === address
    if (name !== 'list-id') return false
    if (listId === null) return true
    const id = value.slice(value.lastIndexOf('<') + 1).replace(/>.*$/s, '')
    return id.trim().toLowerCase() === listId.toLowerCase()
  })
}

/**
 * Words of the sender, as far as its form goes, that no reader of facts hears: a tag below a signature stays a tag, even
 * when five people send the same. git's version is taken off by the pages.
 */
function isCandidate(tail: Tail, { lines, ownKinds }: Text): boolean {
  if (ownKinds.slice(tail.from, tail.end).some(kind => kind !== 'said')) return false
  const own = lines.slice(tail.from, tail.end)
  if (own.length <= 2 && /^\s*\d{1,3}\.\d/.test(own.at(-1) ?? '')) return false
  const heard = tagsIn(own) + trailersOf(own).length + checksOf(own, null).length
  return heard === 0 && appliedOf('', own) === null && !own.some(line => idLine.test(line))
}

function tagsIn(lines: readonly string[]): number {
  const kinds = lines.map(() => 'said' as const)
  const said = lines.map((line, at) => ({ at, line }))
  const text = { lines, kinds, ownKinds: kinds, diff: '', damagedDiff: false, said }
  return tagsOf({ headers: [], text, posting: 'none', robot: null, isPlain: () => true }).tags.length
}

const idLine = /^[a-z-]{2,20}-(?:id|commit)\s{0,2}:|^release\s{0,2}:/i

/** Where the list lives: the hosts in its own headers and in its configured address. */
function listHosts(headers: readonly Header[], { address }: Dressing): Set<string> {
  const own = headers.filter(({ name }) => name.startsWith('list-') && name !== 'list-id')
  return new Set(hostsIn([address, ...own.map(({ value }) => value.slice(0, 2_000))].join('\n')))
}

/** Of addresses and URLs. */
const hostsIn = (text: string): string[] =>
  [...text.toLowerCase().matchAll(/(?:@|:\/\/)([\w-]{1,63}(?:\.[\w-]{1,63}){0,9})/g)].map(
    ([, host = '']) => host,
  )
