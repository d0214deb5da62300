// What a reader follows. `fold` makes it from the facts of a cluster; the row of a topic is this value.
import type { MessageId } from '../../base/ids.ts'
import type { BugStatus, PatchState, TagName } from '../../base/state-words.ts'
import type { FindingFact, Person, RelationFact, TagFact } from '../mail/facts.ts'
import type { RobotName } from '../mail/robots.ts'
import type { Landing, LandingEvent, NamedCommit } from './landing.ts'
import type { Grade, How, Verdict } from './verdict.ts'

export type TopicKind = 'patchset' | 'bug' | 'discussion' | 'report' | 'announcement' | 'spam'

export type { BugStatus, PatchState }
/** Of a topic; `mixed` when its patches differ. */
export type State = PatchState | BugStatus | 'mixed'

/** What a bug of this status waits for no more. */
export const finalStatuses: readonly BugStatus[] = ['fixed', 'wontfix', 'invalid', 'worksforme', 'duplicate']

/** Final states of a patch stay until somebody says otherwise. */
export const finalStates: readonly PatchState[] = [
  'accepted',
  'rejected',
  'superseded',
  'not-applicable',
  'withdrawn',
]

/** One mail in its topic; a ghost is a mail that others answer and that never came. */
export interface TopicMail {
  readonly id: MessageId
  /** The nearest mail above it that is in this topic (ghosts included); null for a root. */
  readonly parent: MessageId | null
  readonly subject: string
  readonly author: Person
  /** Said time, never before its parent's; milliseconds. */
  readonly said: number
  readonly role: 'cover' | 'patch' | 'pull-request' | 'reply' | 'report' | 'note'
  /** The first words of what it says. */
  readonly gist: string
  readonly problems: readonly string[]
  /** A program wrote it, by its own word or by that of the list's people. */
  readonly automatic?: true
  /** The same Message-ID with another text was seen: this many other texts. */
  readonly imposters?: number
  /** Then of each text the bytes of one arrival, as SHA-256 in hex; that which is read is the first. */
  readonly texts?: readonly string[]
  /** Then mails changed the state of one of them. */
  readonly judged?: true
  /** It is signed for other recipients, so what it says is as good as its From. */
  readonly astray?: true
}

export interface TopicPatch {
  readonly number: number
  readonly id: MessageId
  readonly title: string
  readonly author: Person
  readonly state: PatchState
  /** The mail that set the state; null while nobody said anything. */
  readonly stateBy: MessageId | null
  /** The commit that a line names which says that it is accepted; a branch need not have it. */
  readonly commit?: string
  /** Somebody took it out of the lists of patchwork's clients. */
  readonly archived?: true
  readonly patchId: string | null
  /** Of what `git am` is given of it. */
  readonly amHash?: string
  /** Patchwork's name of its diff. */
  readonly diffHash?: string
  readonly added: number
  readonly removed: number
  readonly files: readonly string[]
  /** The reviews and tests of others that its commit message names; absent without any. */
  readonly carries?: readonly { readonly key: string; readonly who: Person }[]
  /** The commits that it became. */
  readonly landed?: readonly Landing[]
}

export interface Revision {
  readonly version: number
  readonly total: number
  readonly cover: MessageId | null
  readonly pullRequest: boolean
  /** Of a pull request: the repository and what it asks to pull from there. */
  readonly pull?: string
  readonly completeness: 'complete' | 'incomplete' | 'partial-reroll' | 'rest-elsewhere'
  /** A sentence when not complete: "cover says 5, 4 arrived". */
  readonly incomplete: string | null
  readonly resend: boolean
  readonly title: string
  /** The words of its bracket that name a project or a branch, as written: "AUTOSEL 6.1". */
  readonly scope?: string
  readonly author: Person
  /** Who sent it, where that is somebody else. */
  readonly postedBy?: Person
  readonly said: number
  /** In order of their numbers. */
  readonly patches: readonly TopicPatch[]
  readonly state: PatchState | 'mixed'
  /** Of a pull request without patches: the mail that set its state. */
  readonly stateBy?: MessageId
  readonly changeId: string | null
  readonly baseCommit: string | null
  /** Of a complete one: the digits that name exactly these mails and what they change. */
  readonly digest?: string
  /** What changed in the shape of the patchset: "was called ...", "gathers 2 postings". */
  readonly note: string | null
}

