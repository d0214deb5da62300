// A chain of revisions and the mails about them -> the patchset a reader follows.

import { limits } from '../../base/limits.ts'
import { answersOf, notesIn, topicMail } from './answers.ts'
import { buildDigest } from './build-digest.ts'
import { completenessOf, missingOf } from './completeness.ts'
import type { Judging } from './judged.ts'
import { listed } from './listed.ts'
import type { Mending } from './mending.ts'
import type { Outside } from './outside.ts'
import { numberRuns, patchNumbers } from './patch-numbers.ts'
import { type PatchOutcome, patchOutcome } from './patch-steps.ts'
import { samePerson } from './person.ts'
import type { Rules } from './rules.ts'
import { writtenScope } from './scope-words.ts'
import { type Draft, numberOf, titleIn } from './series.ts'
import { type Heard, trailersBelow } from './shared-cover.ts'
import { patchsetStanding } from './standing.ts'
import type { Delegate, PatchState, Revision, Standing, Topic, TopicPatch } from './topic.ts'
import type { Node } from './tree.ts'

/** `drafts` and `mails` in order of said time. `heard`: where a cover speaks of other patchsets, too. */
export function patchsetOf(
  drafts: readonly Draft[],
  mails: readonly Node[],
  rules: Rules,
  outside: Outside,
  mending: Mending,
  heard?: Heard,
): { topic: Topic; judgings: readonly Judging[] } {
  const outcome = patchOutcome(drafts, heard?.mails ?? mails, { rules, mending, ...outside })
  const topic = topicOf(drafts, mails, outcome, rules, outside, heard?.others ?? [])
  return { topic, judgings: outcome.judgings }
}

function topicOf(
  drafts: readonly Draft[],
  all: readonly Node[],
  outcome: PatchOutcome,
  rules: Rules,
  outside: Outside,
  others: readonly Node[],
): Topic {
  const { history, delegate, claims, findings, statements } = outcome
  const revisions = drafts.map((draft, index) =>
    revisionOf(draft, drafts.slice(0, index), outcome, rules.secret ?? ''),
  )
  const newest = revisions.at(-1)
  const mails = all.filter(({ note }) => !note)
  const first = mails[0]
  if (!newest || !first) throw new Error('A patchset has no revision')
  const own = answersOf(all, outside.numbers)
  const shared = others.length > 0 ? trailersBelow(answersOf(others, outside.numbers).trailers, drafts) : []
  const answers = shared.length > 0 ? { ...own, trailers: [...own.trailers, ...shared] } : own
  const posted = new Set(drafts.flatMap(draft => [...draft.members, ...draft.repeats]))
  return {
    kind: 'patchset',
    id: first.id,
    title: (revisions.findLast(revision => revision.completeness !== 'partial-reroll') ?? newest).title,
    author: newest.author,
    state: newest.state,
    revisions,
    ...answers,
    claims: [...answers.claims, ...claims],
    ...(findings.length > 0 ? { findings } : {}),
    bug: null,
    ...(delegate ? { delegate } : {}),
    candidate: null,
    mails: mails.map(mail => topicMail(mail, posted.has(mail) ? roleOf(mail) : 'reply')),
    ...notesIn(all),
    history,
    ...(statements.length > 0 ? { statements } : {}),
    standing: waitingFor(patchsetStanding({ revisions, mails, ...answers }, history), newest, delegate),
    said: first.said,
    lastSaid: mails.at(-1)?.said ?? first.said,
    problems: revisions.flatMap(revision =>
      revision.incomplete ? [`v${revision.version}: ${revision.incomplete}`] : [],
    ),
  }
}

function revisionOf(draft: Draft, elders: readonly Draft[], outcome: PatchOutcome, secret: string): Revision {
  const patches = [...draft.patches.values()]
    .sort((a, b) => numberOf(a) - numberOf(b))
    .map(patch => topicPatch(patch, outcome))
  const head = draft.cover ?? draft.patches.get(Math.min(...draft.patches.keys()))
  if (!head) throw new Error('A revision has no mail')
  const completeness = completenessOf(draft, elders)
  const own = patches.length === 0 ? outcome.statuses.get(head) : undefined
  const all = [head, ...draft.patches.values()].map(node => node.facts)
  const digest = buildDigest(draft, elders, secret)
  const asked = draft.cover?.facts.pullRequest ?? null
  return {
    version: draft.version ?? 1,
    total: draft.total,
    cover: draft.cover?.id ?? null,
    pullRequest: asked !== null,
    ...(asked === null ? {} : { pull: `${asked.url} ${asked.ref}` }),
    completeness,
    incomplete: completeness === 'complete' ? null : missingSentence(draft, completeness),
    resend: all.some(facts => facts.subject.resend),
    title: titleIn(head).title || '(no subject)',
    ...scopeOf(head),
    author: head.facts.author,
    ...(samePerson(head.facts.author, head.facts.sender) ? {} : { postedBy: head.facts.sender }),
    said: Math.min(...draft.members.map(member => member.said)),
    patches,
    state: patches.length > 0 ? sharedState(patches) : (own?.state ?? 'new'),
    ...(own?.by ? { stateBy: own.by } : {}),
    changeId: all.find(facts => facts.changeId)?.changeId ?? null,
    baseCommit: all.find(facts => facts.baseCommit)?.baseCommit ?? null,
    ...(digest === null ? {} : { digest }),
    note: shapeNote(draft, elders, completeness),
  }
}

