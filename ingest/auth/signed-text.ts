// What an OpenPGP signature in a mail covers: the text between the lines of a clearsigned mail, or the first part of a
// multipart/signed (RFC 3156). It counts only when nothing that speaks stands outside of it: anybody who passes a
// signed mail on may add a line to it.

import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { crlfOnly, withoutCr } from '../../base/line-ends.ts'
import { describePart } from '../../tracker/decode/content-type.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { readHeaders } from '../../tracker/decode/headers.ts'
import { splitParts } from '../../tracker/decode/multipart.ts'
import { undoTransfer } from '../../tracker/decode/transfer.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { footerStart } from '../../tracker/mail/footer.ts'

export type Signed = (
  | { readonly kind: 'clear'; readonly armored: string }
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

/** A footer in words of its own. Read as an answer for itself it must give no fact that counts. */
function isIdle(lines: readonly string[]): boolean {
  if (lines.length > limits.footerLinesMax) return false
  const mail = decodeMail(Buffer.from(`Subject: Re: x\n\n${lines.join('\n')}\n`))
  const id = { id: messageId('footer@invalid'), made: true }
  const { tags, trailers, misses, applied, checks, withdrawal, files } = factsOf(mail, id, {})
  return [tags, trailers, misses, checks, files].every(said => said.length === 0) && !applied && !withdrawal
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

const begin = '-----BEGIN PGP SIGNED MESSAGE-----'
const end = '-----END PGP SIGNATURE-----'

function clearSigned({ body, transferEncoding, charset }: Part): Signed | null {
  const text = undoTransfer(body, transferEncoding).bytes.toString('utf8')
  const from = text.indexOf(begin)
  const to = from < 0 ? -1 : text.indexOf(`\n${end}`, from)
  if (to < 0) return null
  const after = to + 1 + end.length
  return {
    kind: 'clear',
    armored: text.slice(from, after),
    whole:
      text.slice(0, from).trim() === '' &&
      saysNothing(text.slice(after)) &&
      // In other charsets the same bytes may be another text.
      /^(?:us-ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d)?$/i.test(charset ?? ''),
  }
}
