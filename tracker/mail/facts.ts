// Everything that one mail says, as values. `factsOf` makes it from the decoded mail and its envelope, once;
// it is stored as it is and folded with its neighbours'. Nothing here depends on another mail or on a clock.

import type { MessageId } from '../../base/ids.ts'
import type { BugStatus, PatchState } from '../../base/state-words.ts'
import type { Person } from '../decode/addresses.ts'
import type { Origin } from './finding-marks.ts'
import type { Commanded, RobotName } from './robots.ts'
import type { Severity } from './severity.ts'
import type { Surroundings } from './surroundings.ts'

export type { Person }

/** A file that a diff touches. */
export interface TouchedFile {
  /** The path after the change; the old one for a deleted file. */
  readonly path: string
  /** The path before, when it differs (rename, copy). */
  readonly from?: string
  readonly added: number
  readonly removed: number
  readonly binary?: true
  /** Short hashes of the changed lines (sign and text without white space), sorted, at most `changedLinesMax`. */
  readonly lines: readonly string[]
}

export interface SubjectFact {
  /** The whole subject, decoded, white space squeezed. */
  readonly text: string
  /** Without reply words and brackets. */
  readonly title: string
  /** For comparing: lower case, letters and digits only. */
  readonly key: string
  /** The same without the subsystem that leads it: "net: phy: stop it" gives "stop it". */
  readonly deed: string
  readonly reply: boolean
  /** The words of all leading brackets that are not version, number, PATCH, RFC or RESEND, as written. */
  readonly tags: readonly string[]
  readonly patch: boolean
  readonly rfc: boolean
  readonly resend: boolean
  readonly pull: boolean
  /** Null when the subject says none. */
  readonly version: number | null
  /** Of `v5.10`: 5. It may be a version or a branch; only the mail's neighbours tell (chain.ts). */
  readonly dotted?: number
  /** Of a patch whose title ends in `v2`: 2. It may be its version or what it is about; its neighbours tell (series.ts). */
  readonly ending?: number
  readonly number: number | null
  readonly total: number | null
}

/** How the mail ranks as a posting. A diff in a `Re:` is `offered`, never a revision of its own. */
export type Posting = 'patch' | 'cover' | 'pull-request' | 'offered' | 'none'

export interface TrailerFact {
  /** As written, first letter upper: `Reviewed-by`. */
  readonly key: string
  readonly value: string
  readonly person: Person | null
  /** Text after the address in brackets or behind `#`. */
  readonly note?: string
  /** "For the whole series:" stands above it. */
  readonly whole?: true
}

/** Tags that only bugs heed, and those that only patches do. */
export type BugTag = 'Bug-Status' | 'Type' | 'Severity' | 'Labels' | 'Title' | 'Target'
export type PatchTag = 'Patch-Status' | 'Closes' | 'CI' | 'Finding' | 'Archived'

/** What a line points to; a URL that names no mail is of another tracker. */
export type Reference = { readonly mail: MessageId } | { readonly bug: number } | { readonly url: string }

/** What the words behind each tag mean. */
export type TagValue =
  | {
      readonly tag: 'Patch-Status'
      readonly state: PatchState
      /** The commit behind `accepted`. */
      readonly commit?: string
    }
  | {
      readonly tag: 'Bug-Status'
      readonly status: BugStatus
      /** Of a duplicate: the bug that it repeats. */
      readonly of?: Reference
      /** What stands behind: `in 1.4`, or prose. */
      readonly rest?: string
    }
  | { readonly tag: 'Type'; readonly type: 'bug' | 'task' | 'idea' | 'discussion' | 'spam' }
  /** Null for nobody. */
  | { readonly tag: 'Delegate'; readonly to: Person | 'me' | null }
  /** In lower case. */
  | { readonly tag: 'Severity'; readonly severity: string }
  /** In lower case. */
  | { readonly tag: 'Labels'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly tag: 'Title'; readonly title: string }
  /** Null for `none`. */
  | { readonly tag: 'Target'; readonly target: string | null }
  | { readonly tag: 'Closes'; readonly ref: Reference }
  | { readonly tag: 'Blocks'; readonly ref: Reference }
  | {
      readonly tag: 'CI'
      readonly job: 'test' | 'retest' | 'cancel'
      /** The digest behind `test`. */
      readonly digest?: string
      /** The checks behind `retest`. */
      readonly checks?: readonly string[]
    }
  /** It is dismissed. */
  | {
      readonly tag: 'Finding'
      /** Its number. */
      readonly finding?: number
      readonly quote?: QuoteFact
    }
  /** Out of the lists of patchwork's clients, or back. */
  | { readonly tag: 'Archived'; readonly archived: boolean }
  | { readonly tag: 'Undo'; readonly mail: MessageId }
  /** What the mail posts or answers is a revision of the change that this mail posted, or is none. */
  | { readonly tag: 'Link-Revision' | 'Unlink-Revision'; readonly mail: MessageId }
  /** The tag is plain and its value is not: the history shows it, and nothing more comes of it. */
  | { readonly tag: 'Unclear'; readonly name: 'Patch-Status' | 'Bug-Status'; readonly written: string }
  /** A line that is understood and changes nothing. */
  | {
      readonly tag: 'Recorded'
      readonly written: string
      /** The robot whose own thread this is: the line is its business and only shown here. */
      readonly mirrors?: Commanded | 'debbugs'
    }

