// A newer posting takes the place of patches of the older revisions: which ones, and who may do it.
import { credit, isOwn } from './authority.ts'
import { isPartialReroll } from './completeness.ts'
import type { PatchStatuses } from './patch-status.ts'
import { changesOf } from './scope.ts'
import { type Draft, numberOf, titleIn } from './series.ts'
import { isBelow, type Node } from './tree.ts'

/** What is not final in the older revisions; a partial reroll replaces only its own numbers. */
export function supersede(index: number, mail: Node, patches: PatchStatuses): void {
  const draft = patches.drafts[index]
  const elders = patches.drafts.slice(0, index)
  if (!draft || elders.length === 0) return
  const older = replaceable(draft, elders).filter(patch => !patches.isFinal(patch))
  const replaced = older.filter(
    patch => isOwnAndAsGood(mail, patch, elders, patches) || takesOver(draft, patch),
  )
  if (replaced.length > 0) replace(replaced, mail, patches)
  else if (older.length > 0) announce(mail, draft, patches)
}

function replaceable(draft: Draft, elders: readonly Draft[]): Node[] {
  const older = elders.flatMap(elder => (replacesAll(draft, elder) ? changesOf(elder) : []))
  return isPartialReroll(draft, elders) ? older.filter(patch => draft.patches.has(numberOf(patch))) : older
}

function replace(replaced: readonly Node[], mail: Node, patches: PatchStatuses): void {
  if (patches.lines.stands(mail)) patches.set(replaced, 'superseded', mail, 'author')
  patches.tell(
    mail,
    replaced,
    { what: 'superseded', value: `${replaced.length} older ${replaced.length === 1 ? 'patch' : 'patches'}` },
    { refusal: null },
  )
}

/** A newer posting that takes no place is told, and nothing more. */
function announce(mail: Node, draft: Draft, patches: PatchStatuses): void {
  const { name, address } = mail.facts.sender
  const value = `v${draft.version ?? 1} by ${name || address}`
  patches.tell(mail, [], { what: 'newer posting', value }, { refusal: null, effect: false })
}

/** By the same person, and as well authenticated; a worse grade will do while nothing was decided. */
function isOwnAndAsGood(mail: Node, patch: Node, elders: readonly Draft[], patches: PatchStatuses): boolean {
  const { rules } = patches
  if (!isOwn(mail, patch, rules)) return false
  if (credit(mail, rules) >= credit(patch, rules)) return true
  return !elders
    .flatMap(changesOf)
    .some(elder => patches.isFinal(elder) && patches.stateOf(elder) !== 'superseded')
}

/** A higher version replaces all; the same one replaces what it posts again: a split stands beside the other half. */
function replacesAll(draft: Draft, elder: Draft): boolean {
  if ((draft.version ?? 1) > (elder.version ?? 1) || draft.replaces.has(elder) || saysSo(draft, elder))
    return true
  return changesOf(elder).some(patch => changesOf(draft).some(other => postsAgain(other, patch)))
}

/** `Supersedes: <id>`; whether it may is asked of both mails, as for any newer posting. */
const saysSo = (draft: Draft, elder: Draft): boolean =>
  draft.members.some(({ facts: { relations = [] } }) =>
    relations.some(
      ({ what, target }) => what === 'supersedes' && elder.members.some(({ id }) => id === target),
    ),
  )

function postsAgain(younger: Node, elder: Node): boolean {
  if (titleIn(younger).key === titleIn(elder).key || isBelow(younger, elder.id)) return true
  return elder.facts.patchId !== null && younger.facts.patchId === elder.facts.patchId
}

/** Somebody else carries the change on: the newer posting answers the older and shares its change-id or a patch. */
function takesOver(draft: Draft, patch: Node): boolean {
  const ids = new Set(
    draft.members.flatMap(({ facts }) => [facts.changeId, facts.patchId]).filter(id => id !== null),
  )
  const shared =
    (patch.facts.patchId && ids.has(patch.facts.patchId)) ||
    (patch.facts.changeId && ids.has(patch.facts.changeId))
  const head = draft.members[0]
  const elders = patch.parent ? [patch, patch.parent] : [patch]
  const change = elders.some(elder => elder.facts.changeId !== null && ids.has(elder.facts.changeId))
  return Boolean(
    head &&
      (shared || change) &&
      elders.some(elder => draft.members.some(member => isBelow(member, elder.id))),
  )
}
