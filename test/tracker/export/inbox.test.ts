// The log as git: one commit a mail, the same ids wherever the same log is written, and nothing in it that nobody may see.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append, appendWithin } from '../../../sql/log.ts'
import type { Envelope, Tables } from '../../../sql/tables.ts'
import { epochDirectory, exportInbox, writeInbox } from '../../../tracker/export/inbox.ts'
import { reachOn } from '../../../tracker/export/inbox-reach.ts'
import { moderate } from '../../../tracker/project/moderate.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { testDatabase } from '../../database.ts'

let db: Kysely<Tables>
const dir = mkdtempSync(join(tmpdir(), 'threadwork-inbox-'))
beforeAll(async () => {
  db = (await testDatabase()).db
})
afterAll(async () => {
  await db.destroy()
  rmSync(dir, { recursive: true, force: true })
})

let made = 0
/** Lists of one name and address in databases of their own are one list; here each has another address below. */
async function newList(more: object = {}, on = db): Promise<List> {
  const [list] = await saveLists(on, [{ name: `tarn-${made++}`, address: 'tarn@lists.example.org', ...more }])
  if (!list) throw new Error('No list was saved')
  return list
}

const mail = (id: string, ...headers: string[]) =>
  Buffer.from(
    `${[
      'From: Ines Oduya <ines@example.org>',
      'To: tarn@lists.example.org',
      `Subject: about ${id}`,
      'Date: Mon, 2 Mar 2026 10:00:00 +0100',
      ...headers,
      `Message-ID: <${id}@example.org>`,
    ].join('\n')}\n\nThis is ${id}.\n`,
  )

const imported = { road: 'import' }
const live = { road: 'smtp', from: 'x@example.org', trace: '2026-03-02T10:00:01.000Z' }

async function add(
  list: List,
  mails: readonly Buffer[],
  envelope: Envelope = imported,
  on = db,
): Promise<void> {
  await append(
    on,
    list.id,
    mails.map(bytes => ({ bytes, envelope })),
  )
  await sortAll(on, list.id)
}

let places = 0
const newDirectory = () => join(dir, String(places++))

const write = (list: List, directory: string, epochBytesMax?: number, on = db) =>
  exportInbox({ db: on, list, directory, ...(epochBytesMax ? { epochBytesMax } : {}) })

const git = (directory: string, ...words: string[]): string =>
  execFileSync('git', ['-C', directory, ...words], { encoding: 'utf8' }).trimEnd()

/** The files of the commits, oldest first, each with the title. */
const log = (directory: string, epoch = 0): string[] =>
  git(epochDirectory(directory, epoch), 'log', '--reverse', '--format=>%s', '--name-only', 'master')
    .split('>')
    .slice(1)
    .map(commit => commit.trim().replace(/\s*\n\s*/g, ' '))

const head = (directory: string, epoch = 0) => git(epochDirectory(directory, epoch), 'rev-parse', 'master')

/** All that any object of it holds, in the history or not. */
const bytesOf = (directory: string, epoch = 0) =>
  execFileSync(
    'git',
    ['-C', epochDirectory(directory, epoch), 'cat-file', '--batch', '--batch-all-objects'],
    {
      encoding: 'latin1',
      maxBuffer: 64 * 1024 * 1024,
    },
  )

const id = (name: string) => messageId(`${name}@example.org`)
const hiding = (list: List, name: string) => ({
  list: list.id,
  messageId: id(name),
  who: 'ada',
  reason: 'spam',
})

