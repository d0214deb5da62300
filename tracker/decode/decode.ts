// A mail's bytes undone into headers and texts. Pure and synchronous; a strange mail is a mail with problems.
import { limits } from '../../base/limits.ts'
import { withLfLines } from '../../base/line-ends.ts'
import { type Reading, readBody, textLeaves } from './body.ts'
import { type HeaderBlock, headersOf, isOfCharset, readHeaders } from './headers.ts'
import type { DecodedMail, Header, OtherPart, TextPart } from './mail.ts'
import { messageIdOf } from './message-id.ts'
import { type MimeNode, readTree } from './mime.ts'
import { type Wrapped, wrappedMail } from './wrapped.ts'

/** Decodes a whole mail within the limits of base/limits.ts; one that a list wrapped as the mail inside. Never throws. */
export function decodeMail(raw: Uint8Array): DecodedMail {
  const bytes = withLfLines(raw)
  const block = headersOf(bytes)
  const wrapped = wrappedMail(block.headers, bytes.subarray(block.bodyAt))
  return wrapped ? unwrapped(block.headers, wrapped) : decodeBlock(bytes, block)
}

/** The mail inside with what the list says of itself; its parts are not counted among those outside. */
function unwrapped(outer: readonly Header[], { bytes, path }: Wrapped): DecodedMail {
  const lines = withLfLines(bytes)
  const mail = decodeBlock(lines, readHeaders(lines))
  return {
    ...mail,
    wraps: messageIdOf(lines).id,
    headers: [
      ...mail.headers,
      ...outer.filter(({ name }) => /^(?:received|x-beenthere|list-.*)$/.test(name)),
    ],
    parts: mail.parts.map(part => ({ ...part, attached: false })),
    others: [{ path, type: 'message/rfc822', filename: null, bytes: bytes.length }],
  }
}

function decodeBlock(bytes: Buffer, block: HeaderBlock): DecodedMail {
  const problems = new Set(block.problems)
  if (bytes.length === 0) problems.add('The mail is empty')
  else if (block.headers.length === 0) problems.add('The mail has no header; all of it is read as text')
  const root = readTree(block.headers, bytes.subarray(block.bodyAt), problems)
  const { body, signed, attachedPatches } = withinLines(readBody(root), problems)
  const parts = textLeaves(root)
  return {
    headers: headersIn(bytes, block, parts),
    parts,
    others: otherLeaves(root),
    body,
    ...(signed && { signed }),
    attachedPatches,
    problems: [...problems],
  }
}

/** Bytes above 127 in a header say no charset; most mailers that write them so use that of the text below. */
function headersIn(bytes: Buffer, block: HeaderBlock, parts: readonly TextPart[]): readonly Header[] {
  const charset = parts[0]?.charset ?? 'utf-8'
  if (charset === 'utf-8' || charset === 'us-ascii' || !isOfCharset(bytes.subarray(0, block.bodyAt)))
    return block.headers
  return readHeaders(bytes, charset).headers
}

/** Every reader of a mail goes through its lines, so their number is bounded and not only their length. */
function withinLines({ body, attachedPatches, ...rest }: Reading, problems: Set<string>): Reading {
  let left: number = limits.textLinesMax
  const cut = (text: string): string => {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (--left > 0) continue
      const kept = text.slice(0, at + 1)
      if (kept.length < text.length)
        problems.add(`The text has more than ${limits.textLinesMax} lines; the rest is in the raw mail only`)
      return kept
    }
    return text
  }
  return {
    ...rest,
    body: cut(body),
    attachedPatches: attachedPatches.map(part => ({ ...part, text: cut(part.text) })),
  }
}

function otherLeaves(node: MimeNode): OtherPart[] {
  if (node.kind === 'other') return [node.part]
  return node.kind === 'multipart' ? node.children.flatMap(otherLeaves) : []
}
