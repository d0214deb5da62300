import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { type ImportOptions, importPaths } from '../../ingest/import.ts'
import type { ImportReport } from '../../ingest/progress.ts'
import { dialectOf } from '../../ingest/source/mbox-dialect.ts'
import { openSources } from '../../ingest/source/open.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { exportMbox } from '../../tracker/export/mbox.ts'
import { moderate } from '../../tracker/project/moderate.ts'
import { testDatabase } from '../database.ts'
import { writePublicInbox } from '../roads/public-inbox.ts'
import { all, mail, mboxOf } from './mails.ts'
import { until } from './until.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-sources-'))
afterAll(() => rmSync(directory, { recursive: true }))

let count = 0
const place = () => join(directory, String(count++))
const mails = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => mail(`mail-${from + index}`))

async function importer(options: Partial<ImportOptions> = {}) {
  const { db } = await testDatabase()
  const lists = await saveLists(db, [
    { name: 'demo', address: 'demo@lists.example.net', listId: 'demo.lists.example.net' },
    { name: 'bpf', address: 'bpf@lists.example.net', listId: 'bpf.lists.example.net' },
  ])
  const [demo, bpf] = lists
  if (demo === undefined || bpf === undefined) throw new Error('No lists')
  const names = async (list = demo) => {
    const mbox = Buffer.concat(await all(exportMbox(db, list.id))).toString()
    return [...mbox.matchAll(/^Subject: (.*)$/gm)].map(found => found[1])
  }
  return {
    db,
    demo,
    bpf,
    lists,
    names,
    read(
      paths: string[],
      more: Partial<ImportOptions> = {},
      stop = new AbortController(),
      stopAt = Infinity,
    ) {
      const progress = {
        show: (standing: { mails: number }) => void (standing.mails >= stopAt && stop.abort()),
        say: () => {},
        finish: () => {},
      }
      return importPaths({ db, list: demo, paths, signal: stop.signal, progress, ...options, ...more })
    },
  }
}

const counts = ({ read, fresh, known, hidden }: ImportReport) => ({ read, fresh, known, hidden })

describe('the dialect of an mbox', () => {
  const separator = 'From ada@example.org Mon Mar  2 10:00:00 2026'
  const of = (...mails: string[]) =>
    dialectOf(Buffer.from(mails.map(text => `${separator}\n${text}\n`).join('')))

  test.each([
    ['is mboxrd without any sign', ['a: 1\n\nx\n'], 'mboxrd'],
    ['is mboxrd when a quotation is one deeper than its neighbours', ['a: 1\n\n> x\n>>From y\n'], 'mboxrd'],
    ['is mboxo when it is as deep as they are', ['a: 1\n\n>>x\n>>From y\n'], 'mboxo'],
    [
      'is mboxcl when the bytes are counted and From is quoted',
      ['Content-Length: 9\n\n>From x\n\n', 'Content-Length: 2\n\ny\n'],
      'mboxcl',
    ],
    [
      'is mboxcl2 when the bytes are counted and From is not',
      ['Content-Length: 8\n\nFrom x\n\n', 'Content-Length: 2\n\ny\n'],
      'mboxcl2',
    ],
    [
      'is mboxrd when the count is wrong',
      ['Content-Length: 3\n\nFrom x, y\n', 'Content-Length: 7\n\ny\n'],
      'mboxrd',
    ],
  ])('%s', (_, texts, dialect) => {
    expect(of(...texts)).toBe(dialect)
  })

  test("is mboxo in Mailman's archives", () => {
    const text = 'From ada at example.org  Mon Mar  2 10:00:00 2026\nSubject: a\n\nx\n\n'
    expect(dialectOf(Buffer.from(text + text))).toBe('mboxo')
  })

  test('decides how "From " lines are read', async () => {
    const path = place()
    const body = `From here\n\n${separator}\n>From there\n`
    const counted = `Subject: cl2\nContent-Length: ${body.length}\n\n${body}`
    const lying = 'Subject: lying\nContent-Length: 99\n\n>From x\n'
    writeFileSync(path, `${separator}\n${counted}\n${separator}\n${counted}\n${separator}\n${lying}\n`)
    const [source] = await openSources(path)
    if (source === undefined) throw new Error('No source')
    const items = await all(source.read(undefined))
    expect(items.map(item => item.kind === 'mail' && String(item.bytes))).toEqual([counted, counted, lying])
  })
})

