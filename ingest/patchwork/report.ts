// What could not be taken over from patchwork as it stands there, and what its mails say otherwise: counted by kind, a few of each
// kind shown, and all in a file where the operator wants one.
import { appendFileSync } from 'node:fs'

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
  readonly #found = new Map<FindingKind, { count: number; shown: string[] }>()
  readonly #file: string | undefined

  /** What it finds is appended to the file, so that an import that goes on goes on telling. */
  constructor(file: string | undefined) {
    this.#file = file
  }

  /** `what` is a Message-ID, a number or a path. */
  tell(kind: FindingKind, what: string, sentence: string): void {
    const line = `${plain(what)}: ${plain(sentence)}`
    if (this.#file !== undefined) appendFileSync(this.#file, `${kind}\t${plain(what)}\t${plain(sentence)}\n`)
    const found = this.#found.get(kind) ?? { count: 0, shown: [] }
    this.#found.set(kind, found)
    found.count++
    if (found.shown.length < shownMax) found.shown.push(line)
  }

  get text(): string {
    const { patches, mails, notes, checks, unasked } = this.counts
    const first = `${patches} patches read; ${mails} mails and ${notes} notes are new here, ${checks} of them checks`
    const asked =
      unasked === 0
        ? []
        : [`${unasked} patches that are done with and have no result were not asked for their checks`]
    const found = [...this.#found].flatMap(([kind, { count, shown }]) => [
      `${count} ${kinds[kind]}:`,
      ...shown.map(line => `  ${line}`),
      ...(count > shown.length
        ? [
            `  and ${count - shown.length} more${this.#file ? ` in ${this.#file}` : '; --report FILE has all'}`,
          ]
        : []),
    ])
    return [first, ...asked, ...found].join('\n')
  }
}

const shownMax = 5

/** A server's words go to a terminal. */
const plain = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').slice(0, 300)