/** What is quoted above a line. */
export interface QuoteFact {
  /** Letters and digits in lower case. */
  readonly key: string
  /** Quotes in it are quoted in turn. */
  readonly nested: boolean
}

/** How and of what a tag was said. */
export interface TagLine {
  /** What stands behind ` -- `. */
  readonly reason?: string
  /** `2/5` before the value narrows it to that patch. */
  readonly number?: number
  /** `#12` before the value: it speaks of that bug. */
  readonly bug?: number
  /** `<id>` before the value: it speaks of that mail. */
  readonly on?: MessageId
  /** It speaks of the whole revision whichever patch the mail answers, as pw-bot has it. */
  readonly whole?: true
  /** The header field that it was read from, in lower case; lines of the body have none. */
  readonly field?: string
  /** Said by the fold: no signature of the mail covers that field. */
  readonly uncovered?: true
  /** In which other words it was said: `pw-bot`, `#syz fix`, `Control: close`. */
  readonly alias?: string
  /** The line as it stands in the mail. */
  readonly line: string
}

export type TagFact = TagValue & TagLine

/** A line that was nearly a tag. */
export interface MissFact {
  readonly line: string
  /** The nearest line that is understood; null when none is near. */
  readonly nearest: string | null
}

export interface CheckFact {
  readonly context: string
  readonly state: 'success' | 'warning' | 'fail' | 'pending'
  readonly description: string
  readonly url: string | null
}

/** A remark that a reviewing program lists. */
export interface FindingFact {
  /** As the mail numbers it, else its place in the mail from 1. */
  readonly number: number
  readonly severity: Severity
  /** The program's own word for that, in lower case. */
  readonly word: string
  /** Did the patch bring it? Null where the mail does not say. */
  readonly origin: Origin | null
  readonly file: string | null
  readonly line: number | null
  /** One line, at most 300 characters. */
  readonly text: string
}

/** "Applied, thanks" said by a person or a robot. */
export interface AppliedFact {
  readonly commit: string | null
  /** Where the sender says that it is: "misc-next". */
  readonly branch?: string
  /** The branch is the sender's own: "my tree". */
  readonly own?: true
  /** It speaks of some of the patches only. */
  readonly part?: true
  /** It speaks of all patches, whichever it answers: "both", "the whole series". */
  readonly all?: true
  /** The numbers of the patches it names. */
  readonly numbers?: readonly number[]
  /** Those of the patches it leaves out of all others, where it names none; -1 is the last. */
  readonly except?: readonly number[]
  readonly line: string
  /** Said within a sentence, not as a notice of its own: it changes states and is no notice in an export. */
  readonly passing?: true
}

/** "Please ignore this patch": it counts when the sender posted what it answers. */
export interface WithdrawalFact {
  readonly line: string
  /** It says "series" or "patches". */
  readonly all: boolean
}

/** What a posting says of another one; how that is named tells where it is looked for. */
export interface RelationFact {
  /** It takes its place, needs it to be applied before, or is made on top of it. */
  readonly what: 'supersedes' | 'depends' | 'based'
  /** `change-id`: b4's, perhaps with `:v2` behind it. `link`: an address without a Message-ID, or DPDK's `series-118`. */
  readonly by: 'mail' | 'change-id' | 'patch-id' | 'title' | 'link'
  readonly target: string
}

export interface PullRequestFact {
  readonly url: string
  readonly ref: string
  readonly base: string | null
  readonly head: string | null
}