describe('a Maildir', () => {
  test('gives its mails in the order of delivery, whatever their flags', async () => {
    const path = place()
    for (const folder of ['cur', 'new', 'tmp']) mkdirSync(join(path, folder), { recursive: true })
    writeFileSync(join(path, 'new', '1700000002.M1.host'), mail('two'))
    writeFileSync(join(path, 'cur', '1700000001.M1.host:2,FS'), mail('one'))
    writeFileSync(join(path, 'cur', '1700000003.M1.host:2,'), mail('three'))
    writeFileSync(join(path, 'tmp', '1700000004.M1.host'), 'half a ma')
    const { read, names } = await importer()
    expect(counts(await read([path]))).toEqual({ read: 3, fresh: 3, known: 0, hidden: 0 })
    expect(await names()).toEqual(['one', 'two', 'three'])
  })

  test('may be read by somebody meanwhile, and goes on where it was interrupted', async () => {
    const path = place()
    for (const folder of ['cur', 'new']) mkdirSync(join(path, folder), { recursive: true })
    const total = limits.commitMailsMax + 5
    const file = (index: number) => `17${String(index).padStart(8, '0')}.M1.host`
    mails(0, total).forEach((bytes, index) => {
      writeFileSync(join(path, 'new', file(index)), bytes)
    })
    const { read, names } = await importer()
    const first = await read([path], {}, new AbortController(), 1)
    expect(first).toMatchObject({ interrupted: true, fresh: limits.commitMailsMax })
    renameSync(join(path, 'new', file(total - 1)), join(path, 'cur', `${file(total - 1)}:2,S`))
    expect(counts(await read([path]))).toMatchObject({ read: 5, fresh: 5 })
    expect(await names()).toHaveLength(total)
  })
})

describe('.eml files', () => {
  test('alone and in directories, with either line end, are mails', async () => {
    const path = place()
    mkdirSync(join(path, 'deep'), { recursive: true })
    const crlf = String(mail('crlf')).replaceAll('\n', '\r\n')
    writeFileSync(join(path, 'b.eml'), crlf)
    writeFileSync(join(path, 'deep', 'c.EML'), mail('deep', '+dos\r\n-dos\r\n'))
    writeFileSync(join(path, 'notes.txt'), 'no mail\n')
    const single = place()
    writeFileSync(single, mail('single'))
    const { db, demo, read, names } = await importer()
    expect(counts(await read([path, single]))).toEqual({ read: 3, fresh: 3, known: 0, hidden: 0 })
    expect(await names()).toEqual(['crlf', 'deep', 'single'])
    const again = await append(db, demo.id, [
      { bytes: mail('crlf'), envelope: { road: 'smtp' } },
      { bytes: mail('deep', '+dos\r\n-dos\r\n'), envelope: { road: 'smtp' } },
    ])
    expect(again.map(({ fresh }) => fresh)).toEqual([false, false])
  })

  test('with a byte order mark in front are the mails behind it, as are those of an mbox', async () => {
    const marked = (bytes: Buffer) => Buffer.concat([Buffer.from('\ufeff'), bytes])
    const [path, single, mbox] = [place(), place(), place()]
    mkdirSync(path)
    writeFileSync(join(path, 'a.eml'), marked(Buffer.from(String(mail('crlf')).replaceAll('\n', '\r\n'))))
    writeFileSync(single, marked(mail('single')))
    writeFileSync(mbox, marked(mboxOf([mail('one'), mail('two')])))
    const { db, demo, read, names } = await importer()
    expect(await read([path, single, mbox])).toMatchObject({ fresh: 4, problems: [] })
    expect(await names()).toEqual(['crlf', 'single', 'one', 'two'])
    const live = [mail('crlf'), mail('single'), mail('one')]
    const again = await append(
      db,
      demo.id,
      live.map(bytes => ({ bytes, envelope: { road: 'smtp' } })),
    )
    expect(again.map(({ fresh }) => fresh)).toEqual([false, false, false])
  })

  test('are all read but for the one that is broken, which is named', async () => {
    const path = place()
    mkdirSync(path)
    const packed = gzipSync(mail('broken'))
    writeFileSync(join(path, 'a.eml'), mail('a'))
    writeFileSync(join(path, 'b.eml.gz'), packed.subarray(0, 40))
    writeFileSync(join(path, 'c.eml'), mail('c'))
    const { read, names } = await importer()
    const { fresh, skipped, problems } = await read([path])
    expect({ fresh, skipped }).toEqual({ fresh: 2, skipped: 1 })
    expect(problems).toEqual([expect.stringMatching(/^Skipped the mail in b\.eml\.gz of .* gzip/)])
    expect(await names()).toEqual(['a', 'c'])
    writeFileSync(join(path, 'b.eml.gz'), packed)
    expect(await read([path])).toMatchObject({ fresh: 1, known: 2, problems: [] })
  })

  test('may have any name that a file can have', async () => {
    const path = place()
    mkdirSync(join(path, 'Grüße'), { recursive: true })
    writeFileSync(join(path, 'Grüße', 'ü.eml'), mail('utf-8'))
    const latin1 = Buffer.concat([Buffer.from(`${path}/m`), Buffer.from([0xfc, 0x6c, 0x6c])])
    mkdirSync(latin1)
    writeFileSync(Buffer.concat([latin1, Buffer.from('/\xe4.eml', 'latin1')]), mail('latin-1'))
    writeFileSync(join(path, "'\n$(x).eml"), mail('shell'))
    const { read, names } = await importer()
    expect(await read([path])).toMatchObject({ fresh: 3, problems: [] })
    expect((await names()).sort()).toEqual(['latin-1', 'shell', 'utf-8'])
  })
})

