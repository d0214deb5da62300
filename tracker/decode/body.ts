// Which of a mail's text parts are what a reader reads, and which are patches that hang on it.
import { htmlText } from './html-text.ts'
import type { TextPart } from './mail.ts'
import type { MimeNode } from './mime.ts'

export interface Reading {
  readonly body: string
  readonly attachedPatches: readonly TextPart[]
}

/** Chooses the body among the leaves of `root`; `DecodedMail` says by which rules. */
export function readBody(root: MimeNode): Reading {
  if (root.kind === 'text') return { body: readable(root.part), attachedPatches: [] }
  const leaves = textLeaves(root)
  const shown = withoutEchoes(inlineText(root))
  const kept = shown.length > 0 ? shown : leaves.filter(part => !part.attached && !isPatch(part)).slice(0, 1)
  return { body: joinTexts(kept.map(readable)), attachedPatches: leaves.filter(isPatch) }
}

/** The text leaves below a node in the order of the mail. */
export function textLeaves(node: MimeNode): TextPart[] {
  if (node.kind === 'text') return [node.part]
  return node.kind === 'multipart' ? node.children.flatMap(textLeaves) : []
}

const patchTypes = new Set(['text/x-patch', 'text/x-diff', 'application/x-patch'])
const isPatch = (part: TextPart) =>
  patchTypes.has(part.type) || /\.(?:patch|diff)$/i.test(part.filename ?? '')
const isPlain = (part: TextPart) => part.type === 'text/plain' && part.text.trim() !== ''
const readable = (part: TextPart) => (part.type === 'text/html' ? htmlText(part.text) : part.text)

function inlineText(node: MimeNode): TextPart[] {
  switch (node.kind) {
    case 'other':
      return []
    case 'text': {
      const shown = node.part.type === 'text/plain' || node.part.type === 'text/html'
      return shown && !node.part.attached && !isPatch(node.part) ? [node.part] : []
    }
    case 'multipart': {
      const choices = node.children.map(inlineText)
      if (node.type !== 'multipart/alternative') return choices.flat()
      return choices.find(parts => parts.some(isPlain)) ?? choices.findLast(parts => parts.length > 0) ?? []
    }
  }
}

/** HTML behind plain text says the same again (or is a footer); HTML in front of a plain footer is the mail. */
function withoutEchoes(parts: readonly TextPart[]): TextPart[] {
  const plain = parts.findIndex(isPlain)
  return parts.filter((part, i) => part.type !== 'text/html' || plain < 0 || i < plain)
}

/** A part's last line end belongs to the boundary behind it, so it is put back between two parts. */
function joinTexts(texts: readonly string[]): string {
  let body = ''
  for (const text of texts) body += body === '' || body.endsWith('\n') ? text : `\n${text}`
  return body
}
