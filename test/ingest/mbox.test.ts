import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { openFileBytes } from '../../ingest/source/file-bytes.ts'
import { type MboxItem, readMbox } from '../../ingest/source/mbox.ts'
import { all, chunked, fromLine, mail, mboxOf } from './mails.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-mbox-'))
afterAll(() => rmSync(directory, { recursive: true }))

const read = async (bytes: Buffer, size = 7): Promise<MboxItem[]> => all(readMbox(chunked(bytes, size)))
const texts = (items: readonly MboxItem[]) => items.map(item => item.bytes?.toString('latin1'))
const textsOf = async (text: string) => texts(await read(Buffer.from(text, 'latin1')))

describe('an mbox', () => {
  test('gives each mail without its "From " line and without the blank line behind it', async () => {
    const mails = [mail('one'), mail('two', 'A blank line at the end.\n\n'), mail('three')]
    expect(texts(await read(mboxOf(mails)))).toEqual(mails.map(String))
  })

  test('reads the same however it is cut into chunks', async () => {
    const mbox = mboxOf([
      mail('one', '>From here\n\nFrom there\n'),
      mail('two'),
      mail('three', 'x'.repeat(5000)),
    ])
    const whole = await read(mbox, mbox.length)
    for (const size of [1, 2, 3, 5, 64, 1023]) expect(await read(mbox, size)).toEqual(whole)
  })

  test('goes on from any position that it gave out', async () => {
    const mbox = mboxOf([mail('one'), mail('two'), mail('three')])
    const items = await read(mbox)
    for (const [index, { position }] of items.entries()) {
      const rest = await all(readMbox(chunked(mbox.subarray(position), 100), position))
      expect(rest).toEqual(items.slice(index + 1))
    }
  })

  test('takes one ">" from lines that quote "From ", and only there', async () => {
    const body = '>From a\n>>From b\n> From c\nx >From d\n>Fromage\n'
    expect(await textsOf(`${fromLine}Subject: s\n\n${body}\n`)).toEqual([
      'Subject: s\n\nFrom a\n>From b\n> From c\nx >From d\n>Fromage\n',
    ])
  })

  const header =
    'X-Mozilla-Status: 0001\nFrom: Ada <ada@example.org>\nSubject: two\nMessage-ID: <two@example.org>\n'
  test.each([
    ['From '],
    ['From -'],
    ['From ada@example.org'],
    ['From ada@example.org 2026-03-02 09:00:00'],
    ['From ada@example.org on Monday'],
  ])('is split at %j above a header, in any chunks', async line => {
    const one = 'Subject: one\n\ntext\n'
    for (const size of [1, 7, 100]) {
      const items = await read(Buffer.from(`${fromLine}${one}\n${line}\n${header}\ntext\n\n`), size)
      expect(texts(items)).toEqual([one, `${header}\ntext\n`])
    }
    expect(await textsOf(`${line}\n${header}\ntext\n`)).toEqual([`${header}\ntext\n`])
  })

  test.each([
    ['prose', 'From ada I heard this:\nSubject: none\n\ntext\n'],
    [
      'a header that somebody quotes',
      'From ada\nFrom: Ada <ada@example.org>\nSubject: x\nDate: today\n\ntext\n',
    ],
    ['a header with other lines', `From ada\n${header}and more\n\ntext\n`],
  ])('is not split at a bare "From " line above %s', async (_, rest) => {
    const body = `Subject: s\n\ntext\n\n${rest}`
    expect(await textsOf(`${fromLine}${body}\n`)).toEqual([body])
  })

  test('gives the time of its "From " line to a mail without a Date, and to no other', async () => {
    const line = 'From ada@example.org Mon Mar  2 10:00:00 2026\n'
    const items = await read(
      Buffer.from(
        `${line}Subject: a\n\na\n\n${line}Subject: b\nDate: soon\n\nb\n\n${line}Date: Mon, 2 Mar 2026 09:00:00 +0000\n\nc\n\nFrom mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: d\n\nd\n`,
      ),
    )
    const posted = '2026-03-02T10:00:00.000Z'
    expect(items.map(item => (item.bytes ? item.posted : null))).toEqual([
      posted,
      posted,
      undefined,
      undefined,
    ])
  })

  test.each([
    ['has no date', 'From now on we use tabs\n'],
    ['has a time without a year', 'From 10:00:00 on\n'],
    ['stands behind a line with text', null],
  ])('is not split at a line "From " that %s', async (_, line) => {
    const body = line === null ? `text\n${fromLine}` : `text\n\n${line}`
    expect(await textsOf(`${fromLine}Subject: s\n\n${body}\n`)).toEqual([`Subject: s\n\n${body}`])
  })

  test.each([
    'From ada@example.org Mon Mar  2 10:00:00 2026',
    'From ada at example.org  Mon Mar  2 10:00:00 2026',
    'From ada@example.org Mon Mar  2 10:00:00 UTC 2026',
    'From ada@example.org Mon Mar  2 10:00:00 2026 +0100',
    'From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001',
  ])('is split at "%s"', async line => {
    expect(await textsOf(`${line}\na: 1\n\nx\n\n${line}\na: 2\n\ny\n\n`)).toEqual([
      'a: 1\n\nx\n',
      'a: 2\n\ny\n',
    ])
  })

  test('with CRLF gives the same mails as with LF', async () => {
    const mbox = mboxOf([mail('one', '>From here\n\nlast\n'), mail('two')])
    const crlf = Buffer.from(mbox.toString().replaceAll('\n', '\r\n'))
    expect(texts(await read(crlf))).toEqual(texts(await read(mbox)))
  })

  test('with LF keeps the CRs of a patch of a DOS file', async () => {
    const bytes = mail('dos', '+line\r\n-line\r\n')
    expect(texts(await read(mboxOf([bytes])))).toEqual([String(bytes)])
  })

  test('cut in the middle of a mail keeps what there is of it', async () => {
    const [one, two] = [mail('one'), mail('two')]
    const cut = mboxOf([one, two]).subarray(0, -12)
    expect(texts(await read(cut))).toEqual([String(one), String(two).slice(0, -11)])
  })

  test('without anything has no mails', async () => {
    expect(await read(Buffer.from(''))).toEqual([])
    expect(await read(Buffer.from('\n\r\n'))).toEqual([])
  })

  test('is refused when it does not begin with a "From " line', async () => {
    for (const text of [
      'Subject: a mail\n\nbody\n',
      '\u0000\u0001\u0002',
      '{"kind":"bug"}',
      'From',
      'x'.repeat(5000),
    ])
      await expect(textsOf(text)).rejects.toThrow('does not begin with a "From " line')
  })

  test('with a mail above the limit tells where it stands and goes on behind it', async () => {
    const mails = [mail('one'), mail('three')]
    const huge = limits.importMailBytesMax + 10_000_000
    const lines = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(256))
    async function* chunks() {
      yield mboxOf(mails.slice(0, 1))
      yield Buffer.from(`${fromLine}Subject: huge\n\n`)
      for (let bytes = 0; bytes < huge; bytes += lines.length) yield lines
      yield Buffer.from('\n')
      yield mboxOf(mails.slice(1))
    }
    const items = await all(readMbox(chunks()))
    expect(texts(items)).toEqual([String(mails[0]), undefined, String(mails[1])])
    expect(items[1]).toMatchObject({ bytes: null, begin: mboxOf(mails.slice(0, 1)).length })
    expect(items[1]?.bytes === null && items[1].tooLarge).toBeGreaterThan(huge)
  })

  test('splits as git mailsplit does', async () => {
    const mails = ['one', 'two', 'three'].map(name =>
      mail(name, `>From here\n>>From there\n \nFrom now on\n${name}\n`),
    )
    writeFileSync(join(directory, 'mbox'), mboxOf(mails))
    const git = spawnSync('git', [
      'mailsplit',
      '--mboxrd',
      '--keep-cr',
      `-o${directory}`,
      join(directory, 'mbox'),
    ])
    expect(git.status).toBe(0)
    const split = readdirSync(directory)
      .filter(name => /^\d+$/.test(name))
      .sort()
    const byGit = split.map(name => readFileSync(join(directory, name), 'latin1'))
    // git keeps the "From " line and the blank line that belong to the mbox.
    const ours = texts(await read(mboxOf(mails))).map(text => `${fromLine}${text}\n`)
    expect(ours).toEqual(byGit)
  })
})

