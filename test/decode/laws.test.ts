import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { times } from '../times.ts'
import { crlfTwin, decodeFixture, fixtureBytes, fixtureNames } from './fixture.ts'

/** Pieces that mails are made of, so that random mails reach the branches that random bytes do not. */
const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '\n\n',
    ' ',
    '\t',
    '--b\n',
    '--b--\n',
    '--c\n',
    'From: Mara <m@example.org>\n',
    'Message-ID: <a@example.org>\n',
    'Message-ID: ',
    'Subject: =?utf-8?Q?',
    '?=',
    '=?gb2312?B?0N64tA==?=',
    'Content-Type: multipart/mixed; boundary=b\n',
    'Content-Type: multipart/alternative; boundary="c"\n',
    'Content-Type: message/rfc822\n',
    'Content-Type: multipart/digest; boundary=c\n',
    'Content-Type: text/html; charset=utf-16\n',
    'Content-Type: text/plain; charset=',
    'iso-2022-jp\n',
    'gb18030\n',
    'utf-7\n',
    '__proto__\n',
    "Content-Type: text/x-patch; name*0*=utf-8''%E2%82; name*1=x\n",
    'Content-Disposition: attachment; filename="a.patch"\n',
    'Content-Transfer-Encoding: base64\n',
    'Content-Transfer-Encoding: quoted-printable\n',
    'YWJj',
    '==',
    '=C3',
    '=\n',
    '<p>',
    '<!--',
    '<pre>',
    '&#x110000;',
    '</blockquote>',
    '<script',
    '>',
    '>From x\n',
    'From x\n',
    '\x1b$B',
    '\0',
    '\f',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }).map(text => text.replaceAll('\r', '')),
)
const mail = fc.array(piece, { maxLength: 40 }).map(pieces => Buffer.from(pieces.join('')))

test('any bytes decode without an exception', () => {
  expect(messageIdOf(Buffer.from('Message-ID: >')).made).toBe(true)
  fc.assert(
    fc.property(fc.oneof(mail, fc.uint8Array({ maxLength: 400 })), raw => {
      const decoded = decodeMail(raw)
      expect(decoded.body.isWellFormed()).toBe(true)
      expect(messageIdOf(raw).id).not.toBe('')
    }),
    { numRuns: times(3_000) },
  )
})

test('any text decodes without an exception as words and as addresses', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), mail.map(String)), value => {
      expect(decodeWords(value)).toBeTypeOf('string')
      for (const person of parseAddresses(value)) expect(person.address).toBe(person.address.toLowerCase())
    }),
    { numRuns: times(2_000) },
  )
})

test('a mail and its CRLF twin decode equal', () => {
  for (const name of fixtureNames) {
    const raw = fixtureBytes(name)
    if (name === 'cr-only') continue
    expect(decodeMail(crlfTwin(raw)), name).toEqual(decodeFixture(name))
    expect(messageIdOf(crlfTwin(raw)), name).toEqual(messageIdOf(raw))
  }
  fc.assert(
    fc.property(mail, raw => {
      expect(decodeMail(crlfTwin(raw))).toEqual(decodeMail(raw))
      expect(messageIdOf(crlfTwin(raw))).toEqual(messageIdOf(raw))
    }),
    { numRuns: times(3_000) },
  )
})

test('the quick look at the Message-ID and the whole decoding agree', () => {
  fc.assert(
    fc.property(mail, raw => {
      const { id, made } = messageIdOf(raw)
      const field = decodeMail(raw).headers.find(header => header.name === 'message-id')
      if (!made) expect((field?.value ?? '').replaceAll('\t', '')).toContain(id)
    }),
    { numRuns: times(3_000) },
  )
})
