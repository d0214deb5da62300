// An invented list: its mails in the order in which they came, and the right answer about them. The same list, seed and
// number give the same bytes.
import { bytesOf, type Letter } from './letter.ts'
import { makeSpeech } from './speech.ts'
import { type Story, stories } from './stories.ts'
import type { Truth } from './truth.ts'
import { type Customs, makeWorld, type World } from './world.ts'

export interface Invented {
  readonly mails: readonly Buffer[]
  readonly truth: Truth
  /** Addresses of the robots that the list has configured. */
  readonly robots: readonly { readonly name: string; readonly address: string }[]
  readonly letters: readonly Letter[]
  /** Message-ID -> subject and sender, to show where a disagreement lies. */
  readonly subjects: ReadonlyMap<string, string>
}

/** At least so many mails; the last story is told to its end. */
export function inventList(customs: Customs, seed: number, mails: number): Invented {
  const world = makeWorld(customs, seed)
  const { speech } = world
  while (world.letters.length < mails) {
    storyFor(world)(world)
    world.clock += speech.between(1, 12) * 1_800_000
  }
  // Two mails of one minute stay in the order of their writing.
  const letters = world.letters
    .map((letter, index) => ({ letter, index }))
    .sort((a, b) => a.letter.at - b.letter.at || a.index - b.index)
  const dress = makeSpeech(seed + 1)
  return {
    mails: letters.map(({ letter }) => bytesOf(letter, customs.dress, dress)),
    truth: truthOf(world),
    letters: world.letters,
    robots: customs.knownRobots ? world.robots.map(({ name, address }) => ({ name, address })) : [],
    subjects: new Map(world.letters.map(({ id, subject, from }) => [id, `${subject}   (${from.name})`])),
  }
}

function storyFor({ customs, speech }: World): Story {
  const tickets = Object.entries(customs.stories).flatMap(([name, weight]) =>
    Array<string>(weight).fill(name),
  )
  const name = speech.pick(tickets)
  const story = (stories as Readonly<Record<string, Story>>)[name]
  if (story === undefined)
    throw new Error(
      `The list ${customs.name} has a story "${name}"; allowed: ${Object.keys(stories).join(', ')}`,
    )
  return story
}

function truthOf(world: World): Truth {
  return {
    corpus: world.customs.name,
    topics: world.topics,
    answers: Object.fromEntries(world.answers),
    trailers: world.trailers,
    applied: world.applied,
  }
}
