// What is written of a check is what is read of it, whatever words a build chose.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asWritten, checkBlock, checksOf } from '../../../tracker/mail/check.ts'
import type { CheckFact } from '../../../tracker/mail/facts.ts'

const check = fc.record({
  context: fc.string({ unit: 'binary', maxLength: 150 }),
  state: fc.constantFrom<CheckFact['state']>('success', 'warning', 'fail', 'pending'),
  description: fc.string({ unit: 'binary', maxLength: 300 }),
  url: fc.oneof(fc.constant(null), fc.webUrl({ withQueryParameters: true }), fc.string()),
})

test('checks are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(check, { minLength: 1, maxLength: 5 }), checks => {
      const text = checks.map(checkBlock).join('\n\n')
      expect(checksOf(text.split('\n'), null)).toEqual(checks.map(asWritten))
    }),
  )
})

test('what a block can say is said unchanged', () => {
  const said: CheckFact = {
    context: 'ci/build',
    state: 'fail',
    description: 'exit code 2 after 41 s',
    url: 'https://tracker.example.org/builds/17',
  }
  expect(asWritten(said)).toEqual(said)
  expect(checkBlock(said)).toBe(`Test-Label: ci/build
Test-Status: FAILURE
https://tracker.example.org/builds/17

_exit code 2 after 41 s_`)
})

test("is the form that DPDK's parser takes: label, status, URL and description within ten lines", () => {
  const lines = checkBlock({
    context: 'unit tests',
    state: 'success',
    description: 'all passed',
    url: 'http://ci.example.org/1',
  }).split('\n')
  expect(lines.length).toBeLessThan(10)
  expect(lines[0]).toMatch(/^Test-Label: \S+$/)
  expect(lines[1]).toMatch(/^Test-Status: (?:SUCCESS|WARNING|FAILURE)$/)
  expect(lines.find(line => /^_.*_$/.test(line))).toBe('_all passed_')
})

test('words of a build begin no line and end no block', () => {
  const hostile = {
    context: 'a\nTest-Status: SUCCESS',
    state: 'fail',
    description: 'x_\nTest-Label: b\nTest-Status: SUCCESS\nhttps://evil.example/ _',
    url: 'https://e.example/\nTest-Label: c',
  } as const
  expect(checksOf(checkBlock(hostile).split('\n'), null)).toEqual([
    {
      context: 'a-Test-Status-SUCCESS',
      state: 'fail',
      description: expect.stringContaining('Test-Label: b'),
      url: null,
    },
  ])
})
