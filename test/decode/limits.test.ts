import { expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { crlfTwin, mailOf } from './fixture.ts'

/** Milliseconds of this process's CPU: a wall clock would measure our neighbours. */
function cost(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test('a header of 2 MB is read up to the limit, the body after it too', () => {
  const raw = mailOf(`X-Long: ${'x'.repeat(2_000_000)}\nSubject: behind it`, 'Body\n')
  const mail = decodeMail(raw)
  expect(mail.headers.map(header => header.name)).toEqual(['from', 'message-id'])
  expect(mail).toMatchObject({
    body: 'Body\n',
    problems: ['The header is longer than 256 kB; the rest of it is not read'],
  })
  expect(messageIdOf(mailOf(`X-Long: ${'x'.repeat(2_000_000)}`, '')).id).toBe('g1@example.org')
})

test('fields above the limit are not read', () => {
  const mail = decodeMail(mailOf('X-Mark: yes\n'.repeat(2_000).trimEnd(), 'Body\n'))
  expect(mail.headers).toHaveLength(limits.headerFieldsMax)
  expect(mail).toMatchObject({
    body: 'Body\n',
    problems: ['The header has more than 1000 fields; the rest are not read'],
  })
})

test('a body above the limit is cut behind a whole line, the same for LF and CRLF', () => {
  const raw = mailOf(
    'Content-Type: text/plain; charset=utf-8',
    'one line of the endless gauge log, 10 °C\n'.repeat(150_000),
  )
  const mail = decodeMail(raw)
  expect(Buffer.byteLength(mail.body)).toBeLessThanOrEqual(limits.textBytesMax)
  expect(Buffer.byteLength(mail.body)).toBeGreaterThan(limits.textBytesMax - 100)
  expect(mail.body.endsWith('10 °C\n')).toBe(true)
  expect(mail.problems).toEqual(['The text is longer than 4 MB; the rest is in the raw mail only'])
  expect(decodeMail(crlfTwin(raw))).toEqual(mail)
})

test.each([
  ['text/plain', '\n', 4_000_000],
  ['text/html', 'x<br>', 800_000],
])('lines of %s above the limit are not read', (type, line, count) => {
  const mail = decodeMail(mailOf(`Content-Type: ${type}`, `said\n${line.repeat(count)}`))
  expect(mail.body.startsWith('said')).toBe(true)
  expect(mail.body.split('\n').length - 1).toBeLessThanOrEqual(limits.textLinesMax)
  expect(mail.problems.join()).toMatch(/150000 lines/)
})

test('lines of attached patches count, too', () => {
  const part = `--b\nContent-Type: text/x-patch\n\n${'+\n'.repeat(100_000)}`
  const mail = decodeMail(
    mailOf('Content-Type: multipart/mixed; boundary=b', `--b\n\nsaid\n${part}${part}--b--\n`),
  )
  const lines = [mail.body, ...mail.attachedPatches.map(({ text }) => text)].join('').split('\n')
  expect(lines.length - 1).toBeLessThanOrEqual(limits.textLinesMax + 2)
  expect(mail.attachedPatches).toHaveLength(2)
})

test('parts above the limit are not read', () => {
  const mail = decodeMail(mailOf('Content-Type: multipart/mixed; boundary=b', '--b\n\nx\n'.repeat(5_000)))
  expect(mail.parts.length).toBeLessThanOrEqual(limits.mimePartsMax)
  expect(mail.problems).toEqual(['The mail has more than 200 parts; the rest are not read'])
})

test('nesting above the limit is not read', () => {
  let body = 'deepest\n'
  for (let depth = 100; depth > 1; depth--) {
    body = `--b${depth - 1}\nContent-Type: multipart/mixed; boundary=b${depth}\n\n${body}--b${depth - 1}--\n`
  }
  const mail = decodeMail(mailOf('Content-Type: multipart/mixed; boundary=b1', body))
  expect(mail).toMatchObject({ parts: [], body: '' })
  expect(mail.problems).toContain('The parts of the mail are nested more than 20 deep; the rest is not read')
})

const megabytes = 1
const fill = (text: string) => text.repeat(Math.ceil((megabytes * 1024 * 1024) / text.length))
const html = 'Content-Type: text/html; charset=utf-8'

test.each([
  [
    'a content type of comments',
    () => mailOf(`Content-Type: text/plain; ${'('.repeat(20_000).slice(0, 200_000)}`, ''),
  ],
  [
    'a content type of continuations',
    () => mailOf(`Content-Type: text/plain; ${"name*1*=a'b'c;".repeat(20_000).slice(0, 200_000)}`, ''),
  ],
  [
    'boundaries with blanks',
    () => mailOf('Content-Type: multipart/mixed; boundary=b', fill(`--b${' '.repeat(999)}x\n`)),
  ],
  [
    'parts in parts',
    () =>
      mailOf(
        'Content-Type: multipart/mixed; boundary=b',
        fill('--b\nContent-Type: multipart/mixed; boundary=b\n\n'),
      ),
  ],
  [
    'quoted-printable of equals signs',
    () => mailOf('Content-Transfer-Encoding: quoted-printable', fill('= = = =')),
  ],
  ['base64 of padding', () => mailOf('Content-Transfer-Encoding: base64', fill('YQ=='))],
  ['html of open tags', () => mailOf(html, fill('<a '))],
  ['html of comments', () => mailOf(html, fill('<!--'))],
  ['html of scripts', () => mailOf(html, fill('<script>'))],
  ['html of quotations', () => mailOf(html, fill('<blockquote>a'))],
  ['html of ampersands', () => mailOf(html, fill('&#'))],
  ['html of less-than signs', () => mailOf(html, fill('<'))],
  ['html of elements in elements', () => mailOf(html, fill('<b>'))],
  ['html of forms', () => mailOf(html, fill('<form>'))],
  ['html of hidden elements', () => mailOf(html, `<div hidden>${fill('<div>')}`)],
  ['html of attributes', () => mailOf(html, `<a ${fill('style="display')}`)],
  ['html of CDATA', () => mailOf(html, fill('<![CDATA['))],
  ['html of blanks', () => mailOf(html, fill(' '))],
  [
    'stray bytes',
    () =>
      Buffer.concat([mailOf('Content-Type: text/plain', ''), Buffer.alloc(megabytes * 1024 * 1024, 0xe9)]),
  ],
])('%s of 1 MB cost no more than a large mail does', (_, make) => {
  const raw = make()
  expect(cost(() => decodeMail(raw))).toBeLessThan(1_500)
  expect(cost(() => messageIdOf(raw))).toBeLessThan(500)
})
