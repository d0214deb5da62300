// The outline of a revision: what chain.ts and apart.ts compare of it.
import type { RelationFact } from '../mail/facts.ts'
import { type Draft, titleIn } from './series.ts'
import type { Node } from './tree.ts'

export interface Outline {
  readonly draft: Draft
  readonly head: Node
  readonly said: number
  readonly version: number
  /** Title of the cover, or of a lone patch; empty for a coverless series. */
  readonly title: string
  readonly patchTitles: readonly string[]
  /** The same without the subsystem. */
  readonly deeds: readonly string[]
  readonly patchIds: readonly string[]
  readonly paths: readonly string[]
  readonly lines: readonly string[]
  readonly changeId: string | null
  readonly links: ReadonlySet<string>
  /** The mails and changes that it says it takes the place of, and those that it says it needs or is made on. */
  readonly replaces: ReadonlySet<string>
  readonly needs: ReadonlySet<string>
  readonly resend: boolean
}

export const supersedes = (younger: Outline, elder: Outline): boolean => names(younger.replaces, elder)

export const needs = (younger: Outline, elder: Outline): boolean => names(younger.needs, elder)

const names = (named: ReadonlySet<string>, { draft, changeId }: Outline): boolean =>
  named.size > 0 &&
  ((changeId !== null && named.has(changeId)) || draft.members.some(({ id }) => named.has(id)))

export function outlineOf(draft: Draft): Outline {
  const head = draft.cover ?? draft.members[0]
  if (!head) throw new Error('A revision has no mail')
  const patches = [...draft.patches.values()]
  const facts = patches.map(patch => patch.facts)
  const all = [head.facts, ...facts]
  const relations = all.flatMap(fact => fact.relations ?? [])
  return {
    draft,
    head,
    said: Math.min(...draft.members.map(member => member.said)),
    version: draft.version ?? 1,
    title: titleOf(draft, head),
    patchTitles: patches.map(patch => titleIn(patch).key).filter(Boolean),
    deeds: patches.map(patch => titleIn(patch).deed).filter(Boolean),
    patchIds: facts.map(fact => fact.patchId).filter(id => id !== null),
    paths: [...new Set(facts.flatMap(fact => fact.files.map(file => file.path)))],
    lines: [...new Set(facts.flatMap(fact => fact.files.flatMap(file => file.lines)))],
    changeId: all.find(fact => fact.changeId)?.changeId ?? null,
    links: new Set(all.flatMap(fact => fact.links)),
    replaces: namedAs(relations, ['supersedes']),
    needs: namedAs(relations, ['depends', 'based']),
    resend: all.some(fact => fact.subject.resend),
  }
}

const namedAs = (relations: readonly RelationFact[], whats: readonly RelationFact['what'][]) =>
  new Set(
    relations
      .filter(({ what, by }) => whats.includes(what) && (by === 'mail' || by === 'change-id'))
      .map(({ by, target }) => (by === 'mail' ? target : target.replace(/:v\d{1,4}$/, ''))),
  )

function titleOf(draft: Draft, head: Node): string {
  return head.announces || draft.cover || draft.total === 1 ? titleIn(head).key : ''
}
