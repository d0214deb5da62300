// What an answer says to what: the lines it quotes, and each stretch of own lines with the quoted lines above it.
// Greetings, "On Monday, A wrote:", trailers, tags and signatures are no remarks; neither is a forwarded original.
import { limits } from '../../base/limits.ts'
import { plainTagNames } from '../../base/state-words.ts'
import { attributionStart } from './attribution.ts'
import { noDressing } from './dressing.ts'
import { readText } from './text.ts'
import { withoutTrailers } from './trailers.ts'

export interface Remark {
  /** The lines said, without blank lines around them. */
  readonly lines: readonly string[]
  /** Where its first line stands in the mail, from 0. */
  readonly at: number
  /** Its quote: `quotes[quoteFrom]` up to `quotes[quoteEnd]`, which is not in it; none for words before any quote. */
  readonly quoteFrom: number
  readonly quoteEnd: number
  /** No blank line parts it from the quotes around it: perhaps the end of a quoted line that a mailer wrapped. */
  readonly tight: boolean
}

export interface Remarks {
  /** All quoted lines of the mail without their quote marks. */
  readonly quotes: readonly string[]
  readonly remarks: readonly Remark[]
  /** The lines of the mail for whoever quotes it in turn: their words, and the quote or remark they belong to. */
  readonly lines: readonly RemarkLine[]
}

interface RemarkLine {
  readonly text: string
  /** Index into `quotes`. */
  readonly quote: number | null
  /** Index into `remarks`. */
  readonly remark: number | null
}

/** The mail whose remarks are asked for. */
export interface Speaker {
  /** A name: below a mail it is a signature. */
  readonly sender: string
  /** The normalised title of the mail. */
  readonly title?: string
  /** The names of those whose mails it may quote. */
  readonly above?: readonly string[]
}

/** At most `remarksMax` remarks; what follows them is left out. */
export function remarksOf(body: string, { sender, title = '', above = [] }: Speaker): Remarks {
  const text = readText(body, noDressing, title)
  const end = endOfWords(text.lines, text.kinds)
  const quotes: string[] = []
  const remarks: Remark[] = []
  const lines: { text: string; quote: number | null; remark: number | null }[] = []
  let quoteFrom = 0
  for (const block of blocksOf(text.kinds, end).slice(0, 2 * limits.remarksMax)) {
    const own = text.lines.slice(block.from, block.end)
    if (block.quote) {
      for (const line of own) {
        lines.push({ text: withoutMarks(line), quote: quotes.length, remark: null })
        quotes.push(withoutMarks(line))
      }
      continue
    }
    const bare = withoutTrailers(own)
    const words = wordsOf(bare, block.end < end, sender, above)
    const isRemark = words.end > words.from
    own.forEach((line, at) => {
      const said = isRemark && at >= words.from && at < words.end
      lines.push({ text: line, quote: null, remark: said ? remarks.length : null })
    })
    if (!isRemark) continue
    remarks.push({
      lines: own.filter((line, at) => at >= words.from && at < words.end && isOwn(line, bare[at])),
      at: block.from + words.from,
      quoteFrom,
      quoteEnd: quotes.length,
      tight: own.every(line => line.trim() !== '') && block.end < end && block.from > 0,
    })
    quoteFrom = quotes.length
  }
  return { quotes, remarks, lines }
}

const isOwn = (line: string, bare = '') => line === bare && !isTrailer(line)

/** Without `>`, `> >`, `|` and `JD>`. A `>` behind a diff's sign is content: the marks stand before it. */
function withoutMarks(line: string): string {
  return line.replace(/^\s{0,3}(?:(?:[A-Z]{1,4})?(?:> ?){1,40}|\| ?)/, '')
}

type Kinds = ReturnType<typeof readText>['kinds']

/** The line where the sender's words end: a signature, a forwarded original, the list's footer. */
function endOfWords(lines: readonly string[], kinds: Kinds): number {
  const end = lines.findIndex(
    (line, at) =>
      kinds[at] === 'footer' || kinds[at] === 'forwarded' || (kinds[at] === 'own' && /^-- ?$/.test(line)),
  )
  return end === -1 ? lines.length : end
}

interface Block {
  readonly quote: boolean
  readonly from: number
  readonly end: number
}

