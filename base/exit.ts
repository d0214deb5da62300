// Exit codes. Mail servers read those of `deliver` (sysexits.h), so they are chosen where an error is met.

export const exits = {
  /** EX_USAGE: the command line is wrong. */
  usage: 64,
  /** EX_DATAERR: there is no mail, or it is too large; trying again would not help. */
  unreadable: 65,
  /** EX_NOUSER: no such list, or the mail is for none. */
  unknown: 67,
  /** EX_TEMPFAIL: anything else, the database above all. */
  later: 75,
  /** EX_CONFIG: the configuration is wrong. */
  configuration: 78,
} as const

/** An error that decides the exit code of the program; any other error is 1. */
export class ExitError extends Error {
  readonly code: number

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What goes wrong in `work` ends with this code, unless it says another itself. */
export async function orExit<T>(code: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ExitError) throw error
    throw new ExitError(code, (error as Error).message, { cause: error })
  }
}
