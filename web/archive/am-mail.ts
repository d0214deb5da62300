// A patch as a mail that `git am` applies as it is: what its sender wrote, with the trailers that others gave since below
// his message. Where they go and what they look like is git's (Documentation/git-interpret-trailers).
import { lfOnly } from '../../base/line-ends.ts'
import { describePart } from '../../tracker/decode/content-type.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { undoTransfer } from '../../tracker/decode/transfer.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { patchTextOf } from '../../tracker/mail/patch-text.ts'

export interface AmPatch {
  readonly id: string
  readonly author: Person
  /** The mail, and its bytes. */
  readonly mail: DecodedMail
  readonly raw: Buffer
  /** Lines as `Reviewed-by: Ines <ines@example.org>`, in their order. */
  readonly trailers: readonly string[]
  /** Further fields of the header. */
  readonly fields?: readonly string[]
}

/** With the line above it that makes it an mbox. */
export function amMail(patch: AmPatch): Buffer {
  const { type, body } = bodyOf(patch)
  const head = [
    'From mboxrd@z Thu Jan  1 00:00:00 1970',
    `From: ${addressText(patch.author)}`,
    ...['Subject', 'Date'].flatMap(name => fieldLine(patch.mail, name)),
    `Message-ID: <${oneLine(patch.id)}>`,
    ...(patch.fields ?? []).map(oneLine),
    'MIME-Version: 1.0',
    `Content-Type: ${oneLine(type)}`,
    'Content-Transfer-Encoding: 8bit',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\n')}\n\n`), body, Buffer.from('\n')])
}

const fieldLine = ({ headers }: DecodedMail, name: string): string[] => {
  const value = headerValue(headers, name.toLowerCase())
  return value === null ? [] : [`${name}: ${oneLine(value.trim())}`]
}

const oneLine = (text: string) => text.replace(/[\r\n\0]+/g, ' ')

function addressText({ name, address }: Person): string {
  const at = `<${oneLine(address)}>`
  if (name === '') return at
  return /^[\x20-\x7e]*$/.test(name)
    ? `"${name.replace(/["\\]/g, '\\$&')}" ${at}`
    : `=?UTF-8?B?${Buffer.from(name.toWellFormed()).toString('base64')}?= ${at}`
}

/** Bytes as they were sent where they are one text: git converts a message, and never a diff, to UTF-8. */
function bodyOf({ mail, raw, trailers }: AmPatch): { type: string; body: Buffer } {
  const plain = 'text/plain; charset=UTF-8'
  const single = mail.parts.length === 1 && mail.others.length === 0 && mail.attachedPatches.length === 0
  const { headers, bodyAt } = readHeaders(raw)
  const { type, charset } = describePart(headers, 'text/plain')
  const said = charset?.toLowerCase() ?? ''
  const inUtf8 = /^(?:|utf-?8|us-ascii|ascii)$/.test(said)
  if (!single || mail.wraps !== undefined || type !== 'text/plain' || !(inUtf8 || trailers.every(isAscii)))
    return { type: plain, body: Buffer.from(withTrailers(patchTextOf(mail), trailers)) }
  const encoding = headerValue(headers, 'content-transfer-encoding')
  const bytes = undoTransfer(raw.subarray(bodyAt), encoding)
  const text = (bytes.packed ? bytes.bytes : lfOnly(bytes.bytes)).toString('latin1')
  const lines = trailers.map(line => Buffer.from(line).toString('latin1'))
  return {
    type: inUtf8 ? plain : (headerValue(headers, 'content-type') ?? plain),
    body: Buffer.from(withTrailers(text, lines), 'latin1'),
  }
}

const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text)

/** Those that the message does not have yet, at its end. */
export function withTrailers(text: string, trailers: readonly string[]): string {
  const lines = text.split('\n').map(withoutSeparator)
  const cut = lines.findIndex(line => patchBegins.test(line))
  const end = lines.findLastIndex((line, at) => (cut < 0 || at < cut) && line.trim() !== '') + 1
  const start = lines.findLastIndex((line, at) => at < end && line.trim() === '') + 1
  const block = lines.slice(start, end)
  const had = new Set(lines.slice(0, end).map(nameOf))
  const fresh = trailers.filter(line => !had.has(nameOf(line)))
  if (fresh.length === 0) return lines.join('\n')
  // A block above which nothing stands is a title, or a From: of git's.
  const joins = start > 0 && block.length > 0 && block.every(line => trailerLine.test(line))
  const between = joins || end === 0 ? [] : ['']
  const behind = cut === end && lines[cut] !== '---' ? [''] : []
  return [...lines.slice(0, end), ...between, ...fresh, ...behind, ...lines.slice(end)].join('\n')
}

/** As `git mailinfo` finds it. */
const patchBegins = /^(?:---(?:\s*$|\s+\S)|diff -|Index: )/
const trailerLine = /^(?:[A-Za-z][\w-]*\s?:\s|\s+\S|\(cherry picked from |\[)/
const nameOf = (line: string) => line.toLowerCase().replace(/\s+/g, '')

/** git splits an mbox at a line that looks like this; only such a one is quoted, since it takes no quote away again. */
const withoutSeparator = (line: string) =>
  /^From .{10,200}\d:\d\d.{0,40}\d{2}/.test(line) ? `>${line}` : line