describe('a public-inbox', () => {
  const commits = (from: number, to: number) => mails(from, to).map(bytes => ({ bytes }))

  test.each(['v1', 'v2'] as const)(
    'of %s is resumed by commit and later gives only what is new',
    async layout => {
      const path = place()
      const total = limits.commitMailsMax + 20
      writePublicInbox(path, layout, commits(0, total))
      const { read, names } = await importer()
      const first = await read([path], {}, new AbortController(), 1)
      expect(first).toMatchObject({ interrupted: true, read: limits.commitMailsMax })
      expect(counts(await read([path]))).toMatchObject({ read: 20, fresh: 20 })
      expect(await names()).toEqual(mails(0, total).map((_, index) => `mail-${index}`))
      writePublicInbox(path, layout, commits(total, total + 3))
      expect(counts(await read([path]))).toMatchObject({ read: 3, fresh: 3 })
      expect(counts(await read([path]))).toMatchObject({ read: 0, fresh: 0 })
    },
  )

  test.each(['v1', 'v2'] as const)('of %s that deleted a mail hides it here', async layout => {
    const path = place()
    const [spam, ham] = [mail('spam'), mail('ham')]
    writePublicInbox(path, layout, [{ bytes: spam }, { bytes: ham }, { bytes: spam, deleted: true }])
    const { db, demo, read, names } = await importer()
    expect(counts(await read([path]))).toEqual({ read: 2, fresh: 2, known: 0, hidden: 1 })
    expect(await names()).toEqual(['ham'])
    const stone = await db.selectFrom('tombstone').selectAll().executeTakeFirstOrThrow()
    expect(stone).toMatchObject({
      message_id: 'spam@example.org',
      kind: 'hidden',
      who: 'archive',
      list_id: demo.id,
    })
    expect(stone.reason).toMatch(/^deleted in the archive in commit [0-9a-f]{12}$/)
  })

  test('that brings back what it deleted shows it again, at once and later, but not what an operator hid', async () => {
    const path = place()
    const [one, two, three] = [mail('one'), mail('two'), mail('three')]
    const taken = (bytes: Buffer) => ({ bytes, deleted: true })
    const early = [{ bytes: one }, taken(one), { bytes: one }, { bytes: two }, taken(two), { bytes: three }]
    writePublicInbox(path, 'v2', [...early, taken(three)])
    const { db, demo, read, names } = await importer()
    await read([path])
    expect(await names()).toEqual(['one'])
    const hidden = { list: demo.id, messageId: messageId('three@example.org'), reason: '' }
    await moderate.hide(db, { ...hidden, who: 'operator' })
    writePublicInbox(path, 'v2', [{ bytes: two }, { bytes: three }])
    await read([path])
    expect(await names()).toEqual(['one', 'two'])
    // Read from its start once more it comes to the same.
    await db.deleteFrom('import_progress').execute()
    await read([path])
    expect(await names()).toEqual(['one', 'two'])
  })

  test('that was written again is read again', async () => {
    const path = place()
    writePublicInbox(path, 'v2', commits(0, 3))
    const { read, names } = await importer()
    await read([path])
    rmSync(path, { recursive: true })
    writePublicInbox(path, 'v2', commits(1, 5))
    expect(counts(await read([path]))).toMatchObject({ read: 4, fresh: 2, known: 2 })
    expect(await names()).toHaveLength(5)
  })

  test('is followed: new commits and new epochs are taken as they come', { timeout: 240_000 }, async () => {
    const path = place()
    writePublicInbox(join(path, 'git', '0.git'), 'v2', commits(0, 2))
    const { read, names } = await importer()
    const stop = new AbortController()
    const report = read([path], { follow: true }, stop)
    await until(async () => (await names()).length === 2)
    writePublicInbox(join(path, 'git', '0.git'), 'v2', commits(2, 3))
    await until(async () => (await names()).length === 3)
    writePublicInbox(join(path, 'git', '1.git'), 'v2', commits(3, 5))
    await until(async () => (await names()).length === 5)
    stop.abort()
    expect(await report).toMatchObject({ fresh: 5, interrupted: false, problems: [] })
  })

  test('that is away or broken for a while is said so once, and followed again', {
    timeout: 240_000,
  }, async () => {
    const [path, away, other] = [place(), place(), place()]
    const head = join(path, 'HEAD')
    writePublicInbox(path, 'v2', commits(0, 2))
    writePublicInbox(other, 'v2', commits(100, 101))
    const { read, names } = await importer()
    const stop = new AbortController()
    const report = read([path, other], { follow: true }, stop)
    const follows = async (directory: string, index: number, count: number) => {
      writePublicInbox(directory, 'v2', commits(index, index + 1))
      await until(async () => (await names()).length === count)
    }
    await until(async () => (await names()).length === 3)
    renameSync(path, away)
    await follows(other, 101, 4)
    await follows(other, 102, 5)
    renameSync(away, path)
    await follows(path, 2, 6)
    const good = readFileSync(head)
    writeFileSync(head, 'ref: refs/heads/nowhere\n')
    await follows(other, 103, 7)
    await follows(other, 104, 8)
    writeFileSync(head, good)
    await follows(path, 3, 9)
    stop.abort()
    const reason = (text: string) => expect.stringMatching(new RegExp(`^Cannot import "${path}": .*${text}`))
    expect((await report).problems).toEqual([reason('no such file'), reason('')])
  })

  test('runs nothing that its configuration names', async () => {
    const path = place()
    const proof = place()
    writePublicInbox(path, 'v2', commits(0, 1))
    const set = (key: string, value: string) => execFileSync('git', ['-C', path, 'config', key, value])
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'gpg.program',
      'diff.external',
      'core.alternateRefsCommand',
    ])
      set(key, `touch ${proof}; false`)
    set('log.showSignature', 'true')
    const { read } = await importer()
    expect(counts(await read([path]))).toMatchObject({ fresh: 1 })
    expect(() => execFileSync('test', ['-e', proof])).toThrow()
  })

  test('alone can be followed', async () => {
    const path = place()
    writeFileSync(path, mail('one'))
    const { read } = await importer()
    expect((await read([path], { follow: true })).problems).toEqual([
      `Cannot import "${path}": only a public-inbox git directory can be followed`,
    ])
  })
})

