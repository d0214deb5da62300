// What the command line accepts: the commands, their options and one sentence for each. Nothing here runs.

export interface Option {
  /** The word for its value in the help; null for a switch. */
  readonly value: string | null
  readonly help: string
}

export interface CommandShape {
  readonly summary: string
  /** The words beside the options, for the help; empty when there are none. */
  readonly words: string
  readonly options: Readonly<Record<string, Option>>
}

export const roles = ['smtp', 'web', 'worker'] as const
export type Role = (typeof roles)[number]

const onlyList: Option = { value: 'NAME', help: 'only this list' }

const shapes = {
  serve: {
    summary: 'Takes mail by SMTP and LMTP, sorts it and shows the pages',
    words: '',
    options: {
      only: { value: 'ROLES', help: `some of ${roles.join(',')} (default: all)` },
      smtp: { value: 'HOST:PORT', help: 'where SMTP listens; port 0 takes any free one' },
      lmtp: {
        value: 'PATH|HOST:PORT',
        help: 'where LMTP listens: a Unix socket or a port (default: nowhere)',
      },
      web: { value: 'HOST:PORT', help: 'where the pages are; port 0 takes any free one' },
      metrics: { value: 'HOST:PORT', help: 'where /metrics, /healthz and /readyz are (default: nowhere)' },
    },
  },
  init: {
    summary: 'Writes a commented threadwork.toml and makes the data directory',
    words: '',
    options: {},
  },
  import: {
    summary:
      'Imports archives: mbox files, .eml files (.gz too), directories of them, Maildirs, public-inbox git',
    words: 'PATH...',
    options: {
      list: { value: 'NAME', help: 'the list of every mail; it is made when there is none' },
      mixed: {
        value: null,
        help: 'each mail finds its list by List-Id, To and Cc; --list takes those that find none',
      },
      follow: { value: null, help: 'goes on with what is fetched into a public-inbox, until Ctrl-C' },
    },
  },
  deliver: {
    summary: 'Takes one mail from standard input; the exit code is that of sysexits.h, 75 means try again',
    words: '',
    options: {
      list: { value: 'NAME', help: 'the list (default: the mail finds it by List-Id, --to, To and Cc)' },
      from: { value: 'ADDRESS', help: "the envelope's sender" },
      to: { value: 'ADDRESS', help: "the envelope's recipient" },
    },
  },
  hide: {
    summary: 'Takes a mail out of sight; it stays in the log',
    words: 'MESSAGE-ID',
    options: { list: onlyList, reason: { value: 'TEXT', help: 'shown in its place' } },
  },
  purge: {
    summary: 'Removes the bytes of a mail for good; it is not taken again when it comes again',
    words: 'MESSAGE-ID',
    options: { list: onlyList, reason: { value: 'TEXT', help: 'shown in its place' } },
  },
  follow: {
    summary: 'Reads what is new in the repositories of the lists, once; serve does it by itself',
    words: '',
    options: { list: onlyList },
  },
  unhide: {
    summary: 'Shows a hidden mail again',
    words: 'MESSAGE-ID',
    options: { list: onlyList, reason: { value: 'TEXT', help: 'kept with who did it' } },
  },
  release: {
    summary: 'Lets a mail pass that a moderated list holds, and its sender from then on',
    words: 'MESSAGE-ID',
    options: { list: onlyList },
  },
  rebuild: { summary: 'Makes every topic again from the mails', words: '', options: { list: onlyList } },
  export: {
    summary: 'Writes the topics as JSON lines (state) or every mail (mbox)',
    words: 'state|mbox',
    options: {
      list: onlyList,
      out: { value: 'PATH', help: 'a file instead of standard output' },
      'no-numbers': {
        value: null,
        help: 'state: without the numbers of bugs, which differ between instances',
      },
    },
  },
  outbox: {
    summary:
      'Shows the mails that are owed, kept, refused or bounced (list), or owes some of them again (retry)',
    words: 'list|retry ID...',
    options: { sent: { value: null, help: 'list: those that left, too' } },
  },
  doctor: {
    summary: 'Checks the configuration, the programs and the database, and says what to do',
    words: '',
    options: {},
  },
} satisfies Record<string, CommandShape>

export type CommandName = keyof typeof shapes
export const commandNames = Object.keys(shapes) as CommandName[]

const everywhere: Record<string, Option> = {
  config: { value: 'FILE', help: 'the configuration (default: THREADWORK_CONFIG, else ./threadwork.toml)' },
  data: { value: 'DIR', help: 'the data directory (default: THREADWORK_DATA, else ./threadwork-data)' },
  database: {
    value: 'URL',
    help: 'your own PostgreSQL (default: DATABASE_URL, else one in the data directory)',
  },
  verbose: { value: null, help: 'a detailed log, and stack traces with errors' },
  help: { value: null, help: 'this text' },
}

/** With the options that every command takes. */
export function commandShape(name: CommandName): CommandShape {
  return { ...shapes[name], options: { ...shapes[name].options, ...everywhere } }
}
