// `Finding: dismissed -- why`, `Finding 2: dismissed`: a remark of a reviewing program is none after all. Without a number
// it is the one that is quoted above the line, else all that the answered mail lists.
import type { QuoteFact, TagLine, TagValue } from '../facts.ts'
import type { Text } from '../text.ts'

type FindingTag = Extract<TagValue, { tag: 'Finding' }>

/** `Finding 2:`, `Findings 1 and 3:` put into the canonical form, `Finding: 1, 3 `; null for any other line. */
export function findingLine(line: string): string | null {
  const match = line
    .slice(0, 1_100)
    .match(/^findings?(?:\s{1,3}(#?\d{1,3}(?:(?:\s?[,&]\s?|\sand\s)#?\d{1,3}){0,9}))?\s?:[ \t]{1,20}(?=\S)/i)
  return match && (match[1] !== undefined || /^findings/i.test(line))
    ? `Finding: ${match[1] ?? ''} ${line.slice(match[0].length)}`.replace(/\s+/g, ' ')
    : null
}

/** `dismissed`, `2 dismissed`, "1 and 3 dismissed, the lock is held"; null for prose. */
export function findingValue(text: string): (FindingTag & Pick<TagLine, 'reason'>)[] | null {
  const [whole, numbers, why] =
    text.match(
      /^(?:((?:#?\d{1,3}(?:\s?[,&]\s?|\sand\s|\s)){1,10}))?dismiss(?:ed)?\b(?:\s?[.,;:(–—]\s?(.{0,400}))?$/i,
    ) ?? []
  if (whole === undefined) return null
  const reason = why?.replace(/\)$/, '').trim() ? { reason: why.replace(/\)$/, '').trim() } : {}
  const named = numbers?.match(/\d{1,3}/g) ?? []
  return named.length === 0
    ? [{ tag: 'Finding', ...reason }]
    : named.map(number => ({ tag: 'Finding', finding: Number(number), ...reason }))
}

/** What is quoted above this line of a mail, up to the last such line. */
export function quoteAbove({ lines, kinds }: Pick<Text, 'lines' | 'kinds'>, at: number): QuoteFact | null {
  let end = at - 1
  while (end >= 0 && kinds[end] !== 'quote') {
    if (kinds[end] === 'own' && /^findings?\b.{0,40}:/i.test(lines[end] ?? '')) return null
    end--
  }
  let start = end
  while (start > 0 && (kinds[start - 1] === 'quote' || lines[start - 1]?.trim() === '')) start--
  if (end < 0) return null
  const quoted = lines.slice(start, end + 1)
  return {
    key: quoteKey(quoted.join(' ')).slice(-quoteKeyMax),
    nested: quoted.some(line => /^\s{0,3}>\s?[>|]/.test(line)),
  }
}

const quoteKeyMax = 8_000

/** Letters and digits only: quote marks and rewrapped lines make no difference. */
export const quoteKey = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
