import { beforeAll, expect, test } from 'vitest'
import { messageId } from '../../base/ids.ts'
import { lfOnly } from '../../base/line-ends.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { moderate } from '../../tracker/project/moderate.ts'
import { attachmentsOf } from '../../web/archive/attachments.ts'
import { partFileNames } from '../../web/archive/file-name.ts'
import { partBytes } from '../../web/archive/part-bytes.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { type Archive, makeArchive } from './archive.ts'

const png = Buffer.from('89504e470d0a1a0a0000000d4948445200', 'hex')

interface Part {
  readonly head: readonly string[]
  readonly body: string
}

const part = (type: string, name: string | null, body: string, disposition = 'attachment'): Part => ({
  head: [
    `Content-Type: ${type}`,
    `Content-Disposition: ${disposition}${name === null ? '' : `; filename="${name}"`}`,
  ],
  body,
})
const packed = (one: Part, bytes: Buffer): Part => ({
  head: [...one.head, 'Content-Transfer-Encoding: base64'],
  body: `${bytes.toString('base64')}\n`,
})

function multipart(boundary: string, parts: readonly Part[]): string {
  const cut = parts.map(({ head, body }) => `--${boundary}\n${head.join('\n')}\n\n${body}\n`)
  return `${cut.join('')}--${boundary}--\n`
}

const mailOf = (id: string, parts: readonly Part[]): Buffer =>
  Buffer.from(
    [
      'From: Ines Oduya <ines@example.org>',
      'To: tarn@lists.example.org',
      'Subject: What hangs on it',
      'Date: Mon, 02 Mar 2026 09:00:00 +0000',
      `Message-ID: <${id}>`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=outer',
      '',
      multipart('outer', parts),
    ].join('\n'),
  )

const said: Part = { head: ['Content-Type: text/plain'], body: 'See what hangs on it.' }
const diff = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n'
const inner: Part = {
  head: ['Content-Type: multipart/alternative; boundary=inner'],
  body: multipart('inner', [said, part('text/html', 'page.html', '<script>alert(1)</script>', 'inline')]),
}
const forwarded: Part = {
  head: ['Content-Type: message/rfc822'],
  body: 'From: a@example.com\nContent-Type: multipart/mixed; boundary=f\n\n--f\n\nin it\n--f\nContent-Type: image/png\n\nx\n--f--',
}

const odd = mailOf('odd@example.org', [
  inner,
  forwarded,
  packed(part('image/png', 'shot.png', ''), png),
  part('text/x-patch', 'fix.patch', diff),
  part('text/x-patch', 'fix.patch', diff.replace('+b', '+c')),
  part('application/x-sh', null, 'rm -rf /'),
  part('image/svg+xml', 'x.svg', '<svg onload="alert(1)"/>', 'inline'),
  part('text/html', '../../etc/<b>\u202egnp.html', '<script>alert(1)</script>'),
  part('application/pdf', '=?utf-8?q?=D0=BE=D1=82=D1=87=D1=91=D1=82.pdf?=', '%PDF'),
  part('application/octet-stream', "it's (a) name*.tar.gz", 'x'),
  part('application/octet-stream', 'empty.bin', ''),
])

let archive: Archive
let links: string[]
beforeAll(async () => {
  archive = await makeArchive([odd])
  const page = await archive.page('/tarn/odd@example.org/')
  links = [...page.matchAll(/<a href="([^"]*\/\d[\d.]*-[^"]*)"/g)].map(match => match[1] ?? '')
})

const get = (path: string, init?: RequestInit) => archive.app.request(path, init)
const bytesOf = async (path: string) => Buffer.from(await (await get(path)).arrayBuffer())
const linkTo = (number: string) => links.find(link => link.includes(`/${number}-`)) ?? `no link to ${number}`

test('the page of a mail links each of its attachments, in their order', () => {
  expect(links.map(link => link.replace('/tarn/odd@example.org/', ''))).toEqual([
    '1.2-page.html',
    '2-a.bin',
    '3-shot.png',
    '4-fix.patch',
    '5-fix.patch',
    '6-a.bin',
    '7-x.svg',
    '8-b-gnp.html',
    '9-a.pdf',
    '10-it-s-a-name-.tar.gz',
    '11-empty.bin',
  ])
})

