// "On Monday, Ines wrote:", in whatever language: the paragraph above a quote that says whose it is. Words tell it
// (client-words.ts); where no word is known, its shape: it ends in a colon and holds an address, a time, or the name of
// somebody who took part.
import { wordsFor } from './client-words.ts'

export interface Clues {
  /** Who may be quoted: names and addresses of those who wrote above. */
  readonly names?: readonly string[]
  /** Ask for a verb or an address beside the date: there is no quote below that would bear it out. */
  readonly dated?: boolean
}

/** The line at which the attribution that ends `lines` begins; the number of lines when they end otherwise. */
export function attributionStart(
  lines: readonly string[],
  { names = [], dated = false }: Clues = {},
): number {
  let end = lines.length
  while (end > 0 && isBlank(lines[end - 1])) end--
  if (!endsInColon.test((lines[end - 1] ?? '').slice(-200))) return lines.length
  let start = end - 1
  while (start > 0 && end - start < linesMax && !isBlank(lines[start - 1]) && !isQuoted(lines[start - 1]))
    start--
  const paragraph = lines
    .slice(start, end)
    .map(line => line.slice(0, 300))
    .join(' ')
    .trim()
  return isAttribution(paragraph, names, dated) ? start : lines.length
}

/** Of most clients one line, or two where it was wrapped; with a long address three or four. */
const linesMax = 4

const isBlank = (line: string | undefined) => (line ?? '').trim() === ''
const isQuoted = (line: string | undefined) => /^\s{0,3}>/.test(line ?? '')
const endsInColon = /[:：]\s*$/

function isAttribution(paragraph: string, names: readonly string[], dated: boolean): boolean {
  const speaks = wrote.test(paragraph) || address.test(paragraph)
  if (dated) return speaks && paragraph.length < attributionCharactersMax
  if (speaks || (clock.test(paragraph) && year.test(paragraph))) return true
  return names.some(name => name.length > 2 && paragraph.toLowerCase().includes(name.toLowerCase()))
}

const attributionCharactersMax = 300

/** At its end, or before the name: "schrieb Ines:", "napisał(a):", "のメール:". */
const wrote = new RegExp(
  `(?:^|[^\\p{L}])(?:${wordsFor('wrote')
    .map(word => word.replace(/[()]/g, '\\$&'))
    .sort((a, b) => b.length - a.length)
    .join(
      '|',
    )})(?=[^\\p{L}]|$)(?:.{0,120})$|(?:写道|寫道|写到|寫到|写了|のメッセージ|のメール|書きました|작성|썼습니다)`,
  'iu',
)
const address = /[<[(]\s?(?:mailto:)?[^\s<>@]{1,100}@[^\s<>@]{1,100}[>\])]/
const clock = /\b\d{1,2}[:：]\d{2}\b/
const year = /(?:^|[^\d])(?:19|20)\d\d(?=[^\d]|$)/
