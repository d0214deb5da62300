// One invented list while it is written: its people, its trees, its clock, the mails so far and the truth about them.
import type { Attachment, Letter, ListDress } from './letter.ts'
import { inventPerson, type Manners, type Person } from './person.ts'
import { makeSpeech, type Speech } from './speech.ts'
import { growTree, type Tree } from './tree.ts'
import type { TruthApplied, TruthKind, TruthRevision, TruthTopic, TruthTrailer } from './truth.ts'
import { adjectives, folders, nouns, parts, places, verbs } from './words.ts'

export interface Customs {
  readonly name: string
  readonly dress: ListDress
  readonly manners: Manners
  /** How many of a hundred stories are of which kind. */
  readonly stories: Readonly<Record<string, number>>
  /** Where the word of a project or branch stands in a subject. */
  readonly wordPlace: 'behind PATCH' | 'before PATCH' | 'own bracket' | 'instead of PATCH'
  /** Projects that share the list; the first is the list's own. */
  readonly projects: readonly string[]
  /** Whether a patch says which project or branch it is for, in percent. */
  readonly named: number
  /** Branches that patches go to, and those that get older fixes. */
  readonly branches: readonly string[]
  readonly stable: readonly string[]
  /** Percent of the rerolls that answer what they replace. */
  readonly rerollAnswers: number
  /** Percent of the series whose cover has no bracket; of those without cover. */
  readonly plainCovers: number
  readonly coverless: number
  /** Percent of the postings with a mark of some gateway before the bracket. */
  readonly marked: number
  /** Percent of the patches that robots answer. */
  readonly robots: number
  readonly knownRobots: boolean
}

/** A topic while it grows. */
export type Growing = TruthTopic & { readonly revisions: TruthRevision[]; readonly unsure_mails: string[] }

export interface World {
  readonly customs: Customs
  readonly speech: Speech
  readonly people: readonly Person[]
  readonly maintainers: readonly Person[]
  readonly robots: readonly Person[]
  readonly reviewers: readonly Person[]
  readonly trees: readonly Tree[]
  readonly titles: Set<string>
  readonly letters: Letter[]
  readonly topics: Growing[]
  readonly answers: Map<string, string>
  readonly trailers: TruthTrailer[]
  readonly applied: TruthApplied[]
  clock: number
}

const hour = 3_600_000

export function makeWorld(customs: Customs, seed: number): World {
  const speech = makeSpeech(seed * 7919 + hashOf(customs.name) * 2 + (seed % 2))
  const person = () => inventPerson(speech, customs.manners)
  const maintainers = [0, 1, 2].map(() => ({
    ...person(),
    threads: 'first' as const,
    relayed: false,
    ahead: 0,
    bracket: 'git' as const,
  }))
  return {
    customs,
    speech,
    people: [...maintainers, ...uniqueBy(Array.from({ length: 60 }, person))],
    maintainers,
    reviewers: speech.some(maintainers, 3),
    robots: Array.from({ length: 4 }, (_, index) => robotOf(speech, customs, index)),
    trees: customs.projects.map(project => growTree(speech, project)),
    titles: new Set(),
    letters: [],
    topics: [],
    answers: new Map(),
    trailers: [],
    applied: [],
    clock: Date.UTC(2026, 0, 5, 8) + (Math.abs(seed) % 300) * 24 * hour,
  }
}

const hashOf = (text: string) =>
  [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7)

const uniqueBy = (people: readonly Person[]) => [
  ...new Map(people.map(person => [person.name, person])).values(),
]

function robotOf(speech: Speech, { name, projects }: Customs, index: number): Person {
  const part = speech.any(parts)
  const [shown, local] = speech.pick([
    [`${part} CI`, `${part}-ci`],
    [`${name} test robot`, `${name}.test.${part}`],
    [`${part.toUpperCase()} Buildsystem`, `${part}.build`],
    [`${part}bot`, `${part}bot`],
    [`${part} review assistant`, `${part}-assistant`],
    [`CI for ${projects[0]}`, `noreply-${part}`],
  ] as const)
  const person = inventPerson(speech, plainManners)
  return { ...person, name: shown, address: `${local}${index}@ci.example.net`, ahead: 0 }
}

const plainManners: Manners = {
  top: 0,
  foreign: 0,
  oddBracket: 0,
  relayed: 0,
  ahead: 0,
  unthreaded: 0,
  hg: 0,
  oddDiff: 0,
  clients: ['mutt'],
}

/** Words for templates, other ones each time. */
export function wordsOf(
  { speech, customs }: World,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    part: speech.any(parts),
    noun: speech.any(nouns),
    other: speech.any(nouns),
    verb: speech.any(verbs),
    adjective: speech.any(adjectives),
    place: speech.any(places),
    root: speech.any(folders),
    branch: speech.pick(customs.branches),
    project: customs.projects[0] ?? customs.name,
    n: String(speech.between(2, 99)),
    m: String(speech.between(2, 99)),
    version: `${speech.between(1, 9)}.${speech.between(0, 19)}`,
    year: String(speech.between(2026, 2031)),
    hash: speech.hex(40),
    short: speech.hex(10),
    host: speech.pick(['ci.example.net', 'git.example.org', 'www.example.com']),
    arch: speech.pick(['x86_64', 'arm64', 'riscv64', 's390x', 'ppc64le']),
    ...more,
  }
}

export function openTopic(
  world: World,
  kind: TruthKind,
  title: string,
  author: Person,
  more: { root?: string; sure?: boolean } = {},
): Growing {
  const topic: Growing = {
    kind,
    title,
    author: author.address,
    mails: [],
    sure: more.sure ?? true,
    wide: world.topics.length,
    revisions: [],
    unsure_mails: [],
    ...(more.root === undefined ? {} : { root: more.root }),
  }
  world.topics.push(topic)
  return topic
}

export function send(world: World, topic: Growing, letter: Letter): Letter {
  world.letters.push(letter)
  topic.mails.push(letter.id)
  return letter
}

type Draft = Pick<Letter, 'id' | 'from' | 'subject' | 'at' | 'text'> & Partial<Letter>

export const letterOf = (draft: Draft): Letter => ({
  answers: null,
  references: [],
  own: null,
  html: false,
  files: [] as Attachment[],
  program: draft.from.client,
  headers: [],
  ...draft,
})

/** An id as the person's own program makes it. */
export function idBy({ speech }: World, { client, address }: Person, at: number): string {
  const host = address.split('@')[1] ?? 'example.org'
  switch (client) {
    case 'gmail':
      return `CA${speech.token(48)}@mail.${host}`
    case 'outlook':
      return `${speech.token(20).toUpperCase()}@${speech.token(10).toUpperCase()}.prod.outlook.example.com`
    case 'thunderbird':
    case 'k9':
      return `${speech.hex(8)}-${speech.hex(4)}-4${speech.hex(3)}-${speech.hex(4)}-${speech.hex(12)}@${host}`
    case 'gnus':
      return `87${speech.token(8).toLowerCase()}.fsf@${host}`
    case 'lotus':
      return `OF${speech.hex(8).toUpperCase()}.${speech.hex(8).toUpperCase()}-ON00258.${speech.hex(8).toUpperCase()}@${host}`
    default:
      return `${new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)}.${speech.token(9).toLowerCase()}@${host}`
  }
}
