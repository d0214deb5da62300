// RFC 2047 encoded words (`=?utf-8?Q?J=C3=B6rg?=`) back to text, with what mailers really send: letters split
// between two words, spaces inside, words inside quotes or glued to text, charsets that are wrong or unknown.
import { readText } from './charset.ts'

/**
 * Text with every encoded word decoded; what is no whole word stays as it is. What a gateway encoded once more is decoded
 * twice. Linear, never throws.
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value
  const text = decodeOnce(value)
  return text !== value && text.includes('=?') ? decodeOnce(text) : text
}

function decodeOnce(value: string): string {
  let text = ''
  let done = 0
  let run: Word[] = []
  for (let word = nextWord(value, 0); word !== null; word = nextWord(value, word.end)) {
    const between = value.slice(done, word.start)
    // White space between two words is only there to part them (RFC 2047, 6.2).
    const adjacent = run.length > 0 && between.trim() === ''
    if (!adjacent || run[0]?.charset !== word.charset) {
      text += readRun(run) + (adjacent ? '' : between)
      run = []
    }
    run.push(word)
    done = word.end
  }
  return text + readRun(run) + value.slice(done)
}

interface Word {
  readonly start: number
  readonly end: number
  readonly charset: string
  readonly bytes: Buffer
}

/** Neighbouring words of one charset: their bytes are joined before they are read, for letters split between them. */
function readRun(words: readonly Word[]): string {
  const first = words[0]
  if (!first) return ''
  const bytes = words.length === 1 ? first.bytes : Buffer.concat(words.map(word => word.bytes))
  return readText(bytes, first.charset).text
}

/** The charset may carry a language (RFC 2231, 5): `utf-8*en`. */
const opening = /=\?([^?\s*=]{1,60})(?:\*[^?\s]{0,40})?\?([QqBb])\?/y

function nextWord(value: string, from: number): Word | null {
  for (let start = value.indexOf('=?', from); start >= 0; start = value.indexOf('=?', start + 2)) {
    opening.lastIndex = start
    const head = opening.exec(value)
    if (head === null) continue
    const body = opening.lastIndex
    const close = value.indexOf('?=', body)
    if (close < 0) return null
    const payload = value.slice(body, close)
    const bytes = head[2] === 'B' || head[2] === 'b' ? undoB(payload) : undoQ(payload)
    return { start, end: close + 2, charset: (head[1] as string).toLowerCase(), bytes }
  }
  return null
}

/** Lines of base64 are sometimes padded one by one inside one word. */
const undoB = (payload: string) =>
  payload.includes('=')
    ? Buffer.concat(payload.split(/=+/).map(piece => Buffer.from(piece, 'base64')))
    : Buffer.from(payload, 'base64')

/** `_` is a space; an `=` that starts no code stays, and letters above 127 are taken as UTF-8. */
function undoQ(payload: string): Buffer {
  const pieces = payload.replaceAll('_', ' ').split('=')
  const bytes = [Buffer.from(pieces[0] as string)]
  for (const piece of pieces.slice(1)) {
    const code = /^[0-9a-fA-F]{2}/.test(piece)
    bytes.push(
      code ? Buffer.from(piece.slice(0, 2), 'hex') : Buffer.from('='),
      Buffer.from(code ? piece.slice(2) : piece),
    )
  }
  return Buffer.concat(bytes)
}