describe('an archive of mixed mails', () => {
  const to = (name: string, ...headers: string[]) =>
    Buffer.from(
      [...headers, `Subject: ${name}`, `Message-ID: <${name}@example.org>`, '', `${name}\n`].join('\n'),
    )

  test('sorts them by List-Id, then To and Cc, and leaves out what is for no list', async () => {
    const path = place()
    mkdirSync(path)
    const letters = [
      to('stamped', 'List-Id: Demo <demo.lists.example.net>', 'To: bpf@lists.example.net'),
      to('stamped-twice', 'List-Id: <bpf.lists.example.net>', 'List-Id: Demo <demo.lists.example.net>'),
      to('both', 'To: Demo <DEMO@lists.example.net>', 'Cc: x@example.org, bpf@lists.example.net'),
      to('nobody', 'To: x@example.org'),
    ]
    letters.forEach((bytes, index) => {
      writeFileSync(join(path, `${index}.eml`), bytes)
    })
    const { read, names, lists, bpf, demo, db } = await importer()
    const report = await read([path], { list: undefined, lists })
    expect(counts(report)).toMatchObject({ read: 4, fresh: 3 })
    expect(report.problems).toEqual([expect.stringContaining('Skipped 1 mail of')])
    expect(await names(demo)).toEqual(['stamped', 'both'])
    expect(await names(bpf)).toEqual(['stamped-twice', 'both'])
    expect(await db.selectFrom('raw').select('hash').execute()).toHaveLength(3)
    expect(counts(await read([path], { list: demo, lists }))).toMatchObject({ read: 4, fresh: 1, known: 3 })
    expect(await names(demo)).toContain('nobody')
  })
})