describe('a file', () => {
  const content = mboxOf(Array.from({ length: 2000 }, (_, index) => mail(`mail-${index}`)))
  const write = (name: string, bytes: Buffer) => {
    writeFileSync(join(directory, name), bytes)
    return join(directory, name)
  }
  const readFile = async (path: string, start = 0) => {
    const chunks: Buffer[] = []
    const failure = await (async () => {
      for await (const chunk of (await openFileBytes(path)).read(start)) chunks.push(chunk)
    })().catch((error: Error) => error.message)
    return { bytes: Buffer.concat(chunks), failure }
  }

  test('is unpacked by its first bytes, not by its name', async () => {
    expect(await readFile(write('plain.gz', content))).toEqual({ bytes: content, failure: undefined })
    expect(await readFile(write('packed.mbox', gzipSync(content)))).toEqual({
      bytes: content,
      failure: undefined,
    })
  })

  test('of two gzip members is both of them', async () => {
    const two = Buffer.concat([gzipSync(content), gzipSync(content)])
    expect((await readFile(write('two.gz', two))).bytes).toEqual(Buffer.concat([content, content]))
  })

  test('is read from the middle of its content', async () => {
    for (const path of [write('a', content), write('b', gzipSync(content))])
      expect((await readFile(path, 100_001)).bytes).toEqual(content.subarray(100_001))
  })

  test('of gzip that breaks off gives all that could be unpacked, then says so', async () => {
    const packed = gzipSync(content)
    const { bytes, failure } = await readFile(write('cut.gz', packed.subarray(0, packed.length >> 1)))
    expect(failure).toContain('Cannot unpack gzip: unexpected end of file')
    expect(bytes.length).toBeGreaterThan(content.length / 4)
    expect(content.subarray(0, bytes.length)).toEqual(bytes)
  })

  test.each(['zstd', 'xz', 'bzip2'])('is unpacked from %s, also of several parts', async program => {
    const pack = (bytes: Buffer) =>
      execFileSync(program, ['--compress', '--stdout', '--quiet', '-'].slice(program === 'xz' ? 0 : 1), {
        input: bytes,
        maxBuffer: 1 << 28,
      })
    const packed = pack(content)
    for (const start of [0, 100_001])
      expect(await readFile(write(`one.${program}`, packed), start)).toEqual({
        bytes: content.subarray(start),
        failure: undefined,
      })
    expect(await readFile(write(`two.${program}`, Buffer.concat([packed, packed])))).toEqual({
      bytes: Buffer.concat([content, content]),
      failure: undefined,
    })
    // Left early, as an import is that was stopped.
    for await (const chunk of (await openFileBytes(write(`left.${program}`, packed))).read(0)) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    const cut = await readFile(write(`cut.${program}`, packed.subarray(0, packed.length - 20)))
    expect(cut.failure).toContain(`Cannot unpack ${program}: `)
    expect(content.subarray(0, cut.bytes.length)).toEqual(cut.bytes)
  })

  test('is a text that begins as bzip2 does', async () => {
    const text = Buffer.from('BZh: no header of mine\n\nand so on\n')
    expect((await readFile(write('text', text))).bytes).toEqual(text)
  })
})