export interface Trailer {
  readonly mail: MessageId
  /** The patch or cover it speaks of. */
  readonly on: MessageId
  readonly key: string
  readonly who: Person
  readonly said: number
  /** False when the person named is not the sender: shown, not counted. */
  readonly counts: boolean
  /** Given below one patch in the name of all patches of its revision. */
  readonly whole?: true
  /** Given on a cover that another patchset holds (shared-cover.ts). */
  readonly shared?: true
}

export interface Check {
  readonly mail: MessageId
  readonly on: MessageId
  readonly context: string
  readonly state: 'success' | 'warning' | 'fail' | 'pending'
  readonly description: string
  readonly url: string | null
  /** The address of whoever says so. */
  readonly by: string
  /** It is neither ours nor of a robot of the list's people whose mail is authenticated: anybody may have written it. */
  readonly claimed?: true
}

/** A remark that a reviewing program listed. It asks nothing of anybody. */
export interface Finding extends FindingFact {
  readonly mail: MessageId
  /** The patch or cover that the program answered. */
  readonly on: MessageId
  /** The program. */
  readonly who: Person
  readonly dismissed?: Dismissal
}

/** Who said that it is none, in which mail, and why. */
export interface Dismissal {
  readonly mail: MessageId
  readonly who: Person
  readonly reason: string | null
}

export interface Applied {
  readonly mail: MessageId
  readonly commit: string | null
  readonly who: Person
  readonly said: number
  /** It speaks of some of the patches only. */
  readonly part: boolean
  /** Said within a sentence, not as a notice of its own. */
  readonly passing?: true
}

/** A word about another topic; it flows from patchset to bug and from bug to the bug it repeats, no further. */
export interface Claim {
  readonly mail: MessageId
  /**
   * `proposed`: a patch posted in the thread of a bug is its proposed fix without any line. `mends`: it fixes what the
   * patch of that title brought in. `reported`: it fixes what `who` or the robot of that address reported. `about`: it was
   * sent to the bug's own address. `supersedes`, `depends`, `based`: a posting says so of another one.
   */
  readonly what:
    | 'closes'
    | 'fixes'
    | 'link'
    | 'reported'
    | 'mends'
    | 'proposed'
    | 'duplicate'
    | 'blocks'
    | 'about'
    | RelationFact['what']
  /** A Message-ID, a title, a robot's address, or the reference as it was written. */
  readonly target: string
  /** Of what a posting says of another one, where that is not named by a mail of it. */
  readonly by?: Exclude<RelationFact['by'], 'mail'>
  /** The person who reported it: the target counts when it is a topic of that person's. */
  readonly who?: Person
}

/** What a sender is to a patch or bug. */
export type Role = 'maintainer' | 'reviewer' | 'robot' | 'author' | 'reporter' | 'anybody'

/** What a change is called: the tag of a line, what a mail did without one, or what a commit did. */
type ChangeName =
  | TagName
  | 'applied'
  | 'review'
  | 'superseded'
  | 'withdrawn'
  | 'newer posting'
  /** A line that was nearly one. */
  | 'not understood'
  /** A result, or words, that came through the API. */
  | 'check'
  | 'note'
  | LandingEvent['what']

/** A change of state, for the history; every one names its mail. */
export interface Change {
  readonly mail: MessageId
  readonly who: Person
  readonly said: number
  readonly what: ChangeName
  /** What it was set to, for a reader. */
  readonly value: string
  /** The state that a `Patch-Status` or `Bug-Status` is about. */
  readonly state?: PatchState | BugStatus
  /** The digits of the revision that a `CI` is about. */
  readonly digest?: string
  readonly reason: string | null
  /** False: understood, and without effect; `reason` says why, null where it stood so already. */
  readonly effect: boolean
  /** What a commit did, and not a mail; `mail` is the patch or the bug. */
  readonly commit?: { readonly id: string; readonly branch: string; readonly release: string | null }
  /** What the sender was to it, and how far authenticated; absent in rows that an older fold made. */
  readonly vouch?: { readonly role: Role; readonly grade: Grade; readonly how: How }
  /** The change of somebody else that it contradicts; then it has no effect. */
  readonly against?: MessageId
  /** It would have an effect if its sender confirmed it. */
  readonly unconfirmed?: true
  /** It had an effect, until this mail took it back. */
  readonly undone?: Undone
  /** It speaks of another topic, whose history says what came of it: that of this mail, or the bug of that number. */
  readonly sent?: { readonly target: MessageId; readonly bug?: number }
}

/** The mail that took another one's changes back, and its sender. */
export interface Undone {
  readonly mail: MessageId
  readonly who: Person
}

