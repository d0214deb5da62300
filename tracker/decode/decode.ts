// A mail's bytes undone into headers and texts. Pure and synchronous; a strange mail is a mail with problems.
import { readBody, textLeaves } from './body.ts'
import { readHeaders } from './headers.ts'
import { withLfLines } from './line-ends.ts'
import type { DecodedMail, OtherPart } from './mail.ts'
import { type MimeNode, readTree } from './mime.ts'

/** Decodes a whole mail within the limits of base/limits.ts. Never throws. */
export function decodeMail(raw: Uint8Array): DecodedMail {
  const bytes = withLfLines(raw)
  const block = readHeaders(bytes)
  const problems = new Set(block.problems)
  if (bytes.length === 0) problems.add('The mail is empty')
  else if (block.headers.length === 0) problems.add('The mail has no header; all of it is read as text')
  const root = readTree(block.headers, bytes.subarray(block.bodyAt), problems)
  const { body, attachedPatches } = readBody(root)
  return {
    headers: block.headers,
    parts: textLeaves(root),
    others: otherLeaves(root),
    body,
    attachedPatches,
    problems: [...problems],
  }
}

function otherLeaves(node: MimeNode): OtherPart[] {
  if (node.kind === 'other') return [node.part]
  return node.kind === 'multipart' ? node.children.flatMap(otherLeaves) : []
}