test('each link gives the bytes that the sender attached', async () => {
  expect(await bytesOf(linkTo('3'))).toEqual(png)
  expect((await bytesOf(linkTo('4'))).toString()).toBe(diff)
  expect((await bytesOf(linkTo('5'))).toString()).toBe(diff.replace('+b', '+c'))
  expect((await bytesOf(linkTo('1.2'))).toString()).toBe('<script>alert(1)</script>')
  expect((await bytesOf(linkTo('2'))).toString()).toBe(forwarded.body)
  expect((await bytesOf(linkTo('11'))).toString()).toBe('')
})

test('a browser is told to save it, whatever it is, and of no type at all', async () => {
  for (const link of links) {
    const { status, headers } = await get(link)
    expect(status, link).toBe(200)
    expect(headers.get('Content-Disposition'), link).toMatch(
      /^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.%-]+$/,
    )
    expect(headers.get('X-Content-Type-Options'), link).toBe('nosniff')
    const policy = (headers.get('Content-Security-Policy') ?? '').split('; ')
    expect(policy, link).toEqual(
      expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", 'sandbox']),
    )
    expect(headers.get('Content-Type'), link).toBe('application/octet-stream')
  }
})

test("the name of the file is the mail's, in both forms, and no path", async () => {
  const nameOf = async (number: string) => (await get(linkTo(number))).headers.get('Content-Disposition')
  expect(await nameOf('9')).toBe(
    `attachment; filename="a.pdf"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf`,
  )
  expect(await nameOf('10')).toBe(
    `attachment; filename="it-s-a-name-.tar.gz"; filename*=UTF-8''it-s-a-name-.tar.gz`,
  )
  const other = await get('/tarn/odd@example.org/3-evil.exe')
  expect(other.headers.get('Content-Disposition')).toContain('filename="shot.png"')
})

test.each([
  [{ filename: null, type: 'text/x-patch' }, 'a.txt'],
  [{ filename: '', type: 'image/png' }, 'a.bin'],
  [{ filename: '..', type: 'image/png' }, 'a.bin'],
  [{ filename: '.htaccess', type: 'text/plain' }, 'a.htaccess'],
  [{ filename: '-rf.sh', type: 'text/plain' }, 'rf.sh'],
  [{ filename: 'C:\\x\\y.dll', type: 'text/plain' }, 'y.dll'],
  [{ filename: 'a\r\nSet-Cookie: b.txt', type: 'text/plain' }, 'a-Set-Cookie-b.txt'],
  [{ filename: `${'long'.repeat(500)}.patch`, type: 'text/plain' }, `${'long'.repeat(25)}.patch`],
])('the file name of %j is %s', (named, name) => {
  expect(partFileNames(named).ascii).toBe(name)
})

test('who has it already is told so, and HEAD answers what GET does', async () => {
  const link = linkTo('3')
  const first = await get(link)
  const tag = first.headers.get('ETag') ?? ''
  expect(tag).toMatch(/^W\//)
  expect((await get(link, { headers: { 'If-None-Match': tag } })).status).toBe(304)
  expect((await get(linkTo('4'), { headers: { 'If-None-Match': tag } })).status).toBe(200)
  const head = await get(link, { method: 'HEAD' })
  expect(head.status).toBe(200)
  expect([...head.headers]).toEqual([...first.headers])
  expect(await head.text()).toBe('')
})

test('a part that is no attachment, and a number that is none, lead nowhere', async () => {
  for (const name of ['1-a', '1.1-a', '1.2.1-a', '2.1-a', '2.2-a', '12-a', '0-a', '9999.9999-a', '3.-a'])
    for (const method of ['GET', 'HEAD'])
      expect((await get(`/tarn/odd@example.org/${name}`, { method })).status, name).not.toBe(200)
  expect((await get('/tarn/nobody@example.org/1-a.png')).status).toBe(404)
})

test('a hidden mail gives none of its attachments, and a purged one neither', async () => {
  const own = await makeArchive([odd])
  const link = linkTo('3')
  expect((await own.app.request(link)).status).toBe(200)
  const tag = (await own.app.request(link)).headers.get('ETag') ?? ''
  const stone = { messageId: messageId('odd@example.org'), who: 'Ruth', reason: 'spam' }
  for (const takeAway of [moderate.hide, moderate.purge]) {
    await takeAway(own.db, stone)
    const answer = await own.app.request(link, { headers: { 'If-None-Match': tag } })
    expect(answer.status).toBe(410)
    expect(await answer.text()).not.toContain('PNG')
  }
})

/** Null when mailparser does not find the part. */
async function readPart(raw: Buffer, path: string): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  for await (const piece of partBytes(raw, path)) pieces.push(piece)
  return pieces.length === 0 ? null : Buffer.concat(pieces)
}

