import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { decodeFixture } from './fixture.ts'

test('fields are unfolded, in order, names in lower case, repeated ones kept', () => {
  expect(decodeFixture('folded').headers).toEqual([
    { name: 'from', value: '=?UTF-8?B?SsO2cmcgTMO8ZGVycw==?= <joerg@example.org>' },
    { name: 'subject', value: '[PATCH v2 1/3]\tgauge: a title that  was folded' },
    { name: 'message-id', value: '<folded@example.org>' },
    { name: 'x-empty', value: '' },
    { name: 'received', value: 'from a\tby b' },
    { name: 'received', value: 'from c by d' },
  ])
})

test('the lines that mbox puts before a mail are no header', () => {
  const mail = decodeFixture('mbox-line')
  expect(mail.headers.map(header => header.name)).toEqual(['from', 'subject', 'message-id'])
  expect(mail).toMatchObject({ body: 'From here on it is the body\n', problems: [] })
})

test('a line that is no field is skipped, with a problem, and the fields behind it are read', () => {
  const mail = decodeFixture('broken-line')
  expect(mail.headers.map(header => header.name)).toEqual(['from', 'subject', 'message-id'])
  expect(mail).toMatchObject({
    body: 'Body\n',
    problems: ['The header holds a line that is no field; it is skipped'],
  })
})

test('8-bit bytes in a header are UTF-8 where they can be, else windows-1252', () => {
  expect(decodeFixture('raw-8-bit-header').headers.map(header => header.value)).toEqual([
    'Jörg <joerg@example.org>',
    'café €',
  ])
})

test.each(['no-header', 'text-first'])(
  '%s: a mail without a header is read as text, with a problem',
  name => {
    const mail = decodeFixture(name)
    expect(mail.body).toMatch(/^Just text, sent with netcat\.\n/)
    expect(mail).toMatchObject({
      headers: [],
      problems: ['The mail has no header; all of it is read as text'],
    })
  },
)

test('an empty mail is a mail with a problem', () => {
  expect(decodeFixture('empty')).toMatchObject({ headers: [], body: '', problems: ['The mail is empty'] })
})

test('a header without a body ends with the mail', () => {
  expect(decodeMail(Buffer.from('Subject: one\r\nFrom: a@example.org'))).toMatchObject({
    headers: [
      { name: 'subject', value: 'one' },
      { name: 'from', value: 'a@example.org' },
    ],
    body: '',
    problems: [],
  })
})

test('NUL bytes are kept in header and body; storing them is the gate’s work', () => {
  const mail = decodeFixture('nul')
  expect(mail.headers.find(header => header.name === 'subject')?.value).toBe('[PATCH] nul \0 here')
  expect(mail.body).toBe('one \0 two\n')
})

test.each([
  ['iso-8859-2', 'b3f364bc', 'łódź'],
  ['koi8-r', 'e9d3d0d2c1d7ccc5cecf', 'Исправлено'],
  ['gb2312', 'd0deb8b4', '修复'],
  ['shift_jis', '8f4390b3', '修正'],
  ['euc-kr', 'bcf6c1a4', '수정'],
  ['iso-2022-jp', '1b24423d2440351b2842', '修正'],
])('a subject in raw %s is read by the charset of the text', (charset, hex, text) => {
  const subject = Buffer.from(hex, 'hex')
  const whole = (type: string, body: string) =>
    Buffer.concat([
      Buffer.from('From: =?utf-8?Q?J=C3=B6rg?= <j@example.org>\nX-Utf-8: Jörg\nSubject: [PATCH] '),
      subject,
      Buffer.from(`\n${type}\n\n${body}`),
      subject,
      Buffer.from('\n'),
    ])
  const plain = `Content-Type: text/plain; charset=${charset}`
  const mails = [whole(plain, ''), whole('Content-Type: multipart/mixed; boundary=U', `--U\n${plain}\n\n`)]
  for (const mail of mails) {
    const { headers } = decodeMail(mail)
    expect(headers.find(({ name }) => name === 'subject')?.value).toBe(`[PATCH] ${text}`)
    expect(headers.find(({ name }) => name === 'x-utf-8')?.value).toBe('Jörg')
  }
})

test.each([
  ['\n', 'LF'],
  ['\r\n', 'CRLF'],
])('a field behind a line in the letters of a wide charset stays a field (%j)', end => {
  for (const odd of ['\0\x1b$', '\0\x1b$B']) {
    const lines = ['Content-Type: text/html; charset=utf-16', odd, 'Subject: [PATCH] gauge: stay', '']
    const { headers } = decodeMail(Buffer.from(lines.join(end)))
    expect(headers.map(({ name }) => name)).toEqual(['content-type', 'subject'])
  }
})
