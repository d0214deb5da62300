// What could not be taken over from patchwork as it stands there, and what its mails say otherwise: counted by kind, a few of each
// kind shown, and all in a file where the operator wants one.
import { Shortfalls } from '../shortfalls.ts'

/** What an operator looks at afterwards, each with its sentence in the summary. */
const kinds = {
  differs: 'patches whose mails say something else than patchwork',
  state:
    'patches in a state that is none here; a line such as `queued = "accepted"` in the file of --states maps it',
  commit: 'commits that could not be kept: no id of a commit, or of a patch that is not accepted',
  delegate: 'delegates who have no address, or are not the one of the whole patchset',
  checks: 'checks that could not be kept',
  mail: 'mails that could not be had',
  strange: 'answers of the server that are none of patchwork, or of another project',
  left: 'patches that do not stand as in patchwork now',
} as const
export type FindingKind = keyof typeof kinds

export class PatchworkReport {
  readonly counts = { patches: 0, mails: 0, notes: 0, checks: 0, unasked: 0 }
  readonly #shortfalls: Shortfalls<FindingKind>

  constructor(file: string | undefined) {
    this.#shortfalls = new Shortfalls(kinds, file)
  }

  /** `what` is a Message-ID, a number or a path. */
  tell(kind: FindingKind, what: string, sentence: string): void {
    this.#shortfalls.tell(kind, what, sentence)
  }

  get text(): string {
    const { patches, mails, notes, checks, unasked } = this.counts
    const first = `${patches} patches read; ${mails} mails and ${notes} notes are new here, ${checks} of them checks`
    const asked =
      unasked === 0
        ? []
        : [`${unasked} patches that are done with and have no result were not asked for their checks`]
    return [first, ...asked, ...this.#shortfalls.lines].join('\n')
  }
}