test('a mail is the only file of its commit, byte for byte, by its author, with the times that it bears', async () => {
  const list = await newList({ name: 'birch' })
  const first = mail('a', 'Received: from x by y; Mon, 2 Mar 2026 09:00:05 +0000 (UTC)')
  const second = Buffer.from(
    'From: =?utf-8?q?J=C3=B6rg_B=C3=A4r?= <Joerg@Example.org>\nSubject: =?utf-8?q?R=C3=BCckfrage?=\n about\tit\nDate: Tue, 3 Mar 2026 08:00:00 +1600\nMessage-ID: <b@example.org>\nStatus: RO\n\nFrom here on\r\r\n\xff\n',
    'latin1',
  )
  const third = Buffer.from('To: tarn@lists.example.org\nMessage-ID: <c@example.org>\n\nno author, no date\n')
  await add(list, [first, second, third])
  const directory = newDirectory()
  await write(list, directory)
  const at = epochDirectory(directory, 0)
  const format = '--format=%an <%ae>|%ad|%cn <%ce>|%cd|%s'
  expect(git(at, 'log', '--reverse', '--date=raw', format).split('\n')).toEqual([
    'Ines Oduya <ines@example.org>|1772442000 +0100|birch <tarn@lists.example.org>|1772442005 +0000|about a',
    'Jörg Bär <Joerg@Example.org>|1772467200 +0000|birch <tarn@lists.example.org>|1772467200 +0000|Rückfrage about it',
    ' <>|0 +0000|birch <tarn@lists.example.org>|0 +0000|(no subject)',
  ])
  const blobs = ['master~2', 'master~1', 'master'].map(commit =>
    execFileSync('git', ['-C', at, 'cat-file', 'blob', `${commit}:m`]),
  )
  expect(blobs).toEqual([first, second, third])
  expect(git(at, 'ls-tree', '--name-only', 'master')).toBe('m')
  expect(git(at, 'fsck', '--strict', '--no-dangling')).toBe('')
  expect(git(at, 'symbolic-ref', 'HEAD')).toBe('refs/heads/master')
  expect(readFileSync(join(at, 'description'), 'utf8')).toBe('birch [epoch 0]\n')
})

test('the same log has the same ids, on another server, and whether it is written mail by mail or at once', async () => {
  const { db: other } = await testDatabase()
  const mails = Array.from({ length: 5 }, (_, at) => mail(`same-${at}`))
  const here = await newList({ name: 'moor' })
  const there = await newList({ name: 'moor' }, other)
  const beside = await newList({}, other)
  const grown = newDirectory()
  for (const one of mails) {
    await add(here, [one])
    await write(here, grown)
    await add(beside, [mail(`beside-${one.length}-${places}`)], imported, other)
    await add(there, [one], imported, other)
  }
  const atOnce = newDirectory()
  await write(there, atOnce, undefined, other)
  expect(log(grown)).toHaveLength(5)
  expect(head(atOnce)).toBe(head(grown))
  await other.destroy()
})

test('a mail whose number was given first stands first, though it is seen last', async () => {
  const list = await newList()
  const directory = newDirectory()
  await add(list, [mail('before')])
  await write(list, directory)
  const slow = Promise.withResolvers<void>()
  const given = Promise.withResolvers<void>()
  const writing = db.transaction().execute(async trx => {
    await appendWithin(trx, [{ list: list.id, bytes: mail('slow'), envelope: imported }])
    given.resolve()
    await slow.promise
  })
  await given.promise
  await add(list, [mail('quick')])
  await write(list, directory)
  expect(log(directory)).toEqual(['about before m'])
  slow.resolve()
  await writing
  await sortAll(db, list.id)
  await write(list, directory)
  expect(log(directory)).toEqual(['about before m', 'about slow m', 'about quick m'])
})

test('a mail that is not sorted yet, or held, is in no object; once it is released it stands at the end', async () => {
  const list = await newList({
    moderate: 'first',
    people: [{ address: 'mia@example.org', role: 'maintainer' }],
  })
  const directory = newDirectory()
  const newcomer = Buffer.from(mail('new').toString().replaceAll('Ines Oduya <ines@', 'Nia <nia@'))
  await append(db, list.id, [{ bytes: newcomer, envelope: live }])
  await write(list, directory)
  expect(bytesOf(directory)).toBe('')
  await sortAll(db, list.id)
  const maintainer = Buffer.from(mail('m').toString().replaceAll('Ines Oduya <ines@', 'Mia <mia@'))
  await add(list, [maintainer], live)
  await write(list, directory)
  expect(log(directory)).toEqual(['about m m'])
  expect(bytesOf(directory)).not.toContain('This is new')
  await moderate.release(db, { list: list.id, messageId: id('new'), who: 'mia' })
  await sortAll(db, list.id)
  await write(list, directory)
  expect(log(directory)).toEqual(['about m m', 'about new m'])
  const again = newDirectory()
  await write(list, again)
  expect(head(again)).toBe(head(directory))
})

test('what is hidden is taken out by a commit, and brought back by another; hidden before, it was never there', async () => {
  const list = await newList()
  const directory = newDirectory()
  await add(list, [mail('h1'), mail('h2'), mail('h3')])
  await moderate.hide(db, hiding(list, 'h1'))
  await write(list, directory)
  await moderate.hide(db, hiding(list, 'h2'))
  await write(list, directory)
  expect(log(directory)).toEqual(['about h2 m', 'about h3 m', 'rm d'])
  const at = epochDirectory(directory, 0)
  expect(git(at, 'rev-parse', 'master:d')).toBe(git(at, 'rev-parse', 'master~2:m'))
  await moderate.unhide(db, hiding(list, 'h2'))
  await moderate.unhide(db, hiding(list, 'h1'))
  await sortAll(db, list.id)
  await write(list, directory)
  expect(log(directory)).toEqual(['about h2 m', 'about h3 m', 'rm d', 'about h2 m', 'about h1 m'])
  const again = newDirectory()
  await write(list, again)
  expect(head(again)).toBe(head(directory))
})

