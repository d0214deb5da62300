// There are four dialects of mbox, and no file says which it is. A mail's own line "From " would look like the start
// of the next mail, so mboxo and mboxcl write ">From ", and lose that a line was ">From " before; mboxrd puts one
// more ">" before any number of them, which can be undone; mboxcl2 changes nothing and counts the bytes of each body
// (Content-Length), as mboxcl does, too. We look at the first megabyte.
import { limits } from '../../base/limits.ts'

export type MboxDialect = 'mboxo' | 'mboxrd' | 'mboxcl' | 'mboxcl2'

/** `head` is the unpacked beginning of the file. Without any sign it is mboxrd, which git and public-inbox write. */
export function dialectOf(head: Buffer): MboxDialect {
  const text = head.toString('latin1')
  if (text.startsWith('From mboxrd@')) return 'mboxrd'
  const mails = [...mailsOf(text)]
  const counted = mails.filter(mail => mail.counted)
  if (counted.length > 0 && counted.length * 2 >= mails.length)
    return counted.some(({ body }) => /^From /m.test(body)) ? 'mboxcl2' : 'mboxcl'
  return mails.reduce((sum, mail) => sum + votesForMboxo(mail), 0) > 0 ? 'mboxo' : 'mboxrd'
}

/**
 * The rule of git's mailsplit: behind the last colon stand two digits, then a year; before it a time. A line of
 * prose that begins with "From " does not pass.
 */
export const isFromLine = (line: string): boolean =>
  /^From .*\d:\d\d:\d\d (?:[A-Z]{1,5} |[+-]\d{4} )?(?:19[7-9]|[2-9]\d\d)\d/.test(line)

/**
 * Whether this stands below a "From " line without a date ("From ", "From -", "From ada@example.org"): the header of a
 * mail as servers and clients leave it, nothing but fields. A header that somebody quotes has no Message-ID.
 */
export function beginsHeader(below: string): boolean {
  const lines = (/^(?:[^\r\n]{1,998}\r?\n)+/.exec(below)?.[0] ?? '').split(/\r?\n/).slice(0, -1)
  const names = lines.flatMap(line => /^([!-9;-~]{1,100}):/.exec(line)?.[1]?.toLowerCase() ?? [])
  const isHeader = names.length > 2 && lines.every(line => /^(?:[!-9;-~]{1,100}:|[ \t])/.test(line))
  return isHeader && names.includes('from') && (names.includes('message-id') || names.includes('received'))
}

/** The value of the header's Content-Length; undefined when there is none that can be one. */
export function contentLength(header: string): number | undefined {
  const digits = /^content-length:[ \t]*(\d{1,9})[ \t]*\r?$/im.exec(header)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

interface HeadMail {
  readonly separator: string
  readonly body: string
  /** Its Content-Length ends at the next mail. */
  readonly counted: boolean
}

/** The mails that are whole in the text. */
function* mailsOf(text: string): Generator<HeadMail> {
  for (let at = 0; at < text.length; ) {
    const separator = text.slice(at, text.indexOf('\n', at) + 1)
    const header = /\n\r?\n/g
    header.lastIndex = at + separator.length - 1
    if (separator === '' || header.exec(text) === null) return
    const begin = header.lastIndex
    const length = contentLength(text.slice(at, begin))
    const claimed = length === undefined ? undefined : nextMail(text, begin + length)
    // The last mail of the head may go on behind it.
    const end = text.length < limits.mboxDialectBytesMax ? text.length : undefined
    const next = claimed ?? nextSeparator(text, begin - 1) ?? end
    if (next === undefined) return
    yield {
      separator,
      body: text.slice(begin, claimed === undefined ? next : begin + (length ?? 0)),
      counted: claimed !== undefined,
    }
    at = next
  }
}

/** The mail that begins here, behind at most one blank line; the end of the file is as good. */
function nextMail(text: string, end: number): number | undefined {
  const at = /^(?:\r?\n){0,2}/.exec(text.slice(end, end + 4))?.[0].length ?? 0
  if (end + at === text.length && text.length < limits.mboxDialectBytesMax) return text.length
  return isFromLine(text.slice(end + at, end + at + 1_000).split('\n')[0] ?? '') ? end + at : undefined
}

function nextSeparator(text: string, from: number): number | undefined {
  for (let at = text.indexOf('\nFrom ', from); at >= 0; at = text.indexOf('\nFrom ', at + 1)) {
    const line = text.slice(at + 1, at + 1_001).split('\n')[0] ?? ''
    if (isFromLine(line) && /\n\r?$/.test(text.slice(at - 2, at))) return at + 1
  }
  return undefined
}

/**
 * Mailman's archives ("From ada at example.org") are mboxo. Else a line ">>From " tells by the line before it: as deep
 * a quotation as that is mboxo's, which left it alone; one deeper is mboxrd's. Positive is for mboxo.
 */
function votesForMboxo({ separator, body }: HeadMail): number {
  let votes = /^From \S+ at \S+ /.test(separator) ? 1 : 0
  const lines = body.split('\n')
  lines.forEach((line, index) => {
    const depth = /^(>{2,})From /.exec(line)?.[1]?.length
    if (depth === undefined) return
    const before = /^(?:> ?)*/.exec(lines[index - 1] ?? '')?.[0].replaceAll(' ', '').length
    if (before === depth) votes += 1
    if (before === depth - 1) votes -= 1
  })
  return votes
}
