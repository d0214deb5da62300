// "Reviewed-by: Name <a@b>" and its kin, read as `git interpret-trailers` and b4 do, but only from lines that the
// sender says.
import { limits } from '../../base/limits.ts'
import { parseAddresses } from '../decode/addresses.ts'
import { decodeWords } from '../decode/words.ts'
import type { Person, TrailerFact } from './facts.ts'

/**
 * Trailers among own lines, in their order, a repeat once. `sender`: of an answer, who may praise and give his own trailer
 * on one line.
 */
export function trailersOf(lines: readonly string[], sender: Person | null = null): TrailerFact[] {
  const found = new Map<string, TrailerFact>()
  for (let i = 0; i < lines.length; i++) {
    const praised = sender && praiseAbove(lines, i, sender)
    const trailer = praised?.trailer ?? trailerAt(lines, i)
    if (!trailer) continue
    const whole = trailer.person !== null && (speaksOfAll(lines, i) || forAll.test(praised?.lead ?? ''))
    found.set(`${trailer.key}\n${trailer.value}`, whole ? { ...trailer, whole } : trailer)
  }
  return [...found.values()].slice(0, limits.trailersMax)
}

/**
 * "Looks good, Reviewed-by: Ruth <ruth@example.net>". A sentence may speak of anybody's trailer, so nothing but praise may
 * lead in, and the whole address must be the sender's own.
 */
function praiseAbove(
  lines: readonly string[],
  at: number,
  sender: Person,
): { trailer: TrailerFact; lead: string } | null {
  const praised = withoutPraise(lines[at] ?? '')
  if (praised === null) return null
  const trailer = trailerAt([praised.rest, lines[at + 1] ?? ''], 0)
  const own = trailer?.person && sender.address !== '' && trailer.person.address === sender.address
  return own && trailer.value.includes('<') ? { trailer, lead: praised.lead } : null
}

/** The lead-in and what stands behind it; null for a line that no praise begins. */
function withoutPraise(line: string): { lead: string; rest: string } | null {
  // Hardly any line has both.
  if (!line.includes('<') || !/-by ?:/i.test(line)) return null
  const found = line.slice(0, 600).match(behindLead)
  if (!found) return null
  const [, lead = '', rest = ''] = found
  return praise.test(lead) ? { lead, rest } : null
}

