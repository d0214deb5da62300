// An answer whose client lost In-Reply-To: one line says what it answers.
import { expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { isAnswerable } from '../../../tracker/mail/references.ts'
import { groupsOf, type Posting, topicsOf } from '../topic/posted.ts'

const patch: Posting = { id: 'p@x.org', subject: '[PATCH] lid: turn it', touches: { 'lid.c': ['turn();'] } }
const answer = (body: string, more: Partial<Posting> = {}): Posting => ({
  id: 'a@x.org',
  subject: 'Re: [PATCH] lid: turn it',
  day: 1,
  from: 'Bo Sample <bo@example.org>',
  body,
  ...more,
})

test('the line files the answer below what it names, with its tags and trailers', () => {
  const [topic, ...others] = topicsOf([
    patch,
    answer('Answers: <p@x.org>\n\nReviewed-by: Bo Sample <bo@example.org>\nPatch-Status: accepted'),
  ])
  expect(others).toEqual([])
  expect(topic).toMatchObject({ state: 'accepted', trailers: [{ on: 'p@x.org' }] })
})

test('the diff of an original below it posts nothing', () => {
  const original =
    'From: Ada Example\nSent: Monday, March 2, 2026 9:00 AM\nTo: pump\nSubject: [PATCH] lid: turn it\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n'
  expect(groupsOf([patch, answer(`Answers: <p@x.org>\n\nFine.\n\n${original}`)])).toEqual([
    ['a@x.org', 'p@x.org'],
  ])
})

test('without it a title never threads', () => {
  expect(groupsOf([patch, answer('Fine.')])).toEqual([['a@x.org'], ['p@x.org']])
})

test.each([
  ['quoted', '> Answers: <p@x.org>\n\nFine.'],
  ['two of them', 'Answers: <p@x.org>\nAnswers: <q@x.org>\n'],
  ['no id', 'Answers: p@x.org'],
  ['a diff below', 'Answers: <p@x.org>\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n'],
])('%s is no such line', (_, body) => {
  expect(groupsOf([patch, answer(body)])).toEqual([['a@x.org'], ['p@x.org']])
})

test('the fields of a mail outweigh the line', () => {
  const other: Posting = {
    id: 'q@x.org',
    subject: '[PATCH] hose: free it',
    touches: { 'hose.c': ['free();'] },
  }
  expect(groupsOf([patch, other, answer('Answers: <p@x.org>', { answers: 'q@x.org' })])).toEqual([
    ['a@x.org', 'q@x.org'],
    ['p@x.org'],
  ])
})

test.each([
  ['b1@example.org', true],
  ['b1', true],
  ['b1@example.org> accepted', false],
  ['b 1@example.org', false],
  ['y', false],
  ['tarn@lists.example.org', false],
])('an answer of ours to <%s> is read as one: %s', (id, is) => {
  expect(isAnswerable(messageId(id), ['tarn@lists.example.org'])).toBe(is)
})
