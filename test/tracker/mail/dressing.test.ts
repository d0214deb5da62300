// What one mail says of its list's dressing, and what is done with it once it is known.
import { expect, test } from 'vitest'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { messageIdOf } from '../../../tracker/decode/message-id.ts'
import { type Dressing, isDressing, noDressing } from '../../../tracker/mail/dressing.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'

const stamp =
  'List-Id: Moorland <moor.lists.example.net>\nList-Archive: <https://lists.example.net/archiv/moor>'

interface Words {
  readonly header?: string
  readonly subject?: string
  readonly from?: string
}

function letter(
  body: string,
  { header = stamp, subject = 'peat', from = 'Ada <ada@example.org>' }: Words = {},
) {
  return Buffer.from(
    `From: ${from}\nSubject: ${subject}\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <one@example.org>\n${header}${header ? '\n' : ''}\n${body}`,
  )
}

const read = (raw: Buffer, dressing: Partial<Dressing> = {}) =>
  factsOf(decodeMail(raw), messageIdOf(raw), {}, { ...noDressing, ...dressing })

const footer = '=====\nArchiv und Abmeldung: https://lists.example.net/archiv/moor\nFragen: 1234\n'

test('a mail without the stamp of a list has no marks, one with it has', () => {
  expect(read(letter(`Yes.\n\n${footer}`, { header: '' })).marks).toBeUndefined()
  expect(read(letter('Yes.\n')).marks).toEqual([])
  expect(read(letter(`Yes.\n\n${footer}`)).marks).toHaveLength(1)
  const other = { listId: 'fen.lists.example.net' }
  expect(read(letter(`Yes.\n\n${footer}`), other).marks).toBeUndefined()
  expect(read(letter(`Yes.\n\n${footer}`), { listId: 'Moor.lists.example.net' }).marks).toHaveLength(1)
})

test('the same footer has the same mark, whatever numbers and spaces are in it', () => {
  const [one] = read(letter(`Yes.\n\n${footer}`)).marks ?? []
  const other = footer.replace('1234', '77').replaceAll(' ', '  ').toUpperCase().replace('HTTPS', 'https')
  expect(read(letter(`No, and here is why.\n${other}\n\n`)).marks).toEqual([one])
})

test.each([
  ['a quote', `Yes.\n\n> ${footer.trim().replaceAll('\n', '\n> ')}\n`],
  ['a forwarded mail', `Look:\n-----Original Message-----\nFrom: B\n\n${footer}`],
  ['a tag below a signature', 'Yes.\n\n-- \nPatch-Status: accepted\n'],
  ['a trailer below a signature', 'Yes.\n\n-- \nAcked-by: Ada <ada@example.org>\n'],
  ["a statement that it's applied", 'Yes.\n\n---\nApplied, thanks!\n'],
  ["git's version", 'Why.\n---\n-- \n2.47.1\n'],
  ['a block without a rule that names no list', 'Yes.\n\nThanks!\n'],
])('%s has no mark', (_, body) => {
  expect(read(letter(body)).marks).toEqual([])
})

test('what is learnt is no word of the sender, and does not part copies; the marks stay', () => {
  const dressed = letter(`Yes.\n\n-- \nAda\n\n${footer}`, { subject: '[torf-liste] [BUG] peat' })
  const plain = letter('Yes.\n\n-- \nAda\n', { header: '', subject: '[BUG] peat' })
  const before = read(dressed)
  const learnt = new Set(before.marks)
  const after = read(dressed, { learnt })
  expect(before.textHash).not.toBe(read(plain).textHash)
  expect(after.textHash).toBe(read(plain).textHash)
  expect(before.subject.tags).toEqual(['torf-liste', 'BUG'])
  expect(after.subject.tags).toEqual(['BUG'])
  expect(after.bugSign).toBe('subject tag [BUG]')
  expect(after.marks).toEqual(before.marks)
  expect(read(plain, { learnt }).textHash).toBe(read(plain).textHash)
})

test('a learnt footer is not looked for in a diff', () => {
  const diff =
    'Why.\n\nSigned-off-by: Ada <ada@example.org>\n---\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n-a\n+b\n =====\n Archiv und Abmeldung: https://lists.example.net/archiv/moor\n'
  const patch = letter(diff, { subject: '[PATCH] a: say b' })
  const learnt = new Set(read(letter(`Yes.\n\n${footer.replace('Fragen: 1234\n', '')}`)).marks)
  expect(learnt.size).toBe(1)
  expect(read(patch, { learnt })).toEqual(read(patch))
  expect(read(patch).posting).toBe('patch')
})

test.each([
  ['[LTP] [PATCH net 1/2] x', { prefix: 'LTP' }, ['net']],
  ['Re: [ltp] [net] x', { prefix: 'LTP' }, ['net']],
  ['[LTP 1234] [net] x', { prefix: 'LTP' }, ['net']],
  ['[PATCH LTP] x', { prefix: 'LTP' }, ['LTP']],
  ['[Moor developers] x', { prefix: 'moor developers' }, []],
  ['[net-next] x', { prefix: 'LTP' }, ['net-next']],
  ['[fen] [net] x', { address: 'fen@lists.example.net' }, ['net']],
  ['[moor] [net] x', {}, ['net']],
  ['[BUG] x', { address: 'bug@lists.example.net' }, ['BUG']],
] as const)('%s: the list has its prefix and the project its tags', (subject, dressing, tags) => {
  expect(read(letter('Yes.\n', { subject }), dressing).subject.tags).toEqual(tags)
})

test.each([
  ['X-Original-From: Ada Example <ada@example.org>', 'ada@example.org'],
  ['Reply-To: Ada Example <ada@example.org>, moor@lists.example.net', 'ada@example.org'],
  ['Cc: Ada Example <ada@example.org>', 'ada@example.org'],
  ['Cc: Bo <bo@example.org>', ''],
])('a rewritten From is known by the configured address: %s', (header, address) => {
  for (const from of [
    '"Ada Example via moor" <moor@lists.example.net>',
    'Ada Example <moor@lists.example.net>',
  ])
    expect(read(letter('Yes.\n', { header, from }), { address: 'moor@lists.example.net' }).sender).toEqual({
      name: 'Ada Example',
      address,
    })
})

test('five people make dressing of what names the list; of other words most mails do', () => {
  const [named = ''] = read(letter(`Yes.\n\n${footer}`)).marks ?? []
  const [plain = ''] = read(letter('Yes.\n\n=====\nJoin us in May.\n')).marks ?? []
  const [prefix = ''] = read(letter('Yes.\n', { subject: '[kern] x' })).marks ?? []
  expect(isDressing({ mark: named, people: 4, mails: 90 }, 100)).toBe(false)
  expect(isDressing({ mark: named, people: 5, mails: 5 }, 100)).toBe(true)
  for (const mark of [plain, prefix]) {
    expect(isDressing({ mark, people: 50, mails: 60 }, 100)).toBe(false)
    expect(isDressing({ mark, people: 4, mails: 100 }, 100)).toBe(false)
    expect(isDressing({ mark, people: 5, mails: 95 }, 100)).toBe(true)
  }
})

test('a share at the edge turns a few times, not with every mail', () => {
  const [mark = ''] = read(letter('Yes.\n\n=====\nJoin us in May.\n')).marks ?? []
  let turns = 0
  let was = false
  for (let all = 1; all <= 100_000; all++) {
    const is = isDressing({ mark, people: 100, mails: Math.round(all * 0.8) }, all)
    if (is !== was) turns++
    was = is
  }
  expect(turns).toBeLessThan(150)
})
