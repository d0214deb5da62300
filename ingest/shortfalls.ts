// What an import from another tracker could not take over as it stands there: counted by kind, a few of each kind shown, and all in a
// file where the operator wants one.
import { appendFileSync } from 'node:fs'

export class Shortfalls<Kind extends string> {
  readonly #sentences: Readonly<Record<Kind, string>>
  readonly #file: string | undefined
  readonly #found = new Map<Kind, { count: number; shown: string[] }>()

  /**
   * `sentences`: how the summary names each kind. What is told is appended to the file, so that an import that goes on goes on
   * telling.
   */
  constructor(sentences: Readonly<Record<Kind, string>>, file: string | undefined) {
    this.#sentences = sentences
    this.#file = file
  }

  /** `what`: a Message-ID, a number, `issue 12`. Throws where the file cannot be written. */
  tell(kind: Kind, what: string, sentence: string): void {
    if (this.#file !== undefined) appendFileSync(this.#file, `${kind}\t${plain(what)}\t${plain(sentence)}\n`)
    const found = this.#found.get(kind) ?? { count: 0, shown: [] }
    this.#found.set(kind, found)
    found.count++
    if (found.shown.length < shownMax) found.shown.push(`${plain(what)}: ${plain(sentence)}`)
  }

  /** Of the summary; none when nothing was told. */
  get lines(): string[] {
    return [...this.#found].flatMap(([kind, { count, shown }]) => [
      `${count} ${this.#sentences[kind]}:`,
      ...shown.map(line => `  ${line}`),
      ...(count > shown.length
        ? [
            `  and ${count - shown.length} more${this.#file ? ` in ${this.#file}` : '; --report FILE has all'}`,
          ]
        : []),
    ])
  }
}

const shownMax = 5

/** A server's words go to a terminal. */
const plain = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').slice(0, 300)
