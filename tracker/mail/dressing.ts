// What a list adds to the mails that pass it, beyond the forms that every list of a kind shares (footer.ts): a footer or
// a subject prefix of its own, which many different people sent (marks.ts). Here is what was learnt, and where it begins.
import { hash } from 'node:crypto'
import { limits } from '../../base/limits.ts'
import { footerStart, type Tail, tailsOf } from './footer.ts'

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
export const plainBracket = (bracket: string) =>
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

export function markOf(kind: Kind, text: string): Mark {
  const number = hash('sha256', text, 'buffer').readBigInt64BE()
  return ((number & ~3n) | BigInt(kinds.indexOf(kind))).toString()
}

const kindOf = (mark: Mark): Kind | undefined => kinds[Number(BigInt(mark) & 3n)]

/** The three leading binary digits. */
function roughly(count: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, count))) - 2)
  return Math.floor(count / step) * step
}
