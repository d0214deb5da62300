// The classes of mail that trackers get wrong, one folder each (fixtures/case): what must come out of the fold, and
// that the order of arrival does not matter. `story.md` of a case says why.
import { describe, expect, it } from 'vitest'
import { exportLine } from '../../../tracker/export/line.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import { times } from '../../times.ts'
import { arrivalOf, cases, shuffled } from '../threads.ts'

const orders = times(20)

describe.each(cases)('$name', ({ mails, expected }) => {
  const arrivals = mails.map(arrivalOf)

  it('comes out as a careful reader would sort it', () => {
    const lines = topicsOf(arrivals).map(lineOf)
    expect(lines).toMatchObject(expected)
    expect(lines).toHaveLength(expected.length)
  })

  it(`is the same in ${orders} orders of arrival`, () => {
    const reference = JSON.stringify(topicsOf(arrivals))
    for (let seed = 1; seed <= orders; seed++)
      expect(JSON.stringify(topicsOf(shuffled(arrivals, seed)))).toBe(reference)
  })
})

/** By id, with everybody known whom the mails of the case establish. */
function topicsOf(arrivals: readonly Arrival[]): Topic[] {
  const { established } = fold(arrivals, openRules, { established: new Set() })
  const { topics } = fold(arrivals, openRules, { established })
  return [...topics].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The export's line, and what only a page shows of it. */
const lineOf = (topic: Topic) => ({
  ...JSON.parse(exportLine(topic, '', undefined)),
  standing: topic.standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join(''),
  claims: topic.claims,
})
