// The ten questions about one invented topic, with the mails that answer each: from how it was written alone.
import type { Invented } from '../habits/invent.ts'
import type { Letter } from '../habits/letter.ts'
import type { TruthRevision, TruthTopic } from '../habits/truth.ts'

export interface Asked {
  readonly question: string
  /** The mail whose page it is asked on. */
  readonly on: string
  /** The first screen links the page of one of these mails, or what begins so. */
  readonly mails?: readonly string[]
  /** It has a link that ends so. */
  readonly link?: RegExp
  /** Where no mail can answer: what stands there. */
  readonly words?: RegExp
}

export interface Drawn {
  readonly list: string
  readonly topic: TruthTopic
  readonly invented: Invented
}

export function questionsOf({ topic, invented }: Drawn): Asked[] {
  const newest = topic.revisions?.at(-1)
  return newest ? ofPatchset(topic, newest, invented) : ofThread(topic, invented)
}

/** The page that a topic is read on. */
export const headOf = ({ cover, patches }: TruthRevision): string => cover ?? patches[0]?.mid ?? ''

const postedIn = ({ cover, patches }: TruthRevision): string[] => [
  ...(cover ? [cover] : []),
  ...patches.map(({ mid }) => mid),
]

const reply: Omit<Asked, 'on'> = { question: 'how do I reply?', link: /^#reply$/ }

function ofThread(topic: TruthTopic, invented: Invented): Asked[] {
  const on = topic.root ?? topic.mails[0] ?? ''
  const answers = answersOf(topic, invented)
  const asked: Asked[] = [
    { ...answered(answers, topic), on },
    { ...reply, on },
    { question: 'how do I get it?', on, link: /\/(?:raw|t\.mbox\.gz|T\/(?:#u)?)$/ },
  ]
  if (topic.kind !== 'bug') return asked
  // Of a bug that a program reported nobody can be asked.
  return [...asked, { question: 'what does it wait for?', on, mails: topic.mails }]
}

function ofPatchset(topic: TruthTopic, newest: TruthRevision, invented: Invented): Asked[] {
  const on = headOf(newest)
  const first = topic.revisions?.[0] ?? newest
  const posted = postedIn(newest)
  const answers = answersOf(topic, invented)
  const below = answers.filter(({ id }) => posted.includes(invented.truth.answers[id] ?? ''))
  const applied = invented.truth.applied.filter(one => posted.includes(one.topic_of))
  const asked: Asked[] = [
    { ...answered(answers, topic), on },
    { question: 'is there a newer version?', on: headOf(first), mails: [on] },
    below.length > 0
      ? { question: 'who looked at the latest?', on, mails: below.map(({ id }) => id) }
      : { question: 'who looked at the latest?', on, words: /Looked at v\d+ Nobody yet/ },
    { ...reply, on },
  ]
  if (topic.revisions && topic.revisions.length > 1 && !newest.pull_request)
    asked.push({ question: 'what changed?', on, link: /\/v\d+(?:\.\d+)?\.\.v\d+(?:\.\d+)?$/ })
  const failed = failuresOn(posted, invented)
  if (failed.length > 0)
    asked.push({ question: 'which tests failed?', on, mails: failed.map(({ id }) => id) })
  if (applied.length > 0)
    asked.push({ question: 'applied where?', on, mails: applied.map(({ mail }) => mail) })
  else asked.push({ question: 'who is asked?', on, mails: topic.mails, words: /Asked \S/ })
  if (!newest.pull_request) asked.push({ question: 'how do I get it?', on, link: /^#apply$/ })
  return asked
}

/** What people wrote who did not post it. */
function answersOf(topic: TruthTopic, { letters }: Invented): Letter[] {
  const own = new Set(topic.mails)
  const authors = new Set([topic.author, ...postersOf(topic, letters)])
  return letters
    .filter(
      ({ id, answers, program, from }) =>
        own.has(id) && answers !== null && program !== 'robot' && !authors.has(from.address),
    )
    .sort((a, b) => a.at - b.at)
}

function postersOf({ revisions = [] }: TruthTopic, letters: readonly Letter[]): string[] {
  const posted = new Set(revisions.flatMap(postedIn))
  return letters.flatMap(({ id, from }) => (posted.has(id) ? [from.address] : []))
}

/** The newest one; of a thread that has no facts any way to what was said. */
function answered(answers: readonly Letter[], { kind, mails }: TruthTopic): Omit<Asked, 'on'> {
  const question = 'is it answered?'
  const latest = answers.at(-1)
  if (latest === undefined) return { question, words: /None yet|[Aa]nswer|Spam|Announce/ }
  return { question, mails: kind === 'patchset' || kind === 'bug' ? [latest.id] : mails }
}

/** Of programs that the list knows, as the last word about a posting. */
const failuresOn = (posted: readonly string[], { letters, robots, truth }: Invented): Letter[] =>
  letters.filter(
    ({ id, from, text }) =>
      robots.some(({ address }) => address === from.address) &&
      posted.includes(truth.answers[id] ?? '') &&
      /\bFAILED\b/.test(text),
  )
