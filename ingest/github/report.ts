// What an import met, all of it: how many objects of each kind and what became of them, and what could not be taken over, by kind, a few
// shown and all in a file where the operator wants one.
import { Shortfalls } from '../shortfalls.ts'

const kinds = {
  event: 'events that mean nothing here',
  label: 'labels whose names are none here',
  assignee: 'further assignees; a bug has one here',
  patches: 'pull requests whose commits cannot be had',
  approved: 'reviews of commits that are no revision here; they are in the thread, and count for nothing',
  review: 'reviews that say nothing of their own',
  edited: 'comments that were edited before: only their last text is known',
  minimized: 'comments that are hidden on GitHub, and are shown here with that word',
  ghost: 'objects of accounts that are gone; they are in the name of "ghost"',
  strange: 'objects that are none of GitHub’s',
  left: 'issues and pull requests that do not stand as on GitHub now: decided here since, or not expressible here',
  cut: 'lists that GitHub does not hand out to their end',
} as const
export type FindingKind = keyof typeof kinds

/** Objects that were read, and what became of each. */
interface Count {
  read: number
  fresh: number
  known: number
  other: number
}

export class GitHubReport {
  readonly issues: Count = noneYet()
  readonly comments: Count = noneYet()
  readonly pulls: Count = noneYet()
  readonly reviews: Count = noneYet()
  readonly remarks: Count = noneYet()
  readonly events: Count = noneYet()
  patches = 0
  /** Mails of edits that came after the first import, and notes of how an issue stands. */
  edits = 0
  standings = 0
  readonly #shortfalls: Shortfalls<FindingKind>

  constructor(file: string | undefined) {
    this.#shortfalls = new Shortfalls(kinds, file)
  }

  /** `what`: `issue 12`, `comment 345`. */
  tell(kind: FindingKind, what: string, sentence: string): void {
    this.#shortfalls.tell(kind, what, sentence)
  }

  get text(): string {
    const counted = (name: string, { read, fresh, known, other }: Count) =>
      `${read} ${name} read: ${fresh} new, ${known} already there, ${other} not taken over`
    return [
      counted('issues', this.issues),
      counted('comments', this.comments),
      counted('pull requests', this.pulls),
      counted('reviews', this.reviews),
      counted('comments on lines', this.remarks),
      counted('events', this.events),
      `${this.patches} patches are new`,
      `${this.edits} edited texts and ${this.standings} notes of how things stand are new`,
      ...this.#shortfalls.lines,
    ].join('\n')
  }
}

const noneYet = (): Count => ({ read: 0, fresh: 0, known: 0, other: 0 })
