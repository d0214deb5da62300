// The laws over threads that nobody would write: random postings, rerolls, answers, tags, copies and missing mails of a
// few people with a few titles and files, so that every edge and every rule meets every other.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules, type Rules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import { imported, type Verdict } from '../../../tracker/topic/verdict.ts'
import { times } from '../../times.ts'
import { dkimOf, onlyFrom } from '../../verdicts.ts'
import { arrivalOf, shuffled } from '../threads.ts'

const people = [
  'Ines Oduya <ines@example.org>',
  'Marek Tolvanen <marek@example.org>',
  'Priya S <priya@example.com>',
]
const titles = ['wal: sum records', 'wal: sum the records', 'pager: read ahead', 'cli: sizes']
const files = ['src/wal.c', 'src/pager.c']
const lines = [
  'Reviewed-by: Marek Tolvanen <marek@example.org>',
  'Patch-Status: accepted',
  'Patch-Status: 2/2 rejected',
  'Applied, thanks.',
  'Bug-Status: confirmed',
  'Type: task',
  'What about the lock?',
  'Test-Label: ci/build\nTest-Status: FAILURE',
  'Patch-Status: rejected',
  'Patch-Status: withdrawn',
  'Bug-Status: fixed',
  'Bug-Status: reopened',
  'Delegate: me',
  'Closes: <ID0>',
  'Undo: <ID1>',
  'Undo: <ID2>',
]

const marek = { name: 'Marek Tolvanen-x', address: 'marek@x.example.org' }
const priya = { name: 'Priya S-x', address: 'priya@x.example.com' }
/** Two maintainers, one of whom came a day later. */
const rules: Rules = {
  ...openRules,
  rosters: [
    { since: 0, people: [{ person: marek, role: 'maintainer', paths: [] }] },
    {
      since: Date.UTC(2026, 2, 3, 9),
      people: [
        { person: marek, role: 'reviewer', paths: ['x/src/'] },
        { person: priya, role: 'maintainer', paths: [] },
      ],
    },
  ],
}

const verdicts: readonly (Verdict | null)[] = [
  { grade: 'A', how: dkimOf('example.org') },
  { grade: 'A', how: dkimOf('example.org'), identity: 'list@lists.example.org' },
  { grade: 'B', how: { code: 'token' }, confirmed: Date.UTC(2026, 2, 4, 9) },
  onlyFrom,
  null,
  imported,
]

