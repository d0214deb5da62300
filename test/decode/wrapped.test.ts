// A mail that a list wrapped whole is the mail inside; one that a person attached is not.
import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'

const inner = `From: Ines Orsted <ines@example.org>
Subject: [PATCH] tarn: name it
Message-ID: <i1@example.org>

It had no name.
`
const rule = '_______________________________________________\n'
const footer = `${rule}Tarn mailing list -- tarn@lists.example.org\nTo unsubscribe send an email to tarn-leave@lists.example.org\n`

interface Outside {
  readonly from?: string
  readonly subject?: string
  readonly more?: string
  readonly before?: string
  readonly after?: string
  readonly list?: string
}

function wrapped(outside: Outside = {}, mail = inner): Buffer {
  const {
    from = 'Ines Orsted via Tarn <tarn@lists.example.org>',
    subject = '[Tarn] [PATCH] tarn: name it',
    more = 'Reply-To: Ines Orsted <ines@example.org>\n',
    before = '',
    after = `--U\nContent-Type: text/plain\n\n${footer}\n`,
    list = 'List-Id: <tarn.lists.example.org>\n',
  } = outside
  const first = before === '' ? '' : `--U\nContent-Type: text/plain\n\n${before}\n`
  return Buffer.from(
    `Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\nFrom: ${from}\nSubject: ${subject}\nMessage-ID: <w1@lists.example.org>\n${list}${more}Content-Type: multipart/mixed; boundary=U\n\n${first}--U\nContent-Type: message/rfc822\n\n${mail}\n${after}--U--\n`,
  )
}

test.each<[string, Buffer]>([
  ['with a footer', wrapped()],
  ['without a footer', wrapped({ after: '' })],
  ['without Reply-To', wrapped({ more: '' })],
  [
    'without a name',
    wrapped(
      { from: '"ines--- via Tarn" <tarn@lists.example.org>', more: '' },
      inner.replace('Ines Orsted ', ''),
    ),
  ],
  [
    'the address in X-Original-From',
    wrapped({ from: 'Tarn <tarn@lists.example.org>', more: 'X-Original-From: ines@example.org\n' }),
  ],
  [
    'with a footer in French',
    wrapped({
      after: `--U\nContent-Type: text/plain\n\n-- \nPour se désinscrire: mailto:sympa@lists.example.org\n`,
    }),
  ],
  [
    'as message/rfc822 itself',
    Buffer.from(
      `From: Ines Orsted via Tarn <tarn@lists.example.org>\nSubject: [PATCH] tarn: name it\nMessage-ID: <i1@example.org>\nX-BeenThere: tarn@lists.example.org\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n${inner}`,
    ),
  ],
])('a mail wrapped %s is the mail inside', (_, raw) => {
  for (const bytes of [raw, Buffer.from(raw.toString().replaceAll('\n', '\r\n'))]) {
    const mail = decodeMail(bytes)
    expect(mail.wraps).toBe('i1@example.org')
    expect(headerValue(mail.headers, 'from')).toMatch(/^(?:Ines Orsted )?<ines@example\.org>$/)
    expect(mail.body.trim()).toBe('It had no name.')
    expect(mail.others).toMatchObject([{ type: 'message/rfc822' }])
  }
})

test('what the list says of itself is kept', () => {
  const { headers } = decodeMail(wrapped())
  expect(headerValue(headers, 'list-id')).toBe('<tarn.lists.example.org>')
  expect(headers.some(({ name }) => name === 'received')).toBe(true)
})

test.each<[string, Buffer]>([
  ['with words of its own', wrapped({ before: 'Has anybody seen this one?' })],
  ['under another subject', wrapped({ subject: 'Look at this', more: '' })],
  [
    'of somebody else',
    wrapped({ from: 'Tom Berg via Tarn <tarn@lists.example.org>', more: 'Reply-To: tom@example.com\n' }),
  ],
  ['by its own author', wrapped({ from: 'Ines Orsted <ines@example.org>' })],
  ['on no list', wrapped({ list: '' })],
  ['beside another', wrapped({ after: `--U\nContent-Type: message/rfc822\n\n${inner}\n` })],
])('a mail attached %s stays attached', (_, raw) => {
  const mail = decodeMail(raw)
  expect(mail.wraps).toBeUndefined()
  expect(mail.others.map(part => part.type)).toContain('message/rfc822')
})
