// Answers that come to a mail's reply address, without In-Reply-To: filed below that mail in every order of arrival, and
// only where nothing else says what they answer.
import { describe, expect, it, test } from 'vitest'
import { readReplyAddress, replyAddress } from '../../../base/reply-address.ts'
import { purportedOf } from '../../../ingest/auth/purported.ts'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { messageIdOf } from '../../../tracker/decode/message-id.ts'
import { noDressing } from '../../../tracker/mail/dressing.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import type { Arrival } from '../../../tracker/topic/unit.ts'
import { arrivalOf, shuffled } from '../threads.ts'
import { mailOf, type Posting } from '../topic/posted.ts'

const list = 'pump@lists.example.org'
const patch = (id: string): Posting => ({
  id,
  subject: '[PATCH] lid: turn it',
  touches: { [`${id[0]}.c`]: ['turn();'] },
})
const to = replyAddress(list, 'p@x.org')

function answer(
  fields: string,
  body = 'Reviewed-by: Bo Sample <bo@example.org>',
  subject = 'Re: [PATCH] lid: turn it',
): Buffer {
  return Buffer.from(
    `From: Bo Sample <bo@example.org>\n${fields}\nSubject: ${subject}\nDate: Fri, 2 Jan 2026 12:00:00 +0000\nMessage-ID: <a@x.org>\n\n${body}\n`,
  )
}

function arrival(raw: Buffer): Arrival {
  const facts = factsOf(decodeMail(raw), messageIdOf(raw), {}, { ...noDressing, address: list })
  return { ...arrivalOf(raw), facts }
}

/** The ids of each topic's mails. */
const groups = (...mails: Buffer[]) =>
  fold(mails.map(arrival), openRules, { established: new Set() })
    .topics.map(topic =>
      topic.mails
        .map(mail => mail.id as string)
        .sort()
        .join(' '),
    )
    .sort()

const [p, q] = [patch('p@x.org'), { ...patch('q@x.org'), subject: '[PATCH] hose: free it' }].map(mailOf) as [
  Buffer,
  Buffer,
]

test('an address is the list with sixteen letters of the id, whatever the letters of the id', () => {
  expect(to).toMatch(/^pump\+r-[a-z2-7]{16}@lists\.example\.org$/)
  expect(readReplyAddress(to.toUpperCase())).toEqual({ list, short: to.slice(7, 23) })
  expect(replyAddress(list, 'P@x.org')).not.toBe(to)
  for (const other of [
    'pump@lists.example.org',
    'pump+r-short@lists.example.org',
    'pump+bug@lists.example.org',
    `${to.slice(0, 22)}@x`,
  ])
    expect(readReplyAddress(other)).toBeNull()
})

describe('files the answer below its mail', () => {
  it.each([
    ['To', `To: ${to}`],
    ['Cc, with a name, in capitals', `To: ada@example.org\nCc: "The list" <${to.toUpperCase()}>`],
    ['Delivered-To alone', `To: undisclosed-recipients:;\nDelivered-To: ${to}`],
    ['X-Original-To alone', `To: ada@example.org\nX-Original-To: ${to}`],
    ['the list itself beside it', `To: ${list}, ${to}`],
  ])('%s', (_, fields) => {
    const mail = answer(fields)
    expect(groups(p, q, mail)).toEqual(['a@x.org p@x.org', 'q@x.org'])
    const arrivals = [p, q, mail, mail].map(arrival)
    const folded = (some: readonly Arrival[]) => fold(some, openRules, { established: new Set() }).topics
    const [topic] = folded(arrivals)
    expect(topic?.trailers).toMatchObject([{ on: 'p@x.org', counts: true }])
    for (let seed = 1; seed <= 20; seed++)
      expect(folded(shuffled(arrivals, seed)).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
        folded(arrivals).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      )
  })
})

describe('files nothing', () => {
  it.each([
    ['two of them', answer(`To: ${to}, ${replyAddress(list, 'q@x.org')}`), ['a@x.org', 'p@x.org', 'q@x.org']],
    [
      'that of another list',
      answer(`To: ${replyAddress('valve@lists.example.org', 'p@x.org')}`),
      ['a@x.org', 'p@x.org', 'q@x.org'],
    ],
    [
      'a posting',
      answer(
        `To: ${to}`,
        'Because.\n\n---\ndiff --git a/z b/z\n--- a/z\n+++ b/z\n@@ -1 +1 @@\n-a\n+b',
        '[PATCH] other: one',
      ),
      ['a@x.org', 'p@x.org', 'q@x.org'],
    ],
    [
      'where In-Reply-To says another mail',
      answer(`To: ${to}\nIn-Reply-To: <q@x.org>`),
      ['a@x.org q@x.org', 'p@x.org'],
    ],
    [
      'where References are there',
      answer(`To: ${to}\nReferences: <gone@x.org>`),
      ['a@x.org', 'p@x.org', 'q@x.org'],
    ],
    [
      'where a line says another mail',
      answer(`To: ${to}`, 'Answers: <q@x.org>\n\nFine.'),
      ['a@x.org q@x.org', 'p@x.org'],
    ],
    [
      'of a mail that never came',
      answer(`To: ${replyAddress(list, 'gone@x.org')}`),
      ['a@x.org', 'p@x.org', 'q@x.org'],
    ],
  ])('%s', (_, mail, expected) => {
    expect(groups(p, q, mail)).toEqual(expected)
  })
})

test('the first arrival binds it, as it binds In-Reply-To: a copy that was sent to another mail is another mail', () => {
  const [one, other, none] = [`To: ${to}`, `To: ${replyAddress(list, 'q@x.org')}`, `To: ${list}`].map(
    fields => purportedOf(answer(fields)).rest,
  )
  expect(new Set([one, other, none]).size).toBe(3)
  expect(purportedOf(answer(`To: ${to}\nCc: x@example.org`)).rest).toBe(one)
})
