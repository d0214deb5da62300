// What a command of the command line is: what it accepts, a sentence for each of it, and what runs it.

export interface Option {
  /** The word for its value in the help; null for a switch. */
  readonly value: string | null
  readonly help: string
}

export interface Arguments {
  /** The value of an option; undefined when it was not given. */
  text(name: string): string | undefined
  /** Whether the switch was given. */
  has(name: string): boolean
  readonly words: readonly string[]
}

export interface Command {
  readonly summary: string
  /** The words beside the options, for the help; empty when there are none. */
  readonly words: string
  /** Without those that every command takes. */
  readonly options: Readonly<Record<string, Option>>
  /** The exit code when the command line is wrong; 1 unless given. */
  readonly usageExit?: number
  /** Resolves to the exit code. */
  run(args: Arguments): Promise<number>
}

const everywhere: Record<string, Option> = {
  config: { value: 'FILE', help: 'the configuration (default: THREADWORK_CONFIG, else ./threadwork.toml)' },
  data: {
    value: 'DIR',
    help: 'the data directory (default: THREADWORK_DATA, else threadwork-data beside the configuration)',
  },
  database: {
    value: 'URL',
    help: 'your own PostgreSQL (default: DATABASE_URL, else one in the data directory)',
  },
  verbose: { value: null, help: 'a detailed log, and stack traces with errors' },
  help: { value: null, help: 'this text' },
}

/** With those that every command takes. */
export const optionsOf = ({ options }: Command): Readonly<Record<string, Option>> => ({
  ...options,
  ...everywhere,
})
