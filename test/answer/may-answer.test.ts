import { expect, test } from 'vitest'
import { seq } from '../../base/ids.ts'
import type { Envelope } from '../../sql/tables.ts'
import { type MailCopy, mayAnswer, type Situation } from '../../tracker/answer/may-answer.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { answerMail } from './mails.ts'

const live: Envelope = {
  road: 'smtp',
  from: 'ada@example.org',
  to: ['tarn-devel@lists.example.org'],
  trace: '2026-03-02T10:00:05.000Z',
}

function copy(name: string, more: Partial<MailCopy> = {}): MailCopy {
  const bytes = answerMail(name)
  const mail = decodeMail(bytes)
  const { trace } = more.envelope ?? live
  const facts = factsOf(mail, messageIdOf(bytes), trace === undefined ? {} : { trace })
  const verdict = { grade: 'A' as const, identity: facts.sender.address }
  return { seq: seq(1), facts, headers: mail.headers, envelope: live, verdict, ...more }
}

const situation: Situation = {
  now: new Date('2026-03-02T10:31:00Z'),
  own: 'threadwork@lists.example.org',
  lists: ['tarn-devel@lists.example.org', 'bpf@lists.example.org'],
  robots: ['ci@example.org'],
  trust: 'verified',
  kind: 'patchset',
  imposters: false,
  recent: true,
}

test.each(['person', 'auto-submitted-no', 'x-loop-of-the-list'])('%s is answered', name => {
  expect(mayAnswer([copy(name)], situation)).toEqual({ to: 'ada@example.org' })
})

test.each([
  ['auto-submitted', /Auto-Submitted/],
  ['vacation', /Auto-Submitted/],
  ['x-loop', /went through us/],
  ['own-message-id', /is ours/],
  ['x-autoreply', /header says/],
  ['x-autorespond', /header says/],
  ['precedence-auto-reply', /Precedence/],
  ['mailer-daemon', /robot|nobody reads/],
  ['postmaster', /robot|nobody reads/],
  ['no-reply', /nobody reads/],
  ['delivery-report', /delivery report/],
  ['known-robot', /a robot/],
  ['configured-robot', /a robot/],
  ['list-address', /from a list/],
  ['other-list', /from a list/],
  ['own-address', /from us/],
  ['replayed', /old when it came/],
  ['without-date', /no date/],
])('%s is not answered', (name, reason) => {
  expect(mayAnswer([copy(name)], situation)).toEqual({ reason: expect.stringMatching(reason) })
})

test.each<[string, Partial<MailCopy>, Partial<Situation>, RegExp]>([
  ['a null sender', { envelope: { ...live, from: '' } }, {}, /envelope has no sender/],
  ['an import', { envelope: { road: 'import' } }, {}, /imported/],
  ['a week that went by', {}, { now: new Date('2026-03-10T10:00:00Z') }, /too long ago/],
  ['spam', {}, { kind: 'spam' }, /spam/],
  ['an id with two texts', {}, { imposters: true }, /another text/],
  ['no verdict', { verdict: null }, {}, /nobody vouches/],
  ['only From', { verdict: { grade: 'C', identity: null } }, {}, /nobody vouches/],
  ['another identity', { verdict: { grade: 'A', identity: 'eve@example.net' } }, {}, /nobody vouches/],
])('%s is a reason not to answer', (_, more, other, reason) => {
  expect(mayAnswer([copy('person', more)], { ...situation, ...other })).toEqual({
    reason: expect.stringMatching(reason),
  })
})

test('a list that trusts From answers From, but a robot never', () => {
  const forged = { verdict: { grade: 'C' as const, identity: null } }
  const trusting = { ...situation, trust: 'from' as const }
  expect(mayAnswer([copy('person', forged)], trusting)).toEqual({ to: 'ada@example.org' })
  expect(mayAnswer([copy('vacation', forged)], trusting)).toHaveProperty('reason')
})

test('of copies the best vouches, and each can forbid', () => {
  const weak = copy('person', { verdict: { grade: 'C', identity: null } })
  const good = copy('person')
  const bounce = copy('person', { envelope: { ...live, from: '' } })
  const archived = copy('person', { envelope: { road: 'import' }, verdict: null })
  expect(mayAnswer([weak, good], situation)).toEqual({ to: 'ada@example.org' })
  expect(mayAnswer([archived, good], situation)).toEqual({ to: 'ada@example.org' })
  expect(mayAnswer([good, bounce], situation)).toHaveProperty('reason')
})

test('news about an old patch may be told to its author', () => {
  const later = { ...situation, now: new Date('2026-05-02T10:00:00Z'), recent: false }
  expect(mayAnswer([copy('person')], later)).toEqual({ to: 'ada@example.org' })
})
