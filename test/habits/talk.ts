// What is said below a posting: remarks, answers to them, approvals, notices that it was taken, robots.
import { answerSubject, answerText } from './answer.ts'
import type { Letter } from './letter.ts'
import type { Person } from './person.ts'
import {
  aiReviews,
  appliedWords,
  approvals,
  authorsAnswers,
  notApplied,
  partlyApplied,
  pings,
  pulledWords,
  remarks,
  robotTexts,
} from './phrases.ts'
import { headOf, messageOf, type Posting } from './posting.ts'
import { applyEdit } from './tree.ts'
import { type Growing, idBy, letterOf, send, type World, wordsOf } from './world.ts'

const hour = 3_600_000

/** An answer of a person; `on` is the posting that it speaks of, null below anything else. */
export function answer(
  world: World,
  topic: Growing,
  by: Person,
  to: Letter,
  said: readonly string[],
  at: number,
  on: Letter | null,
): Letter {
  const { speech, customs } = world
  const letter = letterOf({
    id: idBy(world, by, at),
    from: by,
    subject: answerSubject(speech, by, to.subject),
    at,
    ...answerText(speech, by, to, said, customs.dress.address),
    html: ['gmail', 'outlook', 'apple'].includes(by.client) && speech.odds(40),
    answers: to.id,
    references: [...to.references, to.id].slice(-12),
  })
  if (on !== null) world.answers.set(letter.id, on.id)
  return send(world, topic, letter)
}

const saying = (world: World, templates: readonly string[], more: Record<string, string> = {}) =>
  capital(world.speech.tell(templates, wordsOf(world, more)))
const capital = (text: string) => (text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1)}`)

/** Somebody who did not send it. */
export function otherThan(world: World, author: Person, among: readonly Person[] = world.people): Person {
  const others = among.filter(person => person.name !== author.name)
  return others.length > 0 && world.speech.odds(60)
    ? (others[world.speech.below(Math.min(9, others.length))] as Person)
    : world.speech.pick(others)
}

/** A round of review; gives the time of its last mail. */
export function review(world: World, posting: Posting, from: number): number {
  const { speech, customs } = world
  const { topic, by } = posting
  let at = from
  const later = (hours: number) => {
    at += speech.between(1, hours) * hour * 0.6
    return at
  }
  for (const posted of [headOf(posting), ...posting.patches])
    if (speech.odds(customs.robots)) robotAnswer(world, posting, posted, at + speech.between(5, 50) * 60_000)
  for (let i = speech.below(4); i > 0; i--) {
    const reviewer = otherThan(world, by)
    const on = speech.odds(40) ? headOf(posting) : speech.pick(posting.patches)
    const said = Array.from({ length: speech.between(1, 3) }, () => saying(world, remarks))
    let last = answer(world, topic, reviewer, on, said, later(20), on)
    for (let more = speech.below(4); more > 0; more--) {
      const [speaker, words] =
        last.from === by ? [speech.odds(70) ? reviewer : otherThan(world, by), remarks] : [by, authorsAnswers]
      last = answer(world, topic, speaker, last, [saying(world, words)], later(9), on)
    }
    if (speech.odds(30)) approve(world, posting, on, last, reviewer, later(20))
  }
  if (speech.odds(45)) {
    const on = speech.odds(50) ? headOf(posting) : speech.pick(posting.patches)
    approve(world, posting, on, on, otherThan(world, by), later(30))
  }
  if (speech.odds(12))
    answer(world, topic, by, headOf(posting), [saying(world, pings)], later(200), headOf(posting))
  if (speech.odds(12)) {
    const on = speech.pick(posting.patches)
    answer(world, topic, otherThan(world, by), on, [saying(world, notApplied)], later(30), on)
  }
  return at
}

/** A Reviewed-by and the like, in the sender's own name. */
function approve(world: World, { topic }: Posting, on: Letter, to: Letter, by: Person, at: number): void {
  const { speech } = world
  if (by.name === on.from.name) return
  const key = speech.pick(['Reviewed-by', 'Reviewed-by', 'Acked-by', 'Tested-by', 'Reviewed-by'])
  const words = saying(world, approvals)
  const line = `${key}: ${by.name} <${by.address}>`
  const said = words === '' ? [line] : speech.odds(30) ? [line, words] : [words, line]
  const letter = answer(world, topic, by, to, said, at, on)
  world.trailers.push({ mail: letter.id, on: on.id, key, who: by.address, sure: true })
}

/** A maintainer takes it, all or some of it. */
export function take(
  world: World,
  posting: Posting,
  at: number,
  words: readonly string[] = appliedWords,
): Letter {
  const { speech } = world
  const by = otherThan(world, posting.by, world.maintainers)
  const part = posting.changes.length >= 4 && speech.odds(25) && words === appliedWords
  const count = String(posting.changes.length)
  const text = capital(
    speech.tell(
      part ? partlyApplied : words,
      wordsOf(world, { n: count, first: posting.by.name.split(' ')[0] ?? '' }),
    ),
  )
  const to = speech.odds(70) || part ? headOf(posting) : speech.pick(posting.patches)
  const before = speech.odds(15) ? [saying(world, approvals.slice(0, 8))] : []
  const letter = answer(world, posting.topic, by, to, [...before.filter(said => said !== ''), text], at, to)
  world.applied.push({ mail: letter.id, topic_of: headOf(posting).id, text, sure: true })
  const tree = world.trees.find(({ files }) =>
    posting.changes.some(({ edits }) => edits.some(({ path }) => files.has(path))),
  )
  if (tree)
    for (const edit of posting.changes.slice(0, part ? 2 : undefined).flatMap(({ edits }) => edits))
      applyEdit(tree, edit)
  return letter
}

export const takePull = (world: World, posting: Posting, at: number) => take(world, posting, at, pulledWords)

/** Test results, or a model's review. */
function robotAnswer(world: World, { topic, title }: Posting, to: Letter, at: number): void {
  const { speech } = world
  const robot = speech.pick(world.robots)
  const assistant = /assistant|bot$/.test(robot.name)
  const templates = assistant ? aiReviews : robotTexts
  const values = wordsOf(world, {
    name: robot.name,
    sum: speech.odds(70) ? 'PASS' : 'FAILED',
    review: messageOf(world),
  })
  const text = `${speech.tell(templates, values)}\n`
  const bare = to.subject.replace(/^(?:\[[^\]]*\]\s*)+/, '')
  const subject = speech.pick([
    `Re: ${to.subject}`,
    `RE: ${bare}`,
    `|SUCCESS| ${to.subject}`,
    `Re: ${to.subject}`,
    `[CI] ${title}`,
  ])
  const letter = letterOf({
    id: `${speech.hex(16)}.${speech.hex(8)}@${robot.address.split('@')[1]}`,
    from: robot,
    subject,
    at,
    text,
    program: 'robot',
    answers: to.id,
    references: [...to.references, to.id].slice(-12),
    headers: speech.odds(40) ? [['Auto-Submitted', 'auto-generated']] : [],
  })
  world.answers.set(letter.id, to.id)
  send(world, topic, letter)
}
