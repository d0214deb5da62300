// Answers that repeat an earlier mail without quote marks and without any block above it: nothing of the original counts.
import { expect, test } from 'vitest'
import { type Posting, topicsOf } from './posted.ts'

const patch: Posting = {
  id: 'p@x.org',
  subject: '[PATCH] lid: turn it',
  touches: { 'lid.c': ['turn();'] },
  body: 'The lid sticks when it is cold.\n\nPatch-Status: rfc\nIt turns again with this.',
}
const ruth = 'Ruth Alder <ruth@example.net>'
const answer = (id: string, answers: string, day: number, body: string, from = ruth): Posting => ({
  id,
  subject: 'Re: [PATCH] lid: turn it',
  day,
  from,
  answers,
  body,
})
const first = answer(
  'a@x.org',
  'p@x.org',
  1,
  'Not like this, I fear.\n\nPatch-Status: rejected -- it turns too far',
)
const second = answer('b@x.org', 'a@x.org', 2, 'Fine after all, sorry.\n\nPatch-Status: under-review')

const state = (...postings: Posting[]) => topicsOf([patch, ...postings])[0]?.state

test('a line that an answer repeats between the same words is the earlier sender’s', () => {
  const thanks = answer(
    'c@x.org',
    'b@x.org',
    3,
    'Danke!\n\nNot like this, I fear.\n\nPatch-Status: rejected -- it turns too far',
  )
  expect(state(first, second, thanks)).toBe('under-review')
})

test('so it is when it was wrapped otherwise', () => {
  const thanks = answer(
    'c@x.org',
    'b@x.org',
    3,
    'Danke!\n\nNot like\nthis, I\nfear.\nPatch-Status: rejected -- it turns too far',
  )
  expect(state(first, second, thanks)).toBe('under-review')
})

test('a tag in a commit message says nothing, and nothing where an answer repeats it', () => {
  const whole = answer(
    'c@x.org',
    'p@x.org',
    3,
    'Looks fine to me.\n\nThe lid sticks when it is cold.\n\nPatch-Status: rfc\nIt turns again with this.',
  )
  expect(state(whole)).toBe('new')
})

test('the same line in words of one’s own counts, and so does a lone line', () => {
  const again = answer(
    'c@x.org',
    'b@x.org',
    3,
    'I thought about it once more: no.\n\nPatch-Status: rejected -- it turns too far',
  )
  expect(state(first, second, again)).toBe('rejected')
  const lone = answer('d@x.org', 'p@x.org', 1, 'Patch-Status: rejected')
  expect(
    state(lone, { ...second, answers: 'd@x.org' }, { ...lone, id: 'e@x.org', answers: 'b@x.org', day: 3 }),
  ).toBe('rejected')
})

test('a notice that is repeated says nothing for whoever repeats it', () => {
  const notice = answer(
    'a@x.org',
    'p@x.org',
    1,
    'I turned the third lid as well, for the cold ones.\n\nApplied, thanks.',
  )
  const undone = answer('b@x.org', 'a@x.org', 2, 'Patch-Status: deferred -- wait for spring')
  const asks = answer(
    'c@x.org',
    'b@x.org',
    3,
    'Why?\n\nI turned the third lid as well, for the cold ones.\n\nApplied, thanks.',
    'Lea Quist <lea@example.org>',
  )
  expect(state(notice, undone, asks)).toBe('deferred')
})
