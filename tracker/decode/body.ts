// Which of a mail's text parts are what a reader reads, and which are patches that hang on it.
import { firstSigned, mayBeSigned, withoutArmour } from './clear-signed.ts'
import { htmlText } from './html-text.ts'
import type { DecodedMail, TextPart } from './mail.ts'
import type { MimeNode } from './mime.ts'
import { beginsAsPatch, looksLikePatch } from './patch-part.ts'

export interface Reading {
  readonly body: string
  readonly signed?: DecodedMail['signed']
  readonly attachedPatches: readonly TextPart[]
}

/** Chooses the body among the leaves of `root`; `DecodedMail` says by which rules. */
export function readBody(root: MimeNode): Reading {
  if (root.kind === 'text')
    return { body: readable(root.part), ...clearSigned(root.part), attachedPatches: [] }
  const leaves = textLeaves(root)
  const patches = new Set(leaves.filter((part, index) => isPatch(part, index)))
  const shown = withoutEchoes(inlineText(root, patches))
  const kept =
    shown.length > 0 ? shown : leaves.filter(part => !part.attached && !patches.has(part)).slice(0, 1)
  const signed = signedNode(root)
  const covered = signed && new Set(textLeaves(signed))
  return {
    body: joinTexts(kept.map(readable)),
    ...(covered && {
      signed: { from: 0, end: linesOf(kept.filter(part => covered.has(part)).map(readable)) },
    }),
    attachedPatches: [...patches].map(bare),
  }
}

/** What stands above an armour is kept as it is, so the signed lines begin where the armour began. */
function clearSigned({ text }: TextPart): Pick<Reading, 'signed'> {
  const found = mayBeSigned(text) ? firstSigned(text.split('\n')) : null
  return found ? { signed: { from: found.begin, end: found.begin + found.end - found.from } } : {}
}

/** RFC 3156 5: the first part is what is signed. Mailman wraps the whole to put its footer below. */
function signedNode(node: MimeNode): MimeNode | undefined {
  if (node.kind !== 'multipart') return undefined
  const [first] = node.children
  if (node.type === 'multipart/signed') return first
  return node.type === 'multipart/mixed' && first?.kind === 'multipart' && first.type === 'multipart/signed'
    ? first.children[0]
    : undefined
}

/** As many as they have when another text is put behind them. */
function linesOf(texts: readonly string[]): number {
  const body = joinTexts(texts)
  return body === '' ? 0 : body.split('\n').length - (body.endsWith('\n') ? 1 : 0)
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
