// What a log says of single tests.
import { expect, test } from 'vitest'
import { tapReader } from '../../ci/tap.ts'

function read(text: string, piece = text.length) {
  const reader = tapReader()
  for (let at = 0; at < text.length; at += piece) reader.write(text.slice(at, at + piece))
  return reader.tests()
}

const tap = `make: entering
TAP version 13
1..5
ok 1 - opens
not ok 2 - syncs
  ---
  got: 0
  ...
ok 3 - closes # SKIP no disk
not ok 4 - replays # TODO known
not ok 5
`

test('counts TAP, however its text is cut', () => {
  const tests = { passed: 1, failed: 2, skipped: 2, failing: ['syncs', '5'] }
  for (const piece of [1, 7, tap.length]) expect(read(tap, piece)).toEqual(tests)
})

test('takes a plan at the end, and a last line without an end', () => {
  expect(read('ok 1 a\nok 2 b\n1..2')).toEqual({ passed: 2, failed: 0, skipped: 0, failing: [] })
})

test('counts the tests of KTAP once, and not their suites', () => {
  const ktap = `[    0.060000] KTAP version 1
[    0.060000] 1..2
[    0.060000]     KTAP version 1
[    0.060000]     1..2
[    0.060000]     ok 1 first
[    0.060000]     not ok 2 second
[    0.060000] not ok 1 suite-a
[    0.060000]     ok 1 third
[    0.060000] ok 2 suite-b
`
  expect(read(ktap)).toEqual({ passed: 2, failed: 1, skipped: 0, failing: ['second'] })
})

test('a log that only says ok is none', () => {
  expect(read('checking for gcc\nok\nok, done\n')).toBeNull()
  expect(read('1..2\n')).toBeNull()
})

test('keeps little of an endless one', () => {
  const tests = read(`1..1\n${'not ok 1 - x'.repeat(1)}${'y'.repeat(5_000)}\n${'not ok\n'.repeat(5_000)}`)
  expect(tests?.failed).toBe(5_001)
  expect(tests?.failing).toHaveLength(20)
  expect(tests?.failing[0]?.length).toBeLessThanOrEqual(200)
})
