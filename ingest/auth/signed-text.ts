// What an OpenPGP signature in a mail covers: the text between the lines of a clearsigned mail, or the first part of a
// multipart/signed (RFC 3156). It counts only when nothing that speaks stands outside of it: anybody who passes a
// signed mail on may add a line to it.

import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { crlfOnly, withoutCr } from '../../base/line-ends.ts'
import { firstSigned } from '../../tracker/decode/clear-signed.ts'
import { describePart } from '../../tracker/decode/content-type.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { readHeaders } from '../../tracker/decode/headers.ts'
import { splitParts } from '../../tracker/decode/multipart.ts'
import { undoTransfer } from '../../tracker/decode/transfer.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { footerStart } from '../../tracker/mail/footer.ts'

export type Signed =
  /** `text`: the lines that a reader takes for the signed ones. */
  (
    | { readonly kind: 'clear'; readonly armored: string; readonly text: string }
    | { readonly kind: 'mime'; readonly bytes: Buffer; readonly armored: string }
  ) & {
    /** Nothing but a list's footer is outside. */
    readonly whole: boolean
  }

/** Null for a mail without an OpenPGP signature of its own; signatures in attachments are somebody else's. */
export function signedText(bytes: Buffer): Signed | null {
  const mail = readPart(bytes)
  if (mail.type === 'multipart/signed') return signedPart(mail, true)
  if (mail.type === 'multipart/mixed') return signedBelowFooter(mail)
  return mail.type === 'text/plain' ? clearSigned(mail) : null
}

/** Whether text below a signature says nothing: it is empty, a list's footer, or nothing that would change anything. */
export function saysNothing(text: string): boolean {
  const lines = text.split('\n').map(withoutCr)
  return lines.every(line => line.trim() === '') || footerStart(lines) === 0 || isIdle(lines)
}

/** A footer in words of its own. Read as an answer for itself, or as mail to control@, it must give no fact that counts. */
const isIdle = (lines: readonly string[]): boolean =>
  lines.length <= limits.footerLinesMax &&
  ['', 'To: control@invalid, 1@invalid\n'].every(to => saysNone(lines, to))

function saysNone(lines: readonly string[], to: string): boolean {
  const mail = decodeMail(Buffer.from(`${to}Subject: Re: x\n\n${lines.join('\n')}\n`))
  const id = { id: messageId('footer@invalid'), made: true }
  const facts = factsOf(mail, id, {})
  const tags = facts.tags.filter(({ line }) => !line.startsWith('To: '))
  const { trailers, misses, checks, files, releases = [] } = facts
  const silent = [tags, trailers, misses, checks, files, releases].every(said => said.length === 0)
  return silent && !facts.applied && !facts.withdrawal
}

interface Part extends Omit<ReturnType<typeof describePart>, 'flowed'> {
  readonly body: Buffer
}

function readPart(bytes: Buffer): Part {
  const { headers, bodyAt } = readHeaders(bytes)
  return { ...describePart(headers, 'text/plain'), body: bytes.subarray(bodyAt) }
}

/** The parts of a multipart; none when they are not clear. */
function partsOf({ body, boundary }: Part): readonly Buffer[] {
  const cut = boundary === null ? null : splitParts(body, boundary, limits.mimePartsMax)
  return cut?.closed ? cut.parts : []
}

function signedPart(part: Part, whole: boolean): Signed | null {
  const [signed, signature, ...more] = partsOf(part)
  if (signed === undefined || signature === undefined) return null
  const { type, body, transferEncoding } = readPart(signature)
  if (type !== 'application/pgp-signature') return null
  return {
    kind: 'mime',
    // RFC 3156 5: what is signed has CRLF.
    bytes: crlfOnly(signed),
    armored: undoTransfer(body, transferEncoding).bytes.toString('latin1'),
    // A third part would be read as text of the mail.
    whole: whole && more.length === 0,
  }
}

/** Mailman wraps a signed mail to put its footer below it. */
function signedBelowFooter(mail: Part): Signed | null {
  const [first, ...others] = partsOf(mail)
  if (first === undefined) return null
  const part = readPart(first)
  if (part.type !== 'multipart/signed') return null
  return signedPart(part, others.every(isFooter))
}

function isFooter(bytes: Buffer): boolean {
  const { type, body, transferEncoding } = readPart(bytes)
  return type === 'text/plain' && saysNothing(undoTransfer(body, transferEncoding).bytes.toString('utf8'))
}

function clearSigned({ body, transferEncoding, charset }: Part): Signed | null {
  const text = undoTransfer(body, transferEncoding).bytes.toString('utf8')
  const lines = text.split('\n').map(withoutCr)
  const armour = firstSigned(lines)
  if (armour === null) return null
  return {
    kind: 'clear',
    armored: lines.slice(armour.begin, armour.next).join('\n'),
    text: lines.slice(armour.from, armour.end).join('\n'),
    whole:
      lines.slice(0, armour.begin).join('').trim() === '' &&
      saysNothing(lines.slice(armour.next).join('\n')) &&
      // In other charsets the same bytes may be another text.
      /^(?:us-ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d)?$/i.test(charset ?? ''),
  }
}
