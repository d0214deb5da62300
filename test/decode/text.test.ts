import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { decodeFixture, fixtureBytes } from './fixture.ts'

const patch = fixtureBytes('flowed-patch').toString().split('\n\n').slice(1).join('\n\n')
const umlauts = 'Grüße aus Köln, ten °C\n'

test('a text in 8bit UTF-8 is kept to the letter and has no problems', () => {
  const mail = decodeFixture('plain')
  expect(mail.body).toBe(patch.replaceAll('Lind', 'Lindström'))
  expect(mail.parts).toMatchObject([
    { path: '1', type: 'text/plain', filename: null, attached: false, charset: 'utf-8' },
  ])
  expect(mail.problems).toEqual([])
})

test('lines of format=flowed are not joined, and what was not stuffed is left alone', () => {
  expect(decodeFixture('flowed-patch').body).toBe(patch)
})

test('the space that format=flowed puts before a line with a space is taken off again', () => {
  expect(decodeFixture('flowed-stuffed-patch').body).toBe(patch)
})

test('white space, form feeds, lone CR, NUL, U+2028 and a missing last line end stay as they are', () => {
  expect(decodeFixture('white-space').body).toBe(
    '\n\n\ttab, \u00a0nbsp, two blanks  \n \f form feed\none CR \r inside\nnul \0 here\n\u2028 line separator\n>From a quoted line\n\n\nno line end',
  )
})

test('quoted-printable is undone, white space at line ends kept, what is no code left alone', () => {
  expect(decodeFixture('quoted-printable').body).toBe(
    'Für Jörg: a=b, a soft break, one with a blank behind it, a code that is none =ZZ,\nfour spaces    \n \nand no line end',
  )
})

test('base64 is undone, CRLF of the sender becomes LF', () => {
  expect(decodeFixture('base64').body).toBe(patch.replaceAll('Lind', 'Lindström'))
  expect(decodeFixture('base64-crlf').body).toBe(patch)
})

test('a packed patch of a file with CRLF lines keeps its CR', () => {
  expect(decodeFixture('base64-dos-file').body).toBe(patch.replaceAll('level;\n', 'level;\r\n'))
})

test('a footer glued behind base64 is shown as text, with a problem', () => {
  const mail = decodeFixture('base64-footer')
  expect(mail.body.startsWith(patch)).toBe(true)
  expect(mail.body.endsWith('\npumps mailing list\nhttps://lists.example.net/pumps\n')).toBe(true)
  expect(mail.problems).toEqual(['Plain text stands behind the base64 of a part; both are shown'])
})

test('plain text that says it is base64 is read as it stands', () => {
  const mail = decodeFixture('base64-lie')
  expect(mail.body).toBe(patch)
  expect(mail.problems).toEqual(['A part says that it is base64 and is not; it is read as it stands'])
})

test('broken base64 gives what can be read, with a problem', () => {
  const mail = decodeFixture('broken-base64')
  expect(mail.body).toMatch(/^The gauge is read once, and then never again in its life\.\n/)
  expect(mail.problems).toContain('The base64 of a part holds foreign characters; what can be read is shown')
})

test('base64 padded line by line is read to its end', () => {
  const raw = Buffer.from('Content-Transfer-Encoding: base64\n\nYQ==\nYmM=\nZGVm\n')
  expect(decodeMail(raw)).toMatchObject({ body: 'abcdef', problems: [] })
})

test('base64 that is cut short is shown with a problem', () => {
  const raw = Buffer.from('Content-Transfer-Encoding: base64\n\nZGVmZ2h\n')
  expect(decodeMail(raw)).toMatchObject({
    body: 'defgh',
    problems: ['The base64 of a part is cut short; what is there is shown'],
  })
})

test('an unknown transfer encoding is read as it stands, a comment behind a known one is no matter', () => {
  const mail = decodeFixture('unknown-encoding')
  expect(mail.body).toBe(patch)
  expect(mail.problems).toEqual([
    'The transfer encoding "x-uuencode" is unknown; the part is read as it stands',
  ])
  expect(decodeFixture('encoding-comment').body).toBe('a=b\n')
})

test.each([
  ['gb2312', '修复压力表的读取\n'],
  ['gb18030', '修复压力表的读取\n😀\n'],
  ['big5', '壓力錶讀取\n'],
  ['iso-2022-jp', '圧力計の読み取りを直す\n'],
  ['koi8-r', 'Исправлено чтение\n'],
  ['utf-16', umlauts],
  ['utf-16be', umlauts],
  ['windows-1252-in-latin1', '“quoted” €\n'],
  ['bom', umlauts],
  ['no-label', umlauts],
])('%s is read as declared', (name, text) => {
  expect(decodeFixture(name)).toMatchObject({ body: text, problems: [] })
})

test.each([
  ['us-ascii-label', 'The text is declared as "us-ascii"; it is read as UTF-8'],
  ['bogus-label', 'The text is declared as "y", which is no known charset; it is read as UTF-8'],
  ['utf8-as-iso-2022-jp', 'The text is declared as "iso-2022-jp" but holds UTF-8; it is read as UTF-8'],
])('%s: UTF-8 under a wrong label is read as UTF-8, with a problem', (name, problem) => {
  expect(decodeFixture(name)).toMatchObject({
    body: umlauts,
    problems: [problem],
    parts: [{ charset: 'utf-8' }],
  })
})

test('Latin-1 bytes in a UTF-8 patch become letters and leave the rest alone', () => {
  const mail = decodeFixture('latin1-in-utf8')
  expect(mail.body).toBe(patch.replaceAll('Lind', 'Lindström €').replace('2.47.0', '2.47.0 by Jörg €'))
  expect(mail.problems).toEqual([
    'The text is declared as "utf-8"; it holds 2 bytes that are not UTF-8, read as windows-1252',
  ])
})

test('bytes that are not of the declared charset are shown as replacement signs, with a problem', () => {
  const mail = decodeFixture('broken-charset')
  expect(mail.body).toMatch(/^修复\ufffd+.* and on\n$/)
  expect(mail.problems).toEqual(['Some bytes of the text are not "gb2312"; they are shown as \ufffd'])
})

test('a mail whose only line end is CR is read', () => {
  expect(decodeFixture('cr-only')).toMatchObject({ body: 'one\ntwo\n', headers: { length: 8 } })
})
