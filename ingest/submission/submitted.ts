// One mail of a request, read before anything about it is believed: it must be a plain patch or cover letter that goes through
// any mail server as it is, with no field that a server would write or act on.
import { createHash } from 'node:crypto'
import type { IndexKey, MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { lfText } from '../../base/line-ends.ts'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { parseDate } from '../../tracker/mail/date.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { purportedOf } from '../auth/purported.ts'
import { Refusal } from './refusal.ts'

export interface Submitted {
  /** With LF, as it is signed. */
  readonly bytes: Buffer
  readonly headers: readonly Header[]
  readonly bodyAt: number
  readonly messageId: MessageId
  readonly messageKey: IndexKey
  /** Of its author, in lower case. */
  readonly from: string
  /** To and Cc, in lower case. */
  readonly recipients: readonly string[]
}

/** Its form and header alone. Throws a `Refusal`. `now` in milliseconds. */
export function readSubmitted(text: string, bytesMax: number, now: number): Submitted {
  const bytes = plainBytes(text, bytesMax)
  const { headers, bodyAt } = readHeaders(bytes)
  refuseFields(bytes.subarray(0, bodyAt), headers)
  const claim = purportedOf(bytes)
  if (claim.problem !== null || claim.rewritten)
    throw refused('has no plain From: allowed is one address, and each field once')
  const { id, made } = messageIdOf(bytes)
  if (made || !idForm.test(id) || ownId.test(id)) throw refused('has no Message-ID of its own')
  const date = parseDate(headerValue(headers, 'date') ?? '')
  if (date === null || Math.abs(now - date) > limits.submissionHoursMax * 3_600_000)
    throw refused(`is not of now: its Date must be within ${limits.submissionHoursMax} hours`)
  refuseForm(headers)
  return {
    ...{ bytes, headers, bodyAt, messageId: id, messageKey: indexKey(id), from: claim.address },
    recipients: recipientsOf(headers),
  }
}

/** Reads all of it, which is for those whose signature holds. Answers its title and text as one hash. Throws a `Refusal`. */
export function textHashOf({ bytes, headers, messageId }: Submitted): string {
  const { posting, textHash } = factsOf(decodeMail(bytes), { id: messageId, made: false }, {})
  if (posting !== 'patch' && posting !== 'cover')
    throw refused('is no patch: allowed are patches and cover letters, as "b4 send" makes them')
  return createHash('sha256')
    .update(`${textHash} ${headerValue(headers, 'subject')}`)
    .digest('hex')
}

const refused = (what: string) => new Refusal(400, `Cannot take a message that ${what}`)

/** What stands in a URL and in a header without more ado. */
const idForm = /^[!-;=?-~]{1,200}@[A-Za-z0-9.-]{1,250}$/
const ownId = /^tw\.[0-9a-f]{32}@/

/** RFC 5321 4.5.3.1.6: a server may cut a longer line, and break the signature. */
const lineBytesMax = 998

function plainBytes(text: string, bytesMax: number): Buffer {
  const lines = lfText(text)
  if (!text.isWellFormed() || /[\0\r]/.test(lines)) throw refused('holds a NUL, a bare CR or half a letter')
  const bytes = Buffer.from(lines)
  if (bytes.length > bytesMax) throw new Refusal(413, `Cannot take a message above ${bytesMax} bytes`)
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at)
    if ((end < 0 ? bytes.length : end) - at > lineBytesMax)
      throw refused(`has a line above ${lineBytesMax} bytes, which mail servers cut`)
    at = end < 0 ? bytes.length : end + 1
  }
  return bytes
}

/** Trace, list and command fields are for servers to write; of a field that is not known nobody can say what it does. */
const fields = new Set([
  ...['from', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to', 'references', 'user-agent'],
  ...['mime-version', 'content-type', 'content-transfer-encoding', 'content-disposition', 'content-language'],
])
const ownFields = /^x-(?:mailer|b4-[a-z-]{1,40}|change-id|developer-(?:signature|key))$/

function refuseFields(head: Buffer, headers: readonly Header[]): void {
  // git and mbox readers take a line "From " for no part of the mail.
  if (headers.length === 0 || /^>?From /.test(head.toString('latin1', 0, 6)))
    throw refused('does not begin with its header')
  if (head.some(byte => byte > 126)) throw refused('has letters beyond ASCII in its header')
  const odd = headers.find(({ name }) => !fields.has(name) && !ownFields.test(name))
  if (odd) throw refused(`has a field ${odd.name.slice(0, 60)}; allowed are those that b4 writes`)
  for (const name of ['to', 'cc'])
    if (headers.filter(header => header.name === name).length > 1) throw refused(`has two fields ${name}`)
}

/** Other forms would have to be taken apart to say who wrote the patch (from-via.ts). */
function refuseForm(headers: readonly Header[]): void {
  const value = (name: string) => headerValue(headers, name)?.replace(/\s+/g, '').toLowerCase() ?? ''
  const isPlain = /^text\/plain;(?:[^;]{1,100};){0,5}charset="?utf-8"?(?:;|$)/.test(value('content-type'))
  if (!isPlain || !/^[78]bit$/.test(value('content-transfer-encoding')))
    throw refused('is not text/plain in UTF-8, sent as 7bit or 8bit')
}

const recipientsOf = (headers: readonly Header[]): string[] => [
  ...new Set(
    headers
      .filter(({ name }) => name === 'to' || name === 'cc')
      .flatMap(({ value }) => parseAddresses(value))
      .map(({ address }) => address)
      .slice(0, limits.submissionRecipientsMax),
  ),
]
