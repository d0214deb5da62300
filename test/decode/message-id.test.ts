import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { crlfTwin, fixtureBytes } from './fixture.ts'

const idOf = (field: string) =>
  messageIdOf(Buffer.from(`Received: from a\n${field}\nSubject: x\n\nMessage-ID: <body@example.org>\n`))
const long = `${'a'.repeat(3_000)}@example.org`

test.each([
  ['as usual', 'Message-ID: <a@example.org>', 'a@example.org'],
  ['any case', 'message-id:<A@Example.org>', 'A@Example.org'],
  ['without brackets', 'Message-ID: a@example.org ', 'a@example.org'],
  ['on a line of its own', 'Message-ID:\n <a@example.org>', 'a@example.org'],
  ['with a space inside', 'Message-ID: <a b@example.org>', 'a b@example.org'],
  ['with quotes, slash, percent', 'Message-ID: <"a/b%c"@example.org>', '"a/b%c"@example.org'],
  ['of 3,000 letters', `Message-ID: <${long}>`, long],
  ['folded inside', 'Message-ID: <a.\n\tb@example.org>', 'a.b@example.org'],
  ['with a remark behind it', 'Message-ID: <a@example.org> (added by mx)', 'a@example.org'],
  ['without its closing bracket', 'Message-ID: <a@example.org', 'a@example.org'],
  ['in two brackets', 'Message-ID: <<a@example.org>>', 'a@example.org'],
  ['the first of two', 'Message-ID: <a@example.org>\nMessage-ID: <b@example.org>', 'a@example.org'],
  [
    'not a field that begins alike',
    'Message-IDs: <no@example.org>\nMessage-ID: <a@example.org>',
    'a@example.org',
  ],
  ['in UTF-8', 'Message-ID: <grün@example.org>', 'grün@example.org'],
])('%s', (_, field, id) => {
  expect(idOf(field)).toEqual({ id, made: false })
})

test('a mail without an id gets one from its bytes, the same for LF and CRLF', () => {
  const raw = fixtureBytes('no-id')
  const hash = createHash('sha256').update(raw).digest('hex').slice(0, 32)
  const made = { id: `${hash}@no-message-id.invalid`, made: true }
  expect(messageIdOf(raw)).toEqual(made)
  expect(messageIdOf(crlfTwin(raw))).toEqual(made)
})

test.each(['Message-ID: <>', 'Message-ID:', 'Message-ID: < >', 'In-Reply-To: <a@example.org>'])(
  '%s is no id',
  field => {
    expect(idOf(field)).toMatchObject({ made: true })
  },
)

test('an id in the body is not the mail’s', () => {
  expect(messageIdOf(Buffer.from('\nMessage-ID: <body@example.org>\n'))).toMatchObject({ made: true })
})
