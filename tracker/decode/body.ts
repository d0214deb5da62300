// Which of a mail's text parts are what a reader reads, and which are patches that hang on it.
import { withoutArmour } from './clear-signed.ts'
import { htmlText } from './html-text.ts'
import type { TextPart } from './mail.ts'
import type { MimeNode } from './mime.ts'
import { beginsAsPatch, looksLikePatch } from './patch-part.ts'

export interface Reading {
  readonly body: string
  readonly attachedPatches: readonly TextPart[]
}

/** Chooses the body among the leaves of `root`; `DecodedMail` says by which rules. */
export function readBody(root: MimeNode): Reading {
  if (root.kind === 'text') return { body: readable(root.part), attachedPatches: [] }
  const leaves = textLeaves(root)
  const patches = new Set(leaves.filter((part, index) => isPatch(part, index)))
  const shown = withoutEchoes(inlineText(root, patches))
  const kept =
    shown.length > 0 ? shown : leaves.filter(part => !part.attached && !patches.has(part)).slice(0, 1)
  return { body: joinTexts(kept.map(readable)), attachedPatches: [...patches].map(bare) }
}

/** The text leaves below a node in the order of the mail. */
export function textLeaves(node: MimeNode): TextPart[] {
  if (node.kind === 'text') return [node.part]
  return node.kind === 'multipart' ? node.children.flatMap(textLeaves) : []
}

const patchTypes = new Set(['text/x-patch', 'text/x-diff', 'application/x-patch'])
/** `index`: its place among the text parts; the first one is what the sender writes, if nothing says otherwise. */
function isPatch(part: TextPart, index: number): boolean {
  if (patchTypes.has(part.type) || /\.(?:patch|diff)$/i.test(part.filename ?? '')) return true
  if (part.type === 'text/html') return false
  if (part.attached || part.filename !== null) return looksLikePatch(part.text)
  return index > 0 && beginsAsPatch(part.text)
}

const bare = (part: TextPart): TextPart => {
  const text = withoutArmour(part.text)
  return text === part.text ? part : { ...part, text }
}
const isPlain = (part: TextPart) => part.type === 'text/plain' && part.text.trim() !== ''
const readable = (part: TextPart) =>
  part.type === 'text/html' ? htmlText(part.text) : withoutArmour(part.text)

function inlineText(node: MimeNode, patches: ReadonlySet<TextPart>): TextPart[] {
  switch (node.kind) {
    case 'other':
      return []
    case 'text': {
      const shown = node.part.type === 'text/plain' || node.part.type === 'text/html'
      return shown && !node.part.attached && !patches.has(node.part) ? [node.part] : []
    }
    case 'multipart': {
      const choices = node.children.map(child => inlineText(child, patches))
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