const behindLead =
  /^\s{0,4}([\p{L}+'’👍][^<>@"]{0,100}?[\s,.!:;)(–—，。！：-]{1,4})([A-Za-z]{2,20}(?:-[A-Za-z]{1,20}){0,3}-by\s?:\s.{3,500})$/u
const praise = new RegExp(
  `^(?:(?:${[
    '(?:it |this |that |these |all |both |patch |code |the (?:patch|code|series|rest|change) |everything |otherwise |overall )?(?:(?:now|still|also|mostly) )?(?:looks?|seems?|is|are|reads?|works?)(?: (?:very|pretty|really|all|just))? (?:good|great|fine|ok|okay|nice|sane|reasonable|correct|right|well|clean)(?: (?:to|for|with) me)?(?: (?:now|enough))?',
    'lgtm|nice(?: (?:one|work|cleanup|catch|fix|patch))?|good(?: (?:work|catch|fix|idea|stuff))?|great(?: (?:work|catch|stuff))?|excellent|perfect|awesome|cool|fantastic|makes sense|sounds good|all good|ship it|well done|no (?:objections?|complaints?|comments|issues|remarks)(?: from me)?',
    'thanks?(?: you)?(?: (?:a lot|very much|again|for (?:the|this|your|fixing|doing|sending) ?[\\w -]{0,30}))?|thx|cheers|ok(?:ay)?|yes|yep|yeah|sure|right|indeed|agreed?|acked?|approved?|tested|reviewed|\\+1|👍|fwiw|hi|hello|hey',
    "(?:so |and )?(?:here(?:'s| is| you go)|take|have|you (?:can|may) (?:have|add|take)|(?:please )?(?:feel free to )?(?:add|take))(?: my)?|my|so|and|then|for (?:the |this )?(?:(?:whole|entire|full) )?(?:series|patch ?set|set)|for (?:this (?:one|patch)|both|all)",
    'sieht gut aus|passt(?: so)?|in ordnung|danke|gut|(?:ça|cela) me (?:va|convient)|parfait|merci|très bien|se ve bien|parece bien|gracias|perfecto|muy bien|va bene|grazie|ottimo|perfetto|parece bom|obrigad[oa]|ziet er goed uit|prima|bedankt|ser bra ut|ser godt ud|tack|takk|tak|bra|hyvältä näyttää|näyttää hyvältä|kiitos|wygląda dobrze|dzięki|vypadá dobře|děkuji|díky|jól néz ki|köszönöm|iyi görünüyor|teşekkürler|выглядит хорошо|хорошо|спасибо|问题なし|問題ありません|よさそうです|ありがとうございます|看起来不错|看起來不錯|很好|没问题|谢谢|謝謝|좋습니다|좋아 보입니다|감사합니다',
  ].join('|')})[\\s,.!:;)(–—，。！：-]{1,4}){1,5}$`,
  'iu',
)

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

// Person trailers end in -by; the others are the ones that link things. Words before it are a sentence, save "and".
const shape =
  /^\s{0,4}([A-Za-z][A-Za-z]{1,30}(?:(?:-|[ -](?:and|&)[ -])[A-Za-z]{1,20}){0,4}-by|Fixes|Closes|Link|BugLink|Bug|Cc|Resolves)\s{0,2}:\s{0,8}(\S.{0,500})$/i

function trailerAt(lines: readonly string[], at: number): TrailerFact | null {
  const written = (lines[at] ?? '').slice(0, 600)
  // Most lines end here.
  if (!/[:：﹕]/.test(written)) return null
  const match = written.match(shape)
  const next = lines[at + 1] ?? ''
  const key = canonicalKey(match?.[1] ?? '')
  const value = (match?.[2] ?? '').trim()
  // A mailer breaks `Fixes: 1a2b3c4d5e6f ("a long title")` in the title.
  if (key === 'Fixes' && /\("[^"]*$/.test(value) && /^[^"]{0,200}"\)\s*$/.test(next))
    return { key, value: `${value} ${next.trim()}`, person: null }
  if (match && !key.endsWith('-by') && key !== 'Cc') return { key, value, person: null }
  const given = personTrailer(written, next)
  return given ? { key: given.key, value: given.value, ...personAndNote(given.value) } : null
}

/** Lines of the same number without those that give a review or a sign-off, however adorned. */
export function withoutTrailers(lines: readonly string[]): string[] {
  const kept = [...lines]
  lines.forEach((written, at) => {
    const line = withoutPraise(written)?.rest ?? written.slice(0, 600)
    const alone = personTrailer(line, '')
    const given = personTrailer(line, lines[at + 1] ?? '')
    if (given) kept[at] = ''
    if (given && given.value !== alone?.value) kept[at + 1] = ''
  })
  return kept
}

/** `next`: the line below, where a mailer may have put the end of a long one. */
function personTrailer(line: string, next: string): { key: string; value: string } | null {
  if (!/[:：﹕]/.test(line) || !mayName.test(line)) return null
  const found = plainLine(line).match(oddShape) ?? line.match(personShape)
  if (!found) return null
  const key = canonicalKey(found[1] ?? '')
  const value = plainAddress(wholeValue(found[2] ?? '', next))
  if (value === '') return null
  // A bullet, a star or a missing hyphen makes a trailer of it only with an address: "- Acked-by: see above" is a list.
  return shape.test(line) || value.includes('@') ? { key, value } : null
}

/** Nearly no line with a colon holds the end of such a key, or a sign that stands for one of its letters. */
const mayName = /by|cc|[^\0-\x7f]/i
const personShape =
  /^\s{0,4}([A-Za-z][A-Za-z]{1,30}(?:(?:-|[ -](?:and|&)[ -])[A-Za-z]{1,20}){0,4}-by|Cc)\s{0,2}:\s{0,8}(\S.{0,500})?$/i
const oddShape =
  /^\s{0,4}([A-Za-z]{2,30}(?:(?:-|[ -](?:and|&)[ -])[A-Za-z]{1,20}){0,3}[- ]by)\s{0,2}:\s{0,8}(\S.{0,500})?$/i

/**
 * Without what clients, web pages and keyboards put around a trailer: bullets, the stars and ticks of Markdown, invisible
 * signs, other hyphens and colons, HTML's names for brackets.
 */
function plainLine(line: string): string {
  if (!adorned.test(line)) return line
  return line
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[\u2010-\u2013\u2212]/g, '-')
    .replace(/[：﹕]/g, ':')
    .replace(/[＜‹〈]|&lt;/g, '<')
    .replace(/[＞›〉]|&gt;/g, '>')
    .replaceAll('＠', '@')
    .replace(/^(\s{0,4})(?:[-+*•·‣▪●◦✓✔☑✅👍]\ufe0f?\s{1,3})/u, '$1')
    .replace(/^(\s{0,4})[*_`~"“'‘]{1,3}(?=[A-Za-z])/, '$1')
    .replace(/^(\s{0,4}[A-Za-z -]{2,60})[*_`]{1,3}\s?:/, '$1:')
    .replace(/:[*_`]{1,3}(?=\s)/, ':')
    .replace(/(?<=\S)\s{0,3}[*_`~"”'’]{1,3}[.,;]?\s*$/, '')
    .replace(/:(\s{1,4})[*_`]{1,3}(?=[\p{L}<])/u, ':$1')
    .replace(/(?<=[\p{L}>])[*_`]{1,3}(?=\s{1,4}<)/u, '')
}
const adorned =
  /^\s{0,4}[^A-Za-z\s]|[*_`~"”'’][.,;]?\s*$|[*_`]\s?:|[:：][*_`\s]{1,4}[*_`]|[*_`]\s{1,4}<|[\u200b-\u2013\u2060\u2212\ufeff：﹕＜＞‹›〈〉＠]|&[lg]t;/

/** The value with its end from the line below: a long name pushes the address there, or a client breaks within it. */
function wholeValue(value: string, next: string): string {
  const below = plainLine(next).trim()
  if (below.length > 250 || below === '') return value
  // The address is cut: `Ruth Alder <` and `ruth@example.net>`, `<ruth@` and `example.net>`.
  if (/<[^<>]*$/.test(value) && /^[^\s<>]{1,200}>[\s.,;]*$/.test(below)) return value + below
  if (value.includes('@')) return value
  const isRest = /^<?(?:mailto:)?[^<>\s@]{1,100}@[^<>\s@]{1,100}>?[\s.,;]*$/.test(below)
  // The name goes on there; a sentence has a verb, a trailer of its own a colon.
  const goesOn = value !== '' && /^[^<>:@]{1,100}<[^<>\s@]{1,100}@[^<>\s@]{1,100}>[\s.,;]*$/.test(below)
  const begins = value === '' && /^[^<>:]{1,100}<[^<>\s@]{1,100}@[^<>\s@]{1,100}>[\s.,;]*$/.test(below)
  return isRest || goesOn || begins ? `${value} ${below}`.trim() : value
}

/** The address as `<a@b>`, whatever was made of it on the way. */
function plainAddress(value: string): string {
  return decodeWords(value)
    .trim()
    .replace(/\\(?=[<>@_*.-])/g, '')
    .replace(/\[([^[\]\s<>]{1,200}@[^[\]\s<>]{1,200})\]\((?:mailto:)?[^()\s<>]{1,250}\)/, '$1')
    .replace(/[>\s<[(]{1,4}mailto:\s?([^\s<>[\]():,;]{1,250})/gi, (again, address, at, whole) =>
      whole.slice(0, at).endsWith(address) ? '' : again,
    )
    .replace(/mailto:\s?/i, '')
    .replace(/<{2,}/, '<')
    .replace(/>{2,}/, '>')
    .replace(/(\S)\s?(?:[[(]at[\])]|\sat\s)\s?(?=[\w.-]{1,100}(?:\.|\s?[[(]dot[\])]\s?)\w)/i, '$1@')
    .replace(/(?<=@.{1,100})\s?[[(]dot[\])]\s?/gi, '.')
}

function personAndNote(value: string): { person: Person | null; note?: string } {
  const parts = value.match(/^([^<>]{0,200}?)\s*<([^<>\s]{1,200})(?:>|$)\s*(.*)$/) ?? value.match(bareAddress)
  if (!parts) {
    const person = parseAddresses(value)[0]
    return {
      person: person?.address.includes('@')
        ? person
        : { name: value.replace(/[#[(].*$/s, '').trimEnd(), address: '' },
    }
  }
  const note = (parts[3] ?? '').replace(/^[\s#[(.,;]{1,9}|[\])\s.,;]{1,9}$/g, '')
  const name = (parts[1] ?? '').replace(/^"|"$/g, '').replace(/\s+/g, ' ').trim()
  return { person: { name, address: (parts[2] ?? '').toLowerCase() }, ...(note ? { note } : {}) }
}

/** `Ruth Alder ruth@example.net`, `Ruth Alder (ruth@example.net)`, `[Ruth Alder](ruth@example.net)`. */
const bareAddress =
  /^\[?([^<>@\][]{0,200}?)\]?\s*[([]?([^<>()[\]\s@,;]{1,100}@[^<>()[\]\s@,;]{1,150}?)[)>\].,;]{0,4}(?:\s+(.*))?$/

/** `REVIEWED-BY` and `Reviewed-By` are `Reviewed-by`. */
const canonicalKey = (key: string) => {
  const joined = key.trim().replace(/\s+/g, '-').toLowerCase()
  return joined.charAt(0).toUpperCase() + joined.slice(1)
}
