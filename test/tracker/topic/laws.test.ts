// The laws of the fold: order of arrival, duplicates and line ends change nothing, and threads that no edge joins do
// not touch each other.
import { describe, expect, it } from 'vitest'
import { exportLine } from '../../../tracker/export/line.ts'
import type { Person } from '../../../tracker/mail/facts.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import { times } from '../../times.ts'
import { arrivalOf, crlf, shuffled, threads } from '../threads.ts'

const orders = times(40)

const sorted = (topics: readonly Topic[]) => [...topics].sort((a, b) => (a.id < b.id ? -1 : 1))
/** With everybody known whom these mails establish, as the projector comes to it. */
function topicsOf(arrivals: readonly Arrival[]): readonly Topic[] {
  const { established } = fold(arrivals, openRules, { established: new Set() })
  return fold(arrivals, openRules, { established }).topics
}
const folded = (arrivals: readonly Arrival[]) => JSON.stringify(sorted(topicsOf(arrivals)))

describe.each(threads)('$name', ({ mails, expected }) => {
  const arrivals = mails.map(arrivalOf)

  it('has eight mails or more', () => {
    expect(mails.length).toBeGreaterThanOrEqual(8)
  })

  it('comes out as a careful reader would sort it', () => {
    const lines = sorted(topicsOf(arrivals)).map(topic => JSON.parse(exportLine(topic, '', undefined)))
    expect(lines).toMatchObject(expected)
    expect(lines).toHaveLength(expected.length)
  })

  it('has every mail in exactly one topic', () => {
    const placed = topicsOf(arrivals).flatMap(topic => topic.mails.map(mail => mail.id))
    expect(placed.sort()).toEqual([...new Set(arrivals.map(({ facts }) => facts.messageId))].sort())
  })

  it(`is the same in ${orders} orders of arrival`, () => {
    const reference = folded(arrivals)
    for (let seed = 1; seed <= orders; seed++) expect(folded(shuffled(arrivals, seed))).toBe(reference)
  })

  it('is the same when mails come twice and with other line ends', () => {
    const reference = folded(arrivals)
    const twins = mails.map(mail => arrivalOf(crlf(mail)))
    for (let seed = 1; seed <= 20; seed++) {
      const some = shuffled([...arrivals, ...twins], seed).slice(0, arrivals.length)
      expect(folded(shuffled([...arrivals, ...some], seed))).toBe(reference)
    }
  })
})

describe('threads that no edge joins', () => {
  it('fold together as they fold apart', () => {
    const all = threads.map(({ name, mails }) => mails.map(raw => ofOwnPeople(name, raw)))
    const apart = sorted(all.flatMap(arrivals => topicsOf(arrivals)))
    const together = sorted(topicsOf(shuffled(all.flat(), 7)))
    expect(together.map(topic => topic.id)).toEqual(apart.map(topic => topic.id))
    expect(together).toEqual(apart)
  })
})

/** The threads share their invented people; here each has people of its own, so that no edge joins two threads. */
function ofOwnPeople(name: string, raw: Buffer): Arrival {
  const text = raw.toString('latin1').replaceAll(/\bexample\.(?:org|com|net)\b/g, `${name}.$&`)
  const arrival = arrivalOf(Buffer.from(text, 'latin1'))
  const { facts } = arrival
  const own = (person: Person) => ({ ...person, name: `${person.name} ${name}` })
  return { ...arrival, facts: { ...facts, sender: own(facts.sender), author: own(facts.author) } }
}

describe('the check itself', () => {
  it('goes red when said time is replaced by the order of arrival', () => {
    const asArrived = (arrivals: readonly Arrival[]) =>
      arrivals.map((arrival, index) => ({ ...arrival, facts: { ...arrival.facts, said: index } }))
    const differing = threads.filter(({ mails }) => {
      const arrivals = mails.map(arrivalOf)
      const reference = folded(asArrived(arrivals))
      const times = (text: string) => text.replaceAll(/"(?:said|lastSaid)":\d+/g, '')
      return [1, 2, 3, 4, 5].some(
        seed => times(folded(asArrived(shuffled(arrivals, seed)))) !== times(reference),
      )
    })
    expect(differing.length).toBeGreaterThan(threads.length / 2)
  })
})
