// What in a mail may be the list's dressing. One mail can't tell it from what its sender wrote. So each mail that the list
// stamped says its marks (hashes), the list counts who sent them, and what many different people sent is the list's.
import type { Header } from '../decode/mail.ts'
import { appliedOf } from './applied.ts'
import { checksOf } from './check.ts'
import { type Dressing, type Mark, markOf, plainBracket } from './dressing.ts'
import { footerStart, type Tail, tailsOf } from './footer.ts'
import { bracketMayBeDressing, isListPrefix } from './list-prefix.ts'
import { firstBracket } from './subject.ts'
import { tagsOf } from './tags.ts'
import type { Text } from './text.ts'
import { trailersOf } from './trailers.ts'

/** The marks of a mail, or null when the list did not stamp it. They do not depend on what is learnt. */
export function marksOf(
  headers: readonly Header[],
  subject: string,
  text: Text,
  dressing: Dressing,
): Mark[] | null {
  if (!isStamped(headers, dressing)) return null
  const bracket = firstBracket(subject)
  const tails = tailsOf(text.lines, footerStart(text.lines))
  const named = tails.map(tail => hostsIn(tail.text))
  const hosts = named.flat().length > 0 ? listHosts(headers, dressing) : new Set<string>()
  const marks = tails.flatMap((tail, at) => {
    const kind = named[at]?.some(host => hosts.has(host)) ? 'named' : 'plain'
    return (kind === 'named' || tail.ruled) && isCandidate(tail, text) ? [markOf(kind, tail.text)] : []
  })
  return bracket !== null && !isListPrefix(bracket, headers, dressing) && bracketMayBeDressing(bracket)
    ? [...marks, markOf('prefix', plainBracket(bracket))]
    : marks
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
function isCandidate(tail: Tail, { lines, plainKinds }: Text): boolean {
  if (plainKinds.slice(tail.from, tail.end).some(kind => kind !== 'own')) return false
  const own = lines.slice(tail.from, tail.end)
  if (own.length <= 2 && /^\s*\d{1,3}\.\d/.test(own.at(-1) ?? '')) return false
  return !own.some(line => idLine.test(line)) && !isHeard(own)
}

const isHeard = (own: readonly string[]): boolean =>
  trailersOf(own).length > 0 ||
  checksOf(own, null).length > 0 ||
  appliedOf('', own) !== null ||
  tagsIn(own) > 0

function tagsIn(lines: readonly string[]): number {
  const kinds = lines.map(() => 'own' as const)
  const own = lines.map((line, at) => ({ at, line }))
  const text = { lines, kinds, plainKinds: kinds, diff: '', damagedDiff: false, own }
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
