// A mail that a list server wrapped whole, as message/rfc822 below a From of its own, so that DMARC finds nothing to refuse
// (Mailman's "wrap message"). Its reader reads the mail inside. One that a person attached is somebody else's, and stays so.
import { parseAddresses } from './addresses.ts'
import { describePart, type PartDescription } from './content-type.ts'
import { headerValue, readHeaders } from './headers.ts'
import type { Header } from './mail.ts'
import { splitParts } from './multipart.ts'
import { undoTransfer } from './transfer.ts'
import { decodeWords } from './words.ts'

export interface Wrapped {
  readonly bytes: Buffer
  /** The place of the part that it is. */
  readonly path: string
}

/** The mail inside; null when this is no wrapped mail. */
export function wrappedMail(headers: readonly Header[], body: Buffer): Wrapped | null {
  const type = headerValue(headers, 'content-type') ?? ''
  if (!/^\s*(?:message\/rfc822|multipart\/mixed)/i.test(type) || !headers.some(isListField)) return null
  const inner = partIn(describePart(headers, 'text/plain'), body)
  return inner && isSame(headers, readHeaders(inner.bytes).headers) ? inner : null
}

const isListField = ({ name }: Header) =>
  /^(?:list-(?:id|post)|x-beenthere|x-mailman-version|x-loop)$/.test(name)

/** The one mail among parts of which the others are nothing but the list's footer. */
function partIn(outer: PartDescription, body: Buffer): Wrapped | null {
  if (outer.type === 'message/rfc822')
    return { bytes: undoTransfer(body, outer.transferEncoding).bytes, path: '1' }
  const cut = outer.boundary === null ? null : splitParts(body, outer.boundary, partsMax)
  const parts = (cut?.parts ?? []).map((chunk, index) => {
    const { headers, bodyAt } = readHeaders(chunk)
    const { type, transferEncoding } = describePart(headers, 'text/plain')
    return { type, path: `${index + 1}`, bytes: undoTransfer(chunk.subarray(bodyAt), transferEncoding).bytes }
  })
  const mails = parts.filter(({ type }) => type === 'message/rfc822')
  const alone = parts.every(
    part => mails.includes(part) || (part.type === 'text/plain' && speaksOfList(part.bytes)),
  )
  return mails.length === 1 && alone && mails[0] ? mails[0] : null
}

const partsMax = 4

function speaksOfList(bytes: Buffer): boolean {
  const text = bytes.toString('latin1', 0, 4_000).trim()
  if (text === '') return true
  return text.split('\n').length <= 16 && /^[-_=*#]{2,}\s*\n/.test(text) && listWords.test(text)
}
const listWords =
  /unsubscribe|mailing[ -]?list|listinfo|mailman|-(?:leave|request)@|lists?\.|groups?\.|\bsubscri|d.{1,3}sinscri|abmelde|mailto:/i

/** The same subject, and the From outside is made of that inside. */
function isSame(outer: readonly Header[], inner: readonly Header[]): boolean {
  const [list, author] = [personIn(outer, 'from'), personIn(inner, 'from')]
  if (!author?.address || !list || list.address === author.address) return false
  if (!subjectKey(outer).endsWith(subjectKey(inner))) return false
  const behind = ['reply-to', 'x-original-from'].map(name => personIn(outer, name)?.address)
  const name = author.name || (author.address.split('@')[0] ?? '')
  return behind.includes(author.address) || list.name.toLowerCase().startsWith(name.toLowerCase())
}

const personIn = (headers: readonly Header[], name: string) =>
  parseAddresses(headerValue(headers, name) ?? '')[0]

/** Letters and digits without brackets, among which the list has put its own. */
const subjectKey = (headers: readonly Header[]) =>
  decodeWords(headerValue(headers, 'subject') ?? '')
    .slice(0, 1_000)
    .replace(/\[[^[\]]*\]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
