// Whose results are believed, and what the others' can do to them.
import { describe, expect, test } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import { countChecks, patchChecks } from '../../../tracker/topic/reviews.ts'
import { openRules, type Rules } from '../../../tracker/topic/rules.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { arrivalOf } from '../threads.ts'
import { mailOf } from './posted.ts'

const patch = arrivalOf(
  mailOf({ id: 'p@example.org', subject: '[PATCH] lid: turn it', touches: { 'lid.c': ['turn();'] } }),
)
const people = [{ person: { name: 'Farm', address: 'farm@example.net' }, role: 'robot' as const, paths: [] }]
const rules: Rules = { ...openRules, rosters: [{ since: 0, people }] }
const grade = (of: 'A' | 'C', identity?: string): Verdict => ({
  grade: of,
  how: { code: 'unsigned' },
  ...(identity ? { identity } : {}),
})

/** A result on the patch, said at this minute of its day. */
function result(from: string, minute: number, status: string, verdict: Verdict, label = 'build') {
  const text = `From: ${from}
To: tarn@lists.example.org
Subject: Re: [PATCH] lid: turn it
Date: Tue, 03 Mar 2026 10:${String(minute).padStart(2, '0')}:00 +0000
Message-ID: <r${minute}@example.net>
In-Reply-To: <p@example.org>

Test-Label: ${label}
Test-Status: ${status}
https://ci.example.net/${minute}

_as said_
`
  return { ...arrivalOf(Buffer.from(text)), verdict, knownAt: Date.UTC(2026, 2, 3, 10, minute) }
}

function checksWith(...results: ReturnType<typeof result>[]) {
  const topic = fold([patch, ...results], rules, { established: new Set() }).topics[0]
  const [revision] = topic?.revisions ?? []
  if (!topic || !revision?.patches[0]) throw new Error('No patchset')
  const checks = patchChecks(topic, revision, revision.patches[0])
  return { checks, topic, count: countChecks(checks) }
}

const farm = grade('A', 'farm@example.net')
const stranger = 'Somebody <somebody@example.com>'

describe('a result', () => {
  test("of the list's robot with a signature is believed", () => {
    const { checks } = checksWith(result('Farm <farm@example.net>', 1, 'FAILURE', farm))
    expect(checks).toMatchObject([{ state: 'fail', by: 'farm@example.net' }])
    expect(checks[0]).not.toHaveProperty('claimed')
  })

  test.each([
    ["in the robot's name without a signature", 'Farm <farm@example.net>', grade('C')],
    ['of the robot, signed by somebody else', 'Farm <farm@example.net>', grade('A', 'somebody@example.com')],
    ['of somebody who is no robot of the list, signed', stranger, grade('A', 'somebody@example.com')],
  ])('%s is claimed', (_, from, verdict) => {
    expect(checksWith(result(from, 1, 'SUCCESS', verdict)).checks).toMatchObject([
      { state: 'success', claimed: true },
    ])
  })

  test('of the same label and program takes the place of the one before, whose mail stays in the thread', () => {
    const { checks, topic } = checksWith(
      result('Farm <farm@example.net>', 1, 'FAILURE', farm),
      result('Farm <farm@example.net>', 2, 'SUCCESS', farm),
      result('Farm <farm@example.net>', 3, 'WARNING', farm, 'unit'),
    )
    expect(checks.map(({ context, state }) => `${context} ${state}`)).toEqual([
      'unit warning',
      'build success',
    ])
    expect(topic.checks).toHaveLength(3)
  })

  test('that is claimed replaces none that is believed, and does not count beside it', () => {
    const { checks, count, topic } = checksWith(
      result('Farm <farm@example.net>', 1, 'SUCCESS', farm),
      result('Farm <farm@example.net>', 2, 'FAILURE', grade('C')),
      result(stranger, 3, 'FAILURE', grade('C')),
    )
    expect(checks.map(({ state, claimed }) => [state, claimed ?? false])).toEqual([
      ['success', false],
      ['fail', true],
      ['fail', true],
    ])
    expect(count).toEqual({ state: 'success', count: 1, total: 1 })
    expect(topic.standing.turn).toBe('reviewer')
  })
})
