// People of an invented list, each with a mail program, a language and habits that stay the same over all their mails.
import { type LanguageCode, languages } from './languages.ts'
import type { Speech } from './speech.ts'
import type { DiffStyle } from './tree.ts'
import { domains, farNames, firstNames, lastNames } from './words.ts'

/** What people answer with. */
export type Client =
  | 'mutt'
  | 'thunderbird'
  | 'gnus'
  | 'evolution'
  | 'gmail'
  | 'apple'
  | 'outlook'
  | 'lotus'
  | 'k9'
  | 'webmail'

/** How the number and version of a patch are dressed. */
export type Bracket =
  | 'git'
  | 'glued'
  | 'tight'
  | 'bare'
  | 'barred'
  | 'comma'
  | 'of'
  | 'spaced'
  | 'tail'
  | 'behind'
  | 'round'

export interface Person {
  readonly name: string
  readonly address: string
  readonly client: Client
  readonly language: LanguageCode
  readonly bracket: Bracket
  readonly diff: DiffStyle
  /** Postings leave by `git send-email`, by `b4 send` or `hg email`. */
  readonly sender: 'git' | 'b4' | 'hg'
  /** Of the mails of one run: each answers the first, each the one before, or none says what it belongs to. */
  readonly threads: 'first' | 'chain' | 'none'
  /** A relay gives the mails other ids than the run knew. */
  readonly relayed: boolean
  /** Milliseconds that the clock of the machine is ahead. */
  readonly ahead: number
  /** Writes above what is answered. */
  readonly top: boolean
  readonly pid: number
}

export interface Manners {
  /** Percent of the people with each habit. */
  readonly top: number
  readonly foreign: number
  readonly oddBracket: number
  readonly relayed: number
  readonly ahead: number
  readonly unthreaded: number
  readonly hg: number
  readonly oddDiff: number
  readonly clients: readonly Client[]
}

const oddBrackets: readonly Bracket[] = [
  'glued',
  'tight',
  'bare',
  'barred',
  'comma',
  'of',
  'spaced',
  'tail',
  'behind',
  'round',
]
const topClients: readonly Client[] = [
  'outlook',
  'gmail',
  'apple',
  'lotus',
  'k9',
  'webmail',
  'thunderbird',
  'outlook',
]
const codes = Object.keys(languages) as LanguageCode[]

export function inventPerson(speech: Speech, manners: Manners): Person {
  const [name, local] = nameOf(speech)
  const top = speech.odds(manners.top)
  const hg = speech.odds(manners.hg)
  return {
    name,
    address: `${local}@${speech.pick(domains)}`,
    client: top ? speech.pick(topClients) : speech.pick(manners.clients),
    language: speech.odds(manners.foreign) ? speech.pick(codes) : 'en',
    bracket: hg ? 'of' : speech.odds(manners.oddBracket) ? speech.any(oddBrackets) : 'git',
    diff: hg
      ? speech.pick(['hg', 'git'] as const)
      : speech.odds(manners.oddDiff)
        ? speech.pick(['no-prefix', 'mnemonic'] as const)
        : 'git',
    sender: hg ? 'hg' : speech.odds(20) ? 'b4' : 'git',
    threads: speech.odds(manners.unthreaded) ? 'none' : speech.odds(20) ? 'chain' : 'first',
    relayed: !hg && speech.odds(manners.relayed),
    ahead: speech.odds(manners.ahead) ? speech.between(2, 80) * 3_600_000 : 0,
    top,
    pid: speech.between(1000, 99_999),
  }
}

function nameOf(speech: Speech): [string, string] {
  if (speech.odds(12)) {
    const [name, local] = speech.any(farNames)
    return [name, `${local}${speech.below(900)}`]
  }
  const [first, last] = [speech.any(firstNames), speech.any(lastNames)]
  const local = speech.pick([
    `${first}.${last}`,
    first,
    `${first[0]}${last}`,
    `${last}${speech.below(99)}`,
    `${first}_${last}`,
  ])
  return [`${first} ${last}`, `${local}${speech.below(10)}`.toLowerCase()]
}

export const firstNameOf = ({ name }: Person) => name.split(' ')[0] ?? name