/** Weak signs in a mail that answers nothing and posts nothing. */
export interface Signals {
  /** Kinds of sign that it reports a bug: `tag`, `words`, `trace`, `phrase`. */
  readonly bug: readonly string[]
  readonly question: boolean
  /** It proposes something or opens a discussion: a problem word in its title is what the talk is about. */
  readonly proposal: boolean
  /** A short question in plain text that offers and wants nothing: people ask such without any word of the trade. */
  readonly asks?: true
  /** It asks to be helped with the sender's own machine. */
  readonly help: boolean
  readonly announcement: boolean
  /** Different signs of software in it, at most 20. */
  readonly technical: number
  /** Share of its letters beyond ASCII, 0 to 1. */
  readonly foreign: number
}

export interface MailFacts {
  readonly messageId: MessageId
  /** True when the mail had no usable Message-ID and this one is made from its bytes. */
  readonly madeId?: true
  /** The id of the mail that a list wrapped whole in this one; absent when it is the same. */
  readonly wraps?: MessageId
  /** Ids this mail refers to, nearest first, without itself, dirt and repeats: In-Reply-To, then References backwards. */
  readonly references: readonly MessageId[]
  /** Of a mail that refers to none: the short id of the one whose reply address it was sent to (lost-answer.ts). */
  readonly answersShort?: string
  /** Who wrote it: behind list rewriting, before an in-body From. */
  readonly sender: Person
  /** Who wrote it, where a bridge says for whom it speaks; the fold knows whether that bridge may (topic/relayed.ts). */
  readonly behalf?: Person
  /** Who made the change: the in-body From of a patch, else the sender. */
  readonly author: Person
  readonly subject: SubjectFact
  /** Milliseconds since 1970; see design "said time". */
  readonly said: number
  /** The Date header as written, for display; null when absent. */
  readonly date: string | null
  readonly posting: Posting
  /** Of the diff (in the body or attached), when there is one. */
  readonly patchId: string | null
  /** Of a patch: the name that patchwork gives to its diff (diff-hash.ts). */
  readonly diffHash?: string
  readonly files: readonly TouchedFile[]
  readonly changeId: string | null
  readonly baseCommit: string | null
  /** Of a posting; absent when it names no other one. */
  readonly relations?: readonly RelationFact[]
  readonly trailers: readonly TrailerFact[]
  /** Of a person's letter that posts and answers nothing: the titles that it lists, for comparing (listed-titles.ts); absent when it lists none. */
  readonly listed?: readonly string[]
  readonly tags: readonly TagFact[]
  /** For the answer to the sender; at most `missesMax`. */
  readonly misses: readonly MissFact[]
  readonly checks: readonly CheckFact[]
  /** What it would report if a program sent it: a check when the list's people call its sender a robot. */
  readonly result?: CheckFact
  /** What an answer lists as a reviewing program does; it counts when a program sent it. Absent when there is none. */
  readonly findings?: readonly FindingFact[]
  readonly applied: AppliedFact | null
  readonly withdrawal: WithdrawalFact | null
  readonly pullRequest: PullRequestFact | null
  /** Message-IDs and URLs' Message-IDs that the text names (claims, evidence; never edges). */
  readonly links: readonly string[]
  /** Explicit bug signs: `[BUG]` in the subject, pseudo-headers, `Bug-Status: new`. */
  readonly bugSign: string | null
  /** The robot this mail is of; null for a person's. */
  readonly robot: RobotName | null
  /** Null for an answer and for a posting. */
  readonly signals: Signals | null
  /** Hash of the text a reader sees without list dressing; equal for copies, different for imposters. */
  readonly textHash: string
  /** Of a patch: SHA-256, in hex, of what `git am` is given of it (am-text.ts). */
  readonly amHash?: string
  /** List-Id, List-Post and the like: which list's copy this is; empty for a direct copy. */
  readonly viaList: string
  /** Mails that it asks to release from moderation; absent when there is none. */
  readonly releases?: readonly MessageId[]
  /** The words around its lines that have an effect; absent for a posting, and when it has none. */
  readonly surroundings?: readonly Surroundings[]
  /** What may be the list's dressing (dressing.ts); absent when the list did not stamp the mail. */
  readonly marks?: readonly string[]
  /** The first lines of what is said, at most 200 characters, for trees and lists. */
  readonly gist: string
  readonly problems: readonly string[]
}
