// The eight digits that an approver repeats: they name the mails of one revision, their texts, and the patches as git is
// given them. They are made with a secret of the instance, so nobody can look for a second text that has the same ones.
import { createHmac } from 'node:crypto'
import { completenessOf } from './completeness.ts'
import { type Draft, numberOf } from './series.ts'
import type { Node } from './tree.ts'

/** Null for a revision that cannot be built: some of its mails are missing, or have no patch. `elders`: the earlier ones. */
export function buildDigest(draft: Draft, elders: readonly Draft[], secret: string): string | null {
  const patches = patchesOf(draft)
  if (patches.length === 0 || patches.some(({ facts }) => facts.amHash === undefined)) return null
  if (completenessOf(draft, elders) !== 'complete') return null
  const mails = [...(draft.cover ? [draft.cover] : []), ...patches]
  const named = mails.map(({ id, facts }) => [id, facts.textHash, facts.amHash ?? null])
  return createHmac('sha256', secret).update(JSON.stringify(named)).digest('hex').slice(0, 8)
}

const patchesOf = (draft: Draft): Node[] =>
  [...draft.patches.values()].sort((a, b) => numberOf(a) - numberOf(b))