function blocksOf(kinds: Kinds, end: number): Block[] {
  const blocks: { quote: boolean; from: number; end: number }[] = []
  for (let at = 0; at < end; at++) {
    if (kinds[at] === 'banner') continue
    const quote = kinds[at] === 'quote'
    const last = blocks.at(-1)
    if (last?.quote === quote && last.end === at) last.end = at + 1
    else blocks.push({ quote, from: at, end: at + 1 })
  }
  return blocks
}

/** The part of a said block that is a remark; empty when all of it is greeting, attribution, trailer or cut mark. */
function wordsOf(
  lines: readonly string[],
  beforeQuote: boolean,
  sender: string,
  names: readonly string[],
): { from: number; end: number } {
  const idle = (line: string) => isRule(line) || isTrailer(line) || isCut(line)
  let from = attributionEnd(lines, names)
  let end = beforeQuote ? attributionStart(lines, { names }) : lines.length
  end = farewellStart(lines.slice(0, end), sender)
  while (from < end && (idle(lines[from] ?? '') || isGreeting(lines[from] ?? ''))) from++
  while (end > from && idle(lines[end - 1] ?? '')) end--
  return { from, end }
}

/** Blank, or drawn: `---`, `____`. */
const isRule = (line: string) => /^[\s*_=~#-]{0,200}$/.test(line)

const isTrailer = (line: string) => trailerLine.test(line)

/** Also a tag, in whichever language. */
const trailerLine = new RegExp(
  String.raw`^\s{0,4}(?:(?:[A-Za-z]{2,20}(?:-[A-Za-z]{1,20}){1,5}|Fixes|Link|BugLink|Cc|Answers|Release|(?:${plainTagNames})(?: \d{1,3})?):\s|#(?:syz|regzbot)\s)`,
)

/** `[...]`, `...`, `[snip]`, `<cut>`. */
const isCut = (line: string) =>
  /^\s{0,8}[[<(]?\s?(?:\.{2,8}|…|snip\w{0,4}|cut|trimmed)\s?(?:\.{2,4})?[\])>]?\s*$/i.test(line)

const isGreeting = (line: string) =>
  /^(?:hi|hello|hey|dear|hallo|moin|ciao|salut|greetings|good (?:morning|afternoon|evening|day))\b[^.?:;]{0,60}$/i.test(
    line.trim(),
  ) || /^@?\p{L}+(?: \p{L}+){0,2},$/u.test(line.trim())

const attributionLinesMax = 4

/** Where the quote is lost, the attribution opens the text. */
function attributionEnd(lines: readonly string[], names: readonly string[]): number {
  const start = lines.findIndex(line => line.trim() !== '')
  const end = lines.findIndex((line, at) => at > start && line.trim() === '')
  if (start === -1 || end === -1 || end - start > attributionLinesMax) return 0
  return attributionStart(lines.slice(0, end), { names }) === start ? end : 0
}

const farewell =
  /^(?:thanks|thank you|many thanks|thx|cheers|regards|best|sincerely|br|wbr|(?:best|kind|kindest|warm|many) (?:regards|wishes))\b[^?]{0,30}$/i

/** "Thanks," and a name below it; or only the name. Never more than the last few lines. */
function farewellStart(lines: readonly string[], sender: string): number {
  const names = sender.toLowerCase().match(/[\p{L}\d]+/gu) ?? []
  let end = lines.length
  const drop = (idle: (line: string) => boolean) => {
    for (let tries = 0; tries < farewellLinesMax && end > 0 && idle((lines[end - 1] ?? '').trim()); tries++)
      end--
  }
  drop(line => isRule(line) || isTrailer(line))
  const last = lines.slice(0, end).findLastIndex(line => farewell.test(line.trim()))
  if (last !== -1 && end - last <= farewellLinesMax) end = last
  drop(line => isRule(line) || isTrailer(line) || isNameOf(line, names))
  return end
}

const farewellLinesMax = 5

/** All of a sender's name or a part of it: "Petr", "Alex" for Alejandro. */
function isNameOf(line: string, names: readonly string[]): boolean {
  const words = line.length < 60 ? (line.toLowerCase().match(/[\p{L}\d]+/gu) ?? []) : []
  const known = (word: string) =>
    names.some(name => name === word || (word.length > 2 && name.startsWith(word.slice(0, 3))))
  return words.length > 0 && words.length < 5 && words.every(known) && /^[\p{L}\d\s.,/~*-]+$/u.test(line)
}