const step = fc.record({
  kind: fc.constantFrom('patch', 'cover', 'reply', 'bug', 'plain', 'copy'),
  who: fc.nat(people.length - 1),
  title: fc.nat(titles.length - 1),
  file: fc.nat(files.length - 1),
  version: fc.integer({ min: 0, max: 3 }),
  number: fc.integer({ min: 1, max: 2 }),
  total: fc.integer({ min: 1, max: 2 }),
  /** Which earlier mail it answers, counted from the end; beyond the start it is one that never came. */
  parent: fc.option(fc.nat(6), { nil: null }),
  line: fc.nat(lines.length - 1),
  verdict: fc.nat(verdicts.length - 1),
  /** Minutes until it came, when it came live. */
  late: fc.constantFrom(1, 60, 2_000, 200_000),
  minutes: fc.integer({ min: -30, max: 3_000 }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Bytes of the mails of a random story; `name` keeps two stories apart. */
function mailsOf(steps: readonly Step[], name: string): Buffer[] {
  let time = Date.UTC(2026, 2, 2, 9)
  return steps.map((one, index) => {
    time += one.minutes * 60_000
    const id = one.kind === 'copy' ? idOf(name, Math.max(0, index - 1)) : idOf(name, index)
    const parent = one.parent === null ? null : idOf(name, index - 1 - one.parent)
    const who = (people[one.who] ?? '').replace('@', `@${name}.`).replace(' <', `-${name} <`)
    const list = one.kind === 'copy' ? 'List-Id: <tarn.example.org>\n' : ''
    const references = parent === null ? '' : `In-Reply-To: <${parent}>\n`
    return Buffer.from(
      `From: ${who}\nSubject: ${subjectOf(one)}\nDate: ${new Date(time).toUTCString()}\nMessage-ID: <${id}>\n${references}${list}\n${bodyOf(one, name)}`,
    )
  })
}

/** With what was seen of their senders. */
function arrivalsOf(steps: readonly Step[], name: string): Arrival[] {
  return mailsOf(steps, name).map((raw, index) => {
    const arrival = arrivalOf(raw)
    const verdict = verdicts[steps[index]?.verdict ?? 0] ?? null
    const came = arrival.facts.said + (steps[index]?.late ?? 0) * 60_000
    return { ...arrival, verdict, knownAt: verdict?.grade === 'I' ? null : came }
  })
}

const idOf = (name: string, index: number) => `m${index}@${name}.example.org`

function subjectOf({ kind, title, version, number, total }: Step): string {
  const text = titles[title] ?? ''
  const v = version === 0 ? '' : ` v${version}`
  if (kind === 'patch') return total === 1 ? `[PATCH${v}] ${text}` : `[PATCH${v} ${number}/${total}] ${text}`
  if (kind === 'cover') return `[PATCH${v} 0/2] ${text}`
  if (kind === 'reply') return `Re: [PATCH] ${text}`
  return kind === 'bug' ? `[BUG] ${text}` : text
}

function bodyOf({ kind, file, line, title, version }: Step, name: string): string {
  if (kind !== 'patch')
    return `${lines[line]}\n`.replace(/ID(\d)/g, (_, number) => idOf(name, Number(number)))
  const path = `${name}/${files[file]}`
  return `Words.\n---\ndiff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,2 +1,2 @@\n int a;\n-int b;\n+long b${title}${version};\n`
}

const sorted = (topics: readonly Topic[]) => [...topics].sort((a, b) => (a.id < b.id ? -1 : 1))

function topicsOf(arrivals: readonly Arrival[], by = openRules): string {
  const { established } = fold(arrivals, by, { established: new Set() })
  return JSON.stringify(sorted(fold(arrivals, by, { established }).topics))
}

const story = fc.array(step, { minLength: 1, maxLength: 14 })

describe('a random thread', () => {
  it('is the same in any order of arrival, and when mails come twice', () => {
    fc.assert(
      fc.property(story, fc.nat(), (steps, seed) => {
        const arrivals = mailsOf(steps, 'x').map(arrivalOf)
        const reference = topicsOf(arrivals)
        expect(topicsOf(shuffled(arrivals, seed))).toBe(reference)
        expect(topicsOf(shuffled([...arrivals, ...arrivals.slice(seed % arrivals.length)], seed + 1))).toBe(
          reference,
        )
      }),
      { numRuns: times(300) },
    )
  })

  it('is the same on a list with people and verdicts, too', () => {
    fc.assert(
      fc.property(story, fc.nat(), (steps, seed) => {
        const arrivals = arrivalsOf(steps, 'x')
        const reference = topicsOf(arrivals, rules)
        expect(topicsOf(shuffled(arrivals, seed), rules)).toBe(reference)
        const twice = shuffled([...arrivals, ...arrivals.slice(seed % arrivals.length)], seed + 1)
        expect(topicsOf(twice, rules)).toBe(reference)
      }),
      { numRuns: times(300) },
    )
  })

  it('has every mail in exactly one topic, and parents before answers', () => {
    fc.assert(
      fc.property(story, steps => {
        const arrivals = mailsOf(steps, 'x').map(arrivalOf)
        const { topics } = fold(arrivals, openRules, { established: new Set() })
        const placed = topics.flatMap(topic => topic.mails.map(mail => mail.id)).sort()
        expect(placed).toEqual([...new Set(arrivals.map(({ facts }) => facts.messageId))].sort())
        for (const topic of topics) {
          const order = new Map(topic.mails.map((mail, index) => [mail.id, index]))
          for (const mail of topic.mails)
            if (mail.parent !== null && order.has(mail.parent))
              expect(order.get(mail.parent)).toBeLessThan(order.get(mail.id) ?? -1)
        }
      }),
      { numRuns: times(200) },
    )
  })

  it('does not touch another one that no edge joins to it', () => {
    fc.assert(
      fc.property(story, story, fc.nat(), (a, b, seed) => {
        const [left, right] = [mailsOf(a, 'left').map(arrivalOf), mailsOf(b, 'right').map(arrivalOf)]
        const apart = [...JSON.parse(topicsOf(left)), ...JSON.parse(topicsOf(right))]
        const together = JSON.parse(topicsOf(shuffled([...left, ...right], seed)))
        expect(sorted(together)).toEqual(sorted(apart))
      }),
      { numRuns: times(200) },
    )
  })
})