test('what is purged is in no commit and no object any more, neither what was hidden first', async () => {
  const list = await newList()
  const directory = newDirectory()
  await add(
    list,
    ['p1', 'p2', 'p3', 'p4'].map(name => mail(name)),
  )
  await write(list, directory)
  const before = git(epochDirectory(directory, 0), 'rev-parse', 'master~3')
  await moderate.hide(db, hiding(list, 'p3'))
  await write(list, directory)
  for (const name of ['p2', 'p3']) await moderate.purge(db, hiding(list, name))
  await add(list, [mail('p5')])
  await write(list, directory)
  expect(log(directory)).toEqual(['about p1 m', 'about p4 m', 'about p5 m'])
  expect(git(epochDirectory(directory, 0), 'rev-parse', 'master~2')).toBe(before)
  const bytes = bytesOf(directory)
  expect(bytes).toContain('This is p4')
  expect(bytes).not.toMatch(/This is p[23]|about p[23]/)
  const again = newDirectory()
  await write(list, again)
  expect(head(again)).toBe(head(directory))
  for (const name of ['p1', 'p4', 'p5']) await moderate.purge(db, hiding(list, name))
  await write(list, directory)
  expect(git(epochDirectory(directory, 0), 'for-each-ref')).toBe('')
  expect(bytesOf(directory)).toBe('')
})

test('the next repository begins when one is full, at the same mail for everybody, and a purge touches its own alone', async () => {
  const list = await newList()
  const mails = Array.from({ length: 7 }, (_, at) => mail(`e${at}`))
  const directory = newDirectory()
  const max = 3 * (mails[0]?.length ?? 0)
  await add(list, mails.slice(0, 5))
  await write(list, directory, max)
  await add(list, mails.slice(5))
  await write(list, directory, max)
  const titles = (...numbers: number[]) => numbers.map(at => `about e${at} m`)
  expect([0, 1, 2].map(epoch => log(directory, epoch))).toEqual([titles(0, 1, 2), titles(3, 4, 5), titles(6)])
  const again = newDirectory()
  await write(list, again)
  const heads = (of: string) => [0, 1, 2].map(epoch => head(of, epoch))
  expect(heads(again)).toEqual(heads(directory))
  const [zero, one, two] = heads(directory)
  await moderate.purge(db, hiding(list, 'e4'))
  await write(list, directory, max)
  expect(log(directory, 1)).toEqual(titles(3, 5))
  expect([head(directory, 0), head(directory, 2)]).toEqual([zero, two])
  expect(head(directory, 1)).not.toBe(one)
  expect(bytesOf(directory, 1)).not.toContain('This is e4')
})

test('a writer that was killed behind a commit, or whose repository was lost or is of another log, comes to the same end', async () => {
  const list = await newList()
  const directory = newDirectory()
  const state = join(epochDirectory(directory, 0), 'threadwork.json')
  await add(list, [mail('k1')])
  await write(list, directory)
  const early = join(dir, 'early.json')
  cpSync(state, early)
  await add(list, [mail('k2'), mail('k3')])
  await write(list, directory)
  const end = head(directory)
  // The ref had moved, and the file had not.
  cpSync(early, state)
  await add(list, [mail('k4')])
  await write(list, directory)
  expect(git(epochDirectory(directory, 0), 'rev-parse', 'master~1')).toBe(end)
  const now = head(directory)
  rmSync(state)
  await write(list, directory)
  expect(head(directory)).toBe(now)
  const other = await newList()
  await add(other, [mail('k9')])
  await write(other, directory)
  expect(log(directory)).toEqual(['about k9 m'])
})

test('of two writers of one directory one writes', async () => {
  const list = await newList()
  await add(
    list,
    Array.from({ length: 50 }, (_, at) => mail(`w${at}`)),
  )
  await reachOn(db, [list.id])
  const directory = newDirectory()
  const written = await Promise.all([1, 2].map(() => writeInbox({ db, list, directory })))
  expect(written.filter(commits => commits !== null)).toEqual(expect.arrayContaining([50]))
  expect(written).toContain(null)
  expect(log(directory)).toHaveLength(50)
})
