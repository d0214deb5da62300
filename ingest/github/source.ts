// Where an import has GitHub's objects from: its server, or files that somebody saved.

/** `remarks`: comments on lines of a diff. */
export type Stream = 'issues' | 'pulls' | 'comments' | 'remarks' | 'events'

export interface Page {
  readonly items: readonly unknown[]
  /** Given back to `pages` it goes on behind this page. */
  readonly cursor: string
}

export interface GitHubSource {
  /** For people: `github.com`. */
  readonly host: string
  /** Null where nobody says. */
  repository(): Promise<{ readonly id: number; readonly name: string } | null>
  /** From where an earlier import ended on; null is from the start. */
  pages(stream: Stream, cursor: string | null): AsyncGenerator<Page>
  /** Of a pull request. */
  reviews(number: number): Promise<readonly unknown[]>
  /** As `git format-patch --stdout` writes its commits; null where they cannot be had. */
  patches(number: number): Promise<Buffer | null>
}