/**
 * What a topic says of another one, which may lie in another cluster: a value between two folds. Either that lines of a mail
 * speak of it, or that an accepted patch closes it.
 */
export type Statement = RemoteLines | Closing

/** Lines of a mail, with all that the other topic must know to judge them as if they stood in its own thread. */
export interface RemoteLines {
  readonly what: 'lines'
  /** A mail of the topic that it speaks of; it may not be here yet. */
  readonly target: MessageId
  readonly mail: MessageId
  readonly sender: Person
  readonly said: number
  readonly counts: number
  readonly verdict: Verdict
  readonly robot: RobotName | null
  readonly namedCommit: NamedCommit | null
  /** What the mail answers, nearest first. */
  readonly above: readonly MessageId[]
  /** Its lines about the target; each names it. */
  readonly tags: readonly TagFact[]
  readonly undone?: Undone
}

/** Once the patch is accepted, the bug is fixed. */
export interface Closing {
  readonly what: 'closing'
  /** A mail of the bug. */
  readonly target: MessageId
  /** It accepted the patch; the patch itself where nobody did by mail. */
  readonly mail: MessageId
  readonly sender: Person
  readonly said: number
  /** Of the patchset. */
  readonly title: string
}

/** Who is to take care of a patchset or a bug. */
export interface Delegate {
  readonly person: Person
  /** The mail that said so; null where the paths of the list's people do. */
  readonly by: MessageId | null
}

/** Text with links into the topic: strings, and words that link to a mail. */
export type Sentence = readonly (string | { readonly text: string; readonly mail: MessageId })[]

/** Whose turn it is: `maintainer` is to apply, `nobody` waits for nothing here. */
export type Turn = 'author' | 'reviewer' | 'maintainer' | 'nobody'

/** A chip. */
export interface Look {
  /** One character. */
  readonly sign: string
  /** One to three words. */
  readonly word: string
  readonly tone: 'ok' | 'warn' | 'bad' | 'info' | 'idle'
}

export interface Standing extends Look {
  readonly sentence: Sentence
  /** Of a patchset; null for the others. */
  readonly turn: Turn | null
  /** Since when it waits for somebody, milliseconds; absent when it waits for nobody here. */
  readonly since?: number
  /** For whom, where that is one person and not whoever reviews, sorts or applies. */
  readonly waits?: Person
}

export interface Bug {
  readonly type: 'bug' | 'task' | 'idea'
  readonly status: BugStatus
  readonly severity: string | null
  readonly labels: readonly string[]
  /** The milestone it is planned for. */
  readonly target: string | null
  /** False when two signs made it a bug and nobody said so. */
  readonly explicit: boolean
}

export interface Topic {
  readonly kind: TopicKind
  /** The Message-ID of its first mail by said time. */
  readonly id: MessageId
  readonly title: string
  readonly author: Person
  readonly state: State | null
  /** Oldest first by said time. */
  readonly revisions: readonly Revision[]
  readonly trailers: readonly Trailer[]
  readonly checks: readonly Check[]
  /** Of a patchset that a reviewing program answered; absent without any. */
  readonly findings?: readonly Finding[]
  readonly applied: readonly Applied[]
  readonly bug: Bug | null
  /** Of a patchset or bug that somebody takes care of. */
  readonly delegate?: Delegate
  /** Of a discussion with one sign of a bug: why, as the end of "It may be a bug:". */
  readonly candidate: string | null
  readonly robots: readonly { readonly mail: MessageId; readonly class: RobotName }[]
  /** In the order of said time; parents before their answers. */
  readonly mails: readonly TopicMail[]
  /** What Threadwork wrote of writes through the API: none of it was on the list. Absent without any. */
  readonly notes?: readonly TopicMail[]
  /** Ids answered in this topic that never came. */
  readonly ghosts: readonly MessageId[]
  /** Ids of topics' mails that this one names: bugs it closes, threads it links. */
  readonly claims: readonly Claim[]
  readonly history: readonly Change[]
  /** What its mails say of other topics; absent when they say nothing. */
  readonly statements?: readonly RemoteLines[]
  /** Of a bug or a report: the commits that closed it. */
  readonly landed?: readonly Landing[]
  readonly standing: Standing
  readonly said: number
  readonly lastSaid: number
  readonly problems: readonly string[]
  /** Of a patchset that lacks patches: mails that answer it and came in several texts. Another of them may be a patch. */
  readonly doubted?: readonly MessageId[]
}