/** The parts that a page offers, beside what mailparser finds under their numbers; a list of where they differ. */
async function strangers(raw: Buffer): Promise<string[]> {
  const mail = decodeMail(raw)
  const strange: string[] = []
  for (const { path } of attachmentsOf(mail)) {
    const bytes = await readPart(raw, path)
    if (bytes === null || !holds(mail, path, bytes)) strange.push(`${messageIdOf(raw).id} ${path}`)
  }
  return strange
}

/** Whether our walk has the same bytes at `path`; of a text in another charset they are not compared. */
function holds(mail: DecodedMail, path: string, bytes: Buffer): boolean {
  const other = mail.others.find(one => one.path === path)
  if (other) return [bytes.length, lfOnly(bytes).length].includes(other.bytes)
  const part = mail.parts.find(one => one.path === path)
  return !/^(?:utf-8|us-ascii)$/.test(part?.charset ?? '') || lfOnly(bytes).toString() === part?.text
}

/** Where the two differ on purpose. */
const deliberate = [
  // It says that it is base64 and is not: we count it as it stands, mailparser gives what it can decode.
  'lying-parts@example.org 3',
]

test('mailparser finds under each number what our own walk lists, in all invented mails', async () => {
  const strange: string[] = []
  let listed = 0
  for await (const raw of corpus(inventedPaths)) {
    listed += attachmentsOf(decodeMail(raw)).length
    strange.push(...(await strangers(raw)))
  }
  expect(listed).toBeGreaterThan(20)
  expect(strange).toEqual(deliberate)
})

const mixed = (head: string, body: string) =>
  Buffer.from(`From: a@example.org\nMessage-ID: <m@example.org>\n${head}\n\n${body}`)
const attached = 'Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\nx\n'

test.each<[string, Buffer]>([
  ['nested mails, no names, the same name twice', odd],
  ['a mail that is one attachment', mixed('Content-Type: application/pdf', '%PDF\n')],
  ['CRLF', Buffer.from(odd.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')],
  ['CR alone', Buffer.from(odd.toString('latin1').replaceAll('\n', '\r'), 'latin1')],
  [
    'a preamble, an epilogue, no end',
    mixed('Content-Type: multipart/mixed; boundary=b', `pre\n--b \n${attached}--b\t\n${attached}`),
  ],
  ['parts behind the end', mixed('Content-Type: multipart/mixed; boundary=b', `--b\n\nx\n--b--\nepilogue\n`)],
  [
    'boundaries that begin alike',
    mixed(
      'Content-Type: multipart/mixed; boundary=b',
      `--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n${attached}--bb--\n--b\n${attached}--b--\n`,
    ),
  ],
  ['an empty part', mixed('Content-Type: multipart/mixed; boundary=b', `--b\n--b\n${attached}--b--\n`)],
  [
    'a delivery report',
    mixed(
      'Content-Type: multipart/report; boundary=b',
      `--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b\nContent-Type: message/rfc822-headers\n\nSubject: x\n--b--\n`,
    ),
  ],
])('mailparser finds under each number what our own walk lists: %s', async (_, raw) => {
  expect(await strangers(raw)).toEqual([])
})

test.each<[string, string]>([
  ['a thousand parts', `${`--b\n${attached}`.repeat(5_000)}`],
  ['parts in parts', '--b\nContent-Type: multipart/mixed; boundary=b\n\n'.repeat(200_000)],
  ['one long line', `--b\n${attached}--b\nContent-Type: image/png\n\n${'x'.repeat(8_000_000)}\n--b--\n`],
])('a MIME bomb costs no more than a large mail: %s', async (_, body) => {
  const raw = mixed('Content-Type: multipart/mixed; boundary=b', body)
  const before = process.cpuUsage()
  for (const path of ['1', '1.1.1', '150', '999'])
    await readPart(raw, path).catch((error: { code?: string }) => expect(error.code).toBe('EMAXLEN'))
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(4_000)
})

test("the parts of a list's thread page are links, too", async () => {
  expect(await archive.page('/tarn/odd@example.org/T/')).toContain(`href="${linkTo('3')}"`)
})
