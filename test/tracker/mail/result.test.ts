// The results of test programs that no table knows, and mails of people that only look like them.
import { expect, test } from 'vitest'
import { resultOf } from '../../../tracker/mail/result.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import { arrivalOf } from '../threads.ts'
import { mailOf, topicsOf } from '../topic/posted.ts'

const sender = { name: 'Pump Test Bot', address: 'bot@example.org' }
const state = (text: string, subject = 'Re: [PATCH] x') =>
  resultOf(text.split('\n'), { sender, subject })?.state ?? null

test.each([
  [
    'Test Summary:\nCheckPatch      PASS      1.00 seconds\nBuild           PASS      27.78 seconds',
    'success',
  ],
  ['CheckPatch | PASS\nBuild | FAIL\nUnit | PASS', 'fail'],
  ['[ OK ] build\n[FAIL] unit', 'fail'],
  ['Build status: FAILED\nhttps://ci.example.org/7', 'fail'],
  ['Result: not ok', 'fail'],
  ['Status: in progress', 'pending'],
  ['Result: passed all tests', 'success'],
  ['Result: clean', 'success'],
  ['**Result**: `success`', 'success'],
  ['All tests passed on 4 machines.', 'success'],
  ['The build has failed on arm64.', 'fail'],
  ['3 tests failed, 90 passed', 'fail'],
  ['checkpatch.......... WARNING\nbuild............... OK', 'warning'],
])('%j is %s', (text, expected) => {
  expect(state(text)).toBe(expected)
})

test.each([
  ['[CI] lid: turn it - FAILURE', 'fail'],
  ['SUCCESS: lid: turn it', 'success'],
  ['✗ build: failure for lid: turn it', 'fail'],
  ['✓ pump.CI: success for lid: turn it (rev2)', 'success'],
  ['|SUCCESS| pw17 [PATCH v2] log: print ERROR as text', 'success'],
  ['Re: [PATCH v2 1/3] log: print ERROR as text - PASS', 'success'],
])('the subject %j is %s', (subject, expected) => {
  expect(state('See below.', subject)).toBe(expected)
})

test("a word in the title of what is answered is not the program's", () => {
  expect(state('I got your mail.', 'Re: [PATCH] log: print ERROR as text')).toBeNull()
  expect(state('I got your mail.', 'Re: [tarn] [RFC PATCH v2 1/2] tests: PASS the lid')).toBeNull()
})

test('an address is without the mark that ends its sentence', () => {
  const said = ['Build status: FAILED', 'See https://ci.example.org/run/8.']
  expect(resultOf(said, { sender, subject: '' })?.url).toBe('https://ci.example.org/run/8')
})

test.each([
  'I think the tests should pass.',
  'Does the build fail for you?',
  'That would be a failure of the cache.',
])('%j reports nothing', text => {
  expect(state(text)).toBeNull()
})

const patch = { id: 'p@x.org', subject: '[PATCH] lid: turn it', touches: { 'lid.c': ['turn();'] } }
const report = {
  id: 'r@x.org',
  subject: 'Re: [PATCH] lid: turn it',
  day: 1,
  from: 'Farm <farm@example.net>',
  answers: 'p@x.org',
  body: 'Build status: FAILED\nSee https://ci.example.net/7',
}

test('a mail that says it is automatic is a check, and no remark that waits for its author', () => {
  const [topic] = topicsOf([patch, { ...report, body: `This is an automated message.\n\n${report.body}` }])
  expect(topic?.checks).toMatchObject([{ context: 'farm', state: 'fail', url: 'https://ci.example.net/7' }])
  const [silent] = topicsOf([
    patch,
    { ...report, body: 'This is an automated message.\n\nYour patch waits for a machine.' },
  ])
  expect(silent?.checks).toEqual([])
  expect(silent?.standing.turn).toBe('reviewer')
})

test('a robot that only the people of the list name is a robot', () => {
  const person = { name: '', address: 'farm@example.net' }
  const rules = {
    ...openRules,
    rosters: [{ since: 0, people: [{ person, role: 'robot' as const, paths: [] }] }],
  }
  const arrivals = [patch, report].map(mailOf).map(arrivalOf)
  const [named] = fold(arrivals, rules, { established: new Set() }).topics
  expect(named?.checks).toMatchObject([{ context: 'farm', state: 'fail' }])
  const [unnamed] = fold(arrivals, openRules, { established: new Set() }).topics
  expect(unnamed?.checks).toEqual([])
  expect(unnamed?.standing.turn).toBe('author')
})

test('a program of the table has one name, however it signs; one that only says what it is has that of its signature', () => {
  const answer = (id: string, from: string, day: number, body: string) => ({
    ...report,
    id,
    from,
    day,
    body,
  })
  const [topic] = topicsOf([
    patch,
    answer('a@x.org', 'lkft@example.net', 1, 'Build status: FAILED'),
    answer('b@x.org', 'Functional Tests <lkft@example.net>', 2, 'Build status: PASSED'),
  ])
  expect(topic?.checks.map(({ context, state }) => [context, state])).toEqual([
    ['lkft', 'fail'],
    ['lkft', 'success'],
  ])
  expect(topic?.standing.turn).toBe('reviewer')
})

test.each(['Result: clean your code first', 'Status: fixed in next', 'Status: running late with this one'])(
  'the word that begins a sentence is no result: %j',
  text => {
    expect(state(text)).toBeNull()
  },
)
