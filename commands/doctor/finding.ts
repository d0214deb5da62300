export interface Finding {
  readonly well: boolean
  readonly what: string
  readonly found: string
  /** What to do when it is not well: a command, where there is one. */
  readonly mend?: string
}