/** Its author where it is his turn, else who takes care of it. */
function waitingFor(standing: Standing, { author }: Revision, delegate: Delegate | null): Standing {
  const person = standing.turn === 'author' ? author : delegate?.person
  return standing.since === undefined || !person ? standing : { ...standing, waits: person }
}

function scopeOf({ facts }: Node): Pick<Revision, 'scope'> {
  const scope = writtenScope(facts.subject).slice(0, 80)
  return scope === '' ? {} : { scope }
}

/** A renamed, gathered or split patchset says so. */
function shapeNote(
  draft: Draft,
  elders: readonly Draft[],
  completeness: Revision['completeness'],
): string | null {
  const before = elders.filter(elder => (elder.version ?? 1) === (elders.at(-1)?.version ?? 1))
  const last = before.at(-1)
  if (!last || completeness === 'partial-reroll') return null
  if (before.length > 1 && draft.patches.size >= before.length && before.every(elder => elder.total === 1))
    return `gathers ${before.length} patches that were sent alone`
  if (draft.total === 1 && last.total > 1) return `one of the ${last.total} patches of v${last.version ?? 1}`
  const was = titleOf(last)
  return was === '' || was === titleOf(draft) ? null : `was called "${was}"`
}

function titleOf(draft: Draft): string {
  const head = draft.cover ?? (draft.total === 1 ? draft.patches.get(1) : undefined)
  return head ? titleIn(head).title : ''
}

function topicPatch(patch: Node, { statuses, archived }: PatchOutcome): TopicPatch {
  const { facts } = patch
  const status = statuses.get(patch)
  return {
    number: numberOf(patch),
    id: patch.id,
    title: titleIn(patch).title || '(no subject)',
    author: facts.author,
    state: status?.state ?? 'new',
    stateBy: status?.by ?? null,
    ...(status?.commit === undefined ? {} : { commit: status.commit }),
    ...(archived.has(patch) ? { archived: true as const } : {}),
    patchId: facts.patchId,
    ...(facts.amHash === undefined ? {} : { amHash: facts.amHash }),
    ...(facts.diffHash === undefined ? {} : { diffHash: facts.diffHash }),
    added: sum(facts.files.map(file => file.added)),
    removed: sum(facts.files.map(file => file.removed)),
    files: facts.files.map(file => file.path),
    ...carriesOf(facts),
    ...(patch.landed.length > 0 ? { landed: patch.landed } : {}),
  }
}

/** Its own author's praise says nothing, and neither does what has no address. */
function carriesOf({ trailers, author, sender }: Node['facts']): Pick<TopicPatch, 'carries'> {
  const carries = trailers.flatMap(({ key, person }) =>
    person?.address.includes('@') &&
    /^(?:reviewed|acked|tested)-by$/i.test(key) &&
    ![author, sender].some(own => samePerson(own, person))
      ? [{ key, who: person }]
      : [],
  )
  return carries.length > 0 ? { carries: carries.slice(0, limits.carriedTrailersMax) } : {}
}

/** The state all patches share, else mixed. */
function sharedState(patches: readonly TopicPatch[]): PatchState | 'mixed' {
  const states = new Set(patches.map(patch => patch.state))
  const [only = 'new'] = states
  return states.size > 1 ? 'mixed' : only
}

function missingSentence(draft: Draft, completeness: Revision['completeness']): string {
  if (completeness === 'partial-reroll')
    return againSentence(
      [...draft.patches.keys()].sort((a, b) => a - b),
      draft.total,
    )
  const came = draft.patches.size
  const some = came === 0 ? 'none' : `${came}`
  if (completeness === 'rest-elsewhere')
    return came === 0
      ? `none of its ${countedPatches(draft.total)} came to this list`
      : `${came} of ${countedPatches(draft.total)} came to this list, the ${draft.total - came === 1 ? 'other one' : 'others'} went elsewhere`
  const missing = missingOf(draft)
  return `${some} of ${countedPatches(draft.total)} arrived; ${missingWords(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`
}

const countedPatches = (count: number) => (count === 1 ? '1 patch' : `${count} patches`)

/** "patch 2", "2, 4 and 6 to 9". */
const missingWords = (missing: readonly number[]): string =>
  missing.length === 1 ? patchNumbers(missing) : numberRuns(missing)

const againSentence = (numbers: readonly number[], total: number) =>
  numbers.length === 1
    ? `only patch ${numbers[0]} of ${total} was sent again`
    : `only patches ${listed(numbers.map(String))} of ${total} were sent again`

function roleOf(mail: Node): Topic['mails'][number]['role'] {
  if (mail.facts.posting === 'patch') return 'patch'
  return mail.facts.posting === 'pull-request' ? 'pull-request' : 'cover'
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
