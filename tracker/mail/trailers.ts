// "Reviewed-by: Name <a@b>" and its kin, read as `git interpret-trailers` and b4 do, but only from lines that the
// sender says.
import { limits } from '../../base/limits.ts'
import { parseAddresses } from '../decode/addresses.ts'
import type { Person, TrailerFact } from './facts.ts'

/** Trailers among said lines, in their order, a repeat once. */
export function trailersOf(lines: readonly string[]): TrailerFact[] {
  const found = new Map<string, TrailerFact>()
  for (let i = 0; i < lines.length; i++) {
    const trailer = trailerAt(lines, i)
    if (!trailer) continue
    const whole = trailer.person !== null && speaksOfAll(lines, i)
    found.set(`${trailer.key}\n${trailer.value}`, whole ? { ...trailer, whole } : trailer)
  }
  return [...found.values()].slice(0, limits.trailersMax)
}

/** "For the whole patchset:" above a trailer or a block of them; some write it behind the address. */
function speaksOfAll(lines: readonly string[], at: number): boolean {
  if (
    /[#([]\s{0,3}(?:for )?(?:the )?(?:whole |entire |full )?(?:series|patch ?set)\b/i.test(
      (lines[at] ?? '').slice(0, 600),
    )
  )
    return true
  let above = at - 1
  while (above >= 0 && at - above < wholeLinesMax && isBetween(lines, above)) above--
  return forAll.test((lines[above] ?? '').slice(0, 200))
}

const wholeLinesMax = 6
const isBetween = (lines: readonly string[], at: number) =>
  (lines[at] ?? '').trim() === '' || trailerAt(lines, at) !== null
const forAll =
  /^\s{0,4}(?:[\w ,'-]{0,60}[,.:!] {1,2})?(?:so |and )?for (?:the |this )?(?:(?:whole|entire|full|complete) )?(?:series|patch ?set|set)\s{0,2}[:,.]?\s*$/i

// Person trailers end in -by; the others are the ones that link things.
const shape =
  /^\s{0,4}([A-Za-z][A-Za-z]{1,30}(?:[- ][A-Za-z]{1,20}){0,4}-by|Fixes|Closes|Link|BugLink|Bug|Cc|Resolves)\s{0,2}:\s{0,8}(\S.{0,500})$/i

function trailerAt(lines: readonly string[], at: number): TrailerFact | null {
  const line = (lines[at] ?? '').slice(0, 600)
  const match = line.match(shape)
  if (!match) return null
  const key = canonicalKey(match[1] ?? '')
  let value = (match[2] ?? '').trim()
  const next = lines[at + 1] ?? ''
  // A long name pushes the address to the next line.
  if (key.endsWith('-by') && !value.includes('@') && /^\s{0,20}<[^<>\s]{1,200}>\s*$/.test(next))
    value += ` ${next.trim()}`
  // A mailer breaks `Fixes: 1a2b3c4d5e6f ("a long title")` in the title.
  if (key === 'Fixes' && /\("[^"]*$/.test(value) && /^[^"]{0,200}"\)\s*$/.test(next))
    value += ` ${next.trim()}`
  if (!key.endsWith('-by') && key !== 'Cc') return { key, value, person: null }
  return { key, value, ...personAndNote(value) }
}

function personAndNote(value: string): { person: Person | null; note?: string } {
  const parts = value.match(/^([^<>]{0,200}?)\s*<([^<>\s]{1,200})>\s*(.*)$/)
  if (!parts) {
    const person = parseAddresses(value)[0]
    return {
      person: person?.address.includes('@')
        ? person
        : { name: value.replace(/[#[(].*$/s, '').trimEnd(), address: '' },
    }
  }
  const note = (parts[3] ?? '').replace(/^[\s#[(]{1,9}|[\])\s]{1,9}$/g, '')
  const name = (parts[1] ?? '').replace(/^"|"$/g, '').trim()
  return { person: { name, address: (parts[2] ?? '').toLowerCase() }, ...(note ? { note } : {}) }
}

/** `REVIEWED-BY` and `Reviewed-By` are `Reviewed-by`. */
const canonicalKey = (key: string) => {
  const joined = key.trim().replace(/\s+/g, '-').toLowerCase()
  return joined.charAt(0).toUpperCase() + joined.slice(1)
}
