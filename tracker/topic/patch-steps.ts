// The states of a patchset's patches, by going through its mails in order: a newer revision supersedes, a line sets,
// "applied" of a maintainer accepts. What had no effect is in the history too, with the reason.
import { takeApplied } from './applied.ts'
import { carerOf } from './authority.ts'
import { takeInOrder, wordsAt } from './history.ts'
import type { Judging } from './judged.ts'
import type { LineHandler } from './lines.ts'
import type { Mending } from './mending.ts'
import type { Outside } from './outside.ts'
import { type CommitStep, commitsOf, outcomeOf } from './patch-landing.ts'
import { patchLineHandler } from './patch-lines.ts'
import { type PatchStatus, PatchStatuses } from './patch-status.ts'
import { type Rules, rosterAt } from './rules.ts'
import { changesOf, filesOf, scopeOf } from './scope.ts'
import { type Draft, isPosting } from './series.ts'
import { heardHere, type SpeakingMail } from './speaking-mail.ts'
import { voicesFor } from './statement.ts'
import { supersede } from './superseding.ts'
import type { Change, Claim, Delegate, Finding, RemoteLines } from './topic.ts'
import type { Node } from './tree.ts'
import { isNoted } from './verdict.ts'
import { withdraw } from './withdrawing.ts'

export interface PatchOutcome {
  readonly statuses: ReadonlyMap<Node, PatchStatus>
  readonly archived: ReadonlySet<Node>
  readonly history: readonly Change[]
  readonly delegate: Delegate | null
  /** Bugs that lines of answers say it closes or blocks. */
  readonly claims: readonly Claim[]
  readonly findings: readonly Finding[]
  /** What they say of other topics. */
  readonly statements: readonly RemoteLines[]
  /** Of which texts they spoke. */
  readonly judgings: readonly Judging[]
}

/** `drafts` by said time, `mails` in order; `statements` of other topics. */
export function patchOutcome(
  drafts: readonly Draft[],
  mails: readonly Node[],
  {
    rules,
    mending,
    numbers,
    statements,
  }: Omit<Outside, 'judged'> & { readonly rules: Rules; readonly mending: Mending },
): PatchOutcome {
  const here = new Map(mails.map(mail => [mail.id, mail]))
  const others = voicesFor(statements, here)
  const patches = new PatchStatuses(drafts, here, others, { rules, mending, numbers })
  const handler = patchLineHandler(patches)
  const words = (mail: SpeakingMail) => ({ at: wordsAt(mail), take: () => hear(mail, patches, handler) })
  const own = mails.filter(mail => isPosting(mail) || saysSomething(mail))
  takeInOrder([
    ...own.flatMap(mail => [{ at: mail.said, take: () => post(mail, patches) }, words(mail)]),
    ...others.map(words),
    ...commitsOf(drafts).map(step => ({ at: step.event.at, take: () => land(step, patches) })),
  ])
  const { history, claims, statements: said } = patches.lines
  return {
    statuses: patches.all,
    archived: patches.archived,
    history,
    delegate: delegateOf(patches),
    claims,
    findings: patches.findings.result(),
    statements: said,
    judgings: patches.judgements.all,
  }
}

const saysSomething = ({ facts: { tags, misses, applied, withdrawal }, verdict }: Node) =>
  tags.length > 0 || misses.length > 0 || applied !== null || withdrawal !== null || isNoted(verdict)

/** What the mail posts. */
function post(mail: Node, patches: PatchStatuses): void {
  const index = patches.drafts.findIndex(draft => draft.members.includes(mail))
  if (index <= patches.latest) return
  patches.latest = index
  supersede(index, mail, patches)
}

/** What the mail says: by lines, and of its own topic in plain words, too. */
function hear(mail: SpeakingMail, patches: PatchStatuses, handler: LineHandler): void {
  patches.lines.take(mail, handler)
  const own = patches.lines.here.get(mail.id)
  // Of itself a posting says so in its bracket alone; a plain cover tells of what it announces.
  if (!own || (patches.isMember(own) && own.facts.posting === 'none')) return
  const heard = heardHere(own)
  if (isNoted(mail.verdict)) note(own, patches)
  if (own.facts.applied) takeApplied(heard, own.facts.applied, patches)
  if (own.facts.withdrawal) withdraw(heard, own.facts.withdrawal, patches)
}

/** What came through the API and is no line. */
function note(mail: Node, patches: PatchStatuses): void {
  const { checks, tags, gist } = mail.facts
  const on = scopeOf(mail, patches.now, undefined)
  const tell = (what: 'check' | 'note', value: string) =>
    patches.tell(mail, on, { what, value }, { refusal: null })
  for (const { context, state } of checks) tell('check', `${context}: ${state}`)
  if (checks.length === 0 && tags.length === 0) tell('note', gist)
}

/** A commit accepts its patch, unless somebody else than its author said that it is final in another way. */
function land(step: CommitStep, patches: PatchStatuses): void {
  const { state, change } = outcomeOf(step, patches.of(step.patch))
  if (change.effect) patches.setByCommit(step.patch, state)
  patches.lines.history.push(change)
}

/** Who was named; else whose paths hold all files of the newest revision, by the roster of its time. */
function delegateOf({ delegate, drafts, rules }: PatchStatuses): Delegate | null {
  if (delegate !== undefined) return delegate
  const changes = changesOf(drafts.at(-1))
  const [first] = changes
  if (!first) return null
  const carer = carerOf(filesOf(changes), rosterAt(rules.rosters, first.counts))
  return carer && { person: carer.person, by: null }
}
