// A signature binds its list. What is signed for other recipients counts here when what is signed says, too, that it answers
// a mail of this list; else its lines are as good as its From. Its author stays its author.
import type { Node } from './tree.ts'

/** Marks the mails whose signatures bind them elsewhere. Which mails are here may change with any later one. */
export function markAstray(nodes: readonly Node[]): void {
  const astray = nodes.filter(({ verdict }) => verdict.astray !== undefined)
  if (astray.length === 0) return
  // One that itself went astray is no mail of this list.
  const ours = new Set(nodes.filter(({ verdict }) => !verdict.astray).map(({ id }) => id))
  for (const node of astray) if (!node.verdict.astray?.answers.some(id => ours.has(id))) node.astray = true
}
