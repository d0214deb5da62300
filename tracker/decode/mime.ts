// The tree of a mail's MIME parts, walked within limits. Text leaves are decoded, other leaves only named: their
// bytes stay in the raw mail. A forwarded mail (message/rfc822) is such a leaf, since nobody says its words here.
import { limits } from '../../base/limits.ts'
import { lfOnly, lfText, withLfLines } from '../../base/line-ends.ts'
import { readText } from './charset.ts'
import { describePart, type PartDescription } from './content-type.ts'
import { unstuffed } from './flowed.ts'
import { readHeaders } from './headers.ts'
import type { Header, OtherPart, TextPart } from './mail.ts'
import { splitParts } from './multipart.ts'
import { openedParts } from './opaque.ts'
import { looksLikePatch } from './patch-part.ts'
import { undoTransfer } from './transfer.ts'

export type MimeNode =
  | { readonly kind: 'text'; readonly part: TextPart }
  | { readonly kind: 'other'; readonly part: OtherPart }
  | { readonly kind: 'multipart'; readonly type: string; readonly children: readonly MimeNode[] }

/** The tree below `headers`, whose body is `body`. Sentences about what was wrong are added to `problems`. */
export function readTree(headers: readonly Header[], body: Buffer, problems: Set<string>): MimeNode {
  const walk: Walk = { problems, parts: 1, textLeft: limits.textBytesMax }
  return readPart(walk, { path: '', depth: 0, headers, body, defaultType: 'text/plain' })
}

/** What one walk has used up. */
interface Walk {
  readonly problems: Set<string>
  parts: number
  textLeft: number
}

interface RawPart {
  /** Empty for the mail itself. */
  readonly path: string
  readonly depth: number
  readonly headers: readonly Header[]
  readonly body: Buffer
  readonly defaultType: string
}

function readPart(walk: Walk, raw: RawPart): MimeNode {
  const described = describePart(raw.headers, raw.defaultType)
  if (!described.type.startsWith('multipart/')) return readLeaf(walk, raw, described)
  const chunks =
    described.boundary === null ? null : splitParts(raw.body, described.boundary, limits.mimePartsMax)
  if (chunks === null || chunks.parts.length === 0) {
    walk.problems.add(
      'The mail says it has several parts, but where they begin cannot be found; it is read as one text',
    )
    return readLeaf(walk, raw, { ...described, type: 'text/plain' })
  }
  if (!chunks.closed) walk.problems.add('The end of the last part is missing; the mail may be cut')
  return {
    kind: 'multipart',
    type: described.type,
    children: readChildren(walk, raw, described.type, chunks.parts),
  }
}

function readChildren(walk: Walk, parent: RawPart, type: string, chunks: readonly Buffer[]): MimeNode[] {
  const children: MimeNode[] = []
  if (parent.depth + 1 > limits.mimeDepthMax) {
    walk.problems.add(
      `The parts of the mail are nested more than ${limits.mimeDepthMax} deep; the rest is not read`,
    )
    return children
  }
  for (const [index, chunk] of chunks.entries()) {
    if (++walk.parts > limits.mimePartsMax) {
      walk.problems.add(`The mail has more than ${limits.mimePartsMax} parts; the rest are not read`)
      break
    }
    const block = readHeaders(chunk)
    for (const problem of block.problems) walk.problems.add(problem)
    const path = parent.path === '' ? `${index + 1}` : `${parent.path}.${index + 1}`
    const defaultType = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    const body = chunk.subarray(block.bodyAt)
    children.push(
      readPart(walk, { path, depth: parent.depth + 1, headers: block.headers, body, defaultType }),
    )
  }
  return children
}

function readLeaf(walk: Walk, raw: RawPart, described: PartDescription): MimeNode {
  const { type, filename } = described
  const path = raw.path === '' ? '1' : raw.path
  if (!holdsText(described)) {
    const { bytes, packed } = undoTransfer(raw.body, described.transferEncoding)
    const opened = isOpaque(type) ? readOpaque(walk, raw, bytes) : null
    if (opened) return opened
    const own = packed ? bytes : lfOnly(bytes)
    if (!mayHoldPatch(type) || !looksLikePatch(own.toString('latin1', 0, patchHeadBytes)))
      return { kind: 'other', part: { path, type, filename, bytes: own.length } }
  }
  const { text, charset } = readLeafText(walk, raw.body, described)
  // The mail itself is what its reader reads, whatever it says of being an attachment.
  const attached =
    raw.path !== '' &&
    (described.disposition === 'attachment' ||
      (filename !== null && type !== 'text/plain') ||
      !type.startsWith('text/'))
  return { kind: 'text', part: { path, type, filename, attached, charset, text } }
}

const isOpaque = (type: string) => /^application\/(?:x-)?pkcs7-mime$/.test(type)

/** RFC 8551 3.2: what is signed as one block is read as if it stood here; what is encrypted is not. */
function readOpaque(walk: Walk, raw: RawPart, bytes: Buffer): MimeNode | null {
  const opened = raw.depth < limits.mimeDepthMax ? openedParts(bytes) : null
  if (opened === null) {
    walk.problems.add(sealed)
    return null
  }
  const lines = lfOnly(withLfLines(opened))
  const { headers, bodyAt } = readHeaders(lines)
  const body = lines.subarray(bodyAt)
  return readPart(walk, { ...raw, depth: raw.depth + 1, headers, body, defaultType: 'text/plain' })
}

const sealed =
  'The mail is encrypted, or signed as one block that cannot be opened (S/MIME, application/pkcs7-mime); what it says is not read'

/** Of a type that says nothing the bytes tell: a patch called `fix.dif`, or without a name. */
const mayHoldPatch = (type: string) => /^application\/(?:octet-stream|x-|mbox|text|diff|patch)/.test(type)
const patchHeadBytes = 40_000

/** Mailers send patches as application/octet-stream; only the name says what they are. */
function holdsText({ type, filename }: PartDescription): boolean {
  if (type.startsWith('text/')) return true
  return type === 'application/x-patch' || (filename !== null && /\.(?:patch|diff)$/i.test(filename))
}

function readLeafText(
  walk: Walk,
  body: Buffer,
  described: PartDescription,
): { text: string; charset: string } {
  const undone = undoTransfer(body, described.transferEncoding)
  const bytes = cutToLimit(walk, undone.packed ? undone.bytes : lfOnly(undone.bytes))
  const read = readText(bytes, described.charset)
  if (undone.problem !== null) walk.problems.add(undone.problem)
  if (read.problem !== null) walk.problems.add(read.problem)
  walk.textLeft -= bytes.length
  const text = undone.packed ? withSendersLineEnds(read.text) : read.text
  return { text: described.flowed ? unstuffed(text) : text, charset: read.charset }
}

/** Cut behind a whole line, so that no letter is cut in two. */
function cutToLimit(walk: Walk, bytes: Buffer): Buffer {
  if (bytes.length <= walk.textLeft) return bytes
  walk.problems.add(
    `The text is longer than ${limits.textBytesMax / 1024 / 1024} MB; the rest is in the raw mail only`,
  )
  const kept = bytes.subarray(0, walk.textLeft)
  const newline = kept.lastIndexOf(10)
  return newline < 0 ? kept : kept.subarray(0, newline + 1)
}

/**
 * Text that travelled packed kept the sender's line ends. Mailers write CRLF throughout; git packs a patch of a
 * file with CRLF lines so that they survive among the mail's LF. The first line tells the two apart.
 */
function withSendersLineEnds(text: string): string {
  const newline = text.indexOf('\n')
  return newline > 0 && text[newline - 1] === '\r' ? lfText(text) : text
}
