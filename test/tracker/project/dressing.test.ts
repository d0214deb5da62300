// A list teaches its dressing: through the database, in any order, live, imported and rebuilt.

import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import type { GivenList } from '../../../base/list-settings.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { hide } from '../../../tracker/project/moderate.ts'
import { assignAll, sortAll, startProjector } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { makeApp } from '../../../web/app.ts'
import { testDatabase } from '../../database.ts'
import { all } from '../../ingest/mails.ts'
import { until } from '../../ingest/until.ts'
import { shuffled } from '../threads.ts'

let db: Kysely<Tables>
beforeAll(async () => {
  db = (await testDatabase()).db
})
afterAll(() => db.destroy())

let lists = 0
async function newList(settings: Partial<GivenList> = {}): Promise<List> {
  const name = `moor-${lists++}`
  const [list] = await saveLists(db, [{ name, address: 'moor@lists.example.net', ...settings }])
  if (!list) throw new Error('No list was saved')
  return list
}

const people = ['ada', 'bo', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hal']
const stamp = 'List-Id: <moor.lists.example.net>\nList-Help: <mailto:hilfe@lists.example.net>\n'
const footer = '\n=====\nMoorland, Archiv: http://lists.example.net/archiv\n'

interface Dress {
  readonly prefix?: string
  readonly footer?: string
}

/** One posts a patch, which others review; the list's own copies wear `dress`, and the author's came directly, too. */
function thread(author: string, { prefix = '[torf-l] ', footer: foot = footer }: Dress = {}): Buffer[] {
  const id = `patch-${author}@example.org`
  const day = String(people.indexOf(author) + 1).padStart(2, '0')
  const subject = `[PATCH net] peat: cut ${author}`
  const patch = `Why ${author} cuts.\n\nSigned-off-by: ${author} <${author}@example.org>\n---\ndiff --git a/${author}.c b/${author}.c\n--- a/${author}.c\n+++ b/${author}.c\n@@ -1 +1 @@\n-a\n+b\n-- \n2.47.1\n`
  const head = (from: string, mid: string, hour: number) =>
    `From: ${from} <${from}@example.org>\nTo: moor@lists.example.net\nDate: Tue, ${day} Mar 2026 ${hour}:00:00 +0000\nMessage-ID: <${mid}>\n`
  const reviews = people
    .filter(person => person !== author)
    .slice(0, 3)
    .map(
      (person, at) =>
        `${head(person, `${person}-${id}`, 12 + at)}${stamp}In-Reply-To: <${id}>\nSubject: Re: ${prefix}${subject}\n\nGood.\n\nReviewed-by: ${person} <${person}@example.org>\n-- \n${person}, Moorland Ltd.\n${foot}`,
    )
  return [
    `${head(author, id, 10)}${stamp}Subject: ${prefix}${subject}\n\n${patch}${foot}`,
    `${head(author, id, 10)}Subject: ${subject}\n\n${patch}`,
    ...reviews,
  ].map(text => Buffer.from(text))
}

const mails = people.flatMap(person => thread(person))

async function arrive(list: List, arriving: readonly Buffer[], size = 3): Promise<void> {
  for (let at = 0; at < arriving.length; at += size) {
    const group = arriving.slice(at, at + size)
    await append(
      db,
      list.id,
      group.map(bytes => ({ bytes, envelope: { road: 'test' } })),
    )
    await sortAll(db, list.id)
  }
}

const topics = (list: List) =>
  db.selectFrom('topic').select(['id', 'digest']).where('list_id', '=', list.id).orderBy('id').execute()

const facts = async (list: List) =>
  (await db.selectFrom('fact').select('data').where('list_id', '=', list.id).orderBy('seq').execute()).map(
    row => row.data,
  )

const learnt = async (list: List) =>
  Number(
    (
      await db
        .selectFrom('mark_count')
        .select(eb => eb.fn.countAll().as('count'))
        .where('list_id', '=', list.id)
        .where('learnt', '=', true)
        .executeTakeFirstOrThrow()
    ).count,
  )

test('after some mails footer and prefix are known, and earlier mails are read again', async () => {
  const list = await newList()
  await arrive(list, thread('ada'))
  expect(await learnt(list)).toBe(0)
  expect((await facts(list))[0]?.subject.tags).toEqual(['torf-l', 'net'])
  await arrive(list, mails)
  expect(await learnt(list)).toBe(2)
  const read = await facts(list)
  expect(read.every(({ subject }) => subject.tags.join() === 'net')).toBe(true)
  expect(new Set(read.map(one => `${one.messageId} ${one.textHash}`)).size).toBe(people.length * 4)
  const exported = (await all(exportState(db, list.id, { numbers: false }))).join('')
  expect(exported.match(/"key":"Reviewed-by"/g)).toHaveLength(people.length * 3)
  const waiting = await db.selectFrom('unsorted').selectAll().where('list_id', '=', list.id).execute()
  expect(waiting).toEqual([])
})

test('a comment beside the code ends where the list begins to speak', async () => {
  const list = await newList()
  const remark = Buffer.from(
    thread('ada')[2]
      ?.toString()
      .replace(/\n\nGood[\s\S]*/, '\n\n> -a\n> +b\nWhy b?\n')
      .replace('bo-patch', 'why-patch') + footer,
  )
  await arrive(list, [...mails, remark], mails.length + 1)
  const app = makeApp({ db })
  const page = await (await app.request(`/${list.name}/patch-ada@example.org/`)).text()
  expect(page).toContain('Why b?')
  expect(page).not.toContain('Moorland, Archiv')
})

describe('the result is the same', () => {
  let expected: Awaited<ReturnType<typeof topics>>
  beforeAll(async () => {
    const list = await newList()
    await arrive(list, mails, mails.length)
    expected = await topics(list)
    expect(expected).toHaveLength(people.length)
  })

  test.each([1, 2, 3, 4])('in another order and other batches (%i)', { timeout: 240_000 }, async seed => {
    const list = await newList()
    await arrive(list, shuffled(mails, seed), seed)
    expect(await topics(list)).toEqual(expected)
    await rebuild(db, list.id)
    expect(await topics(list)).toEqual(expected)
  })

  test('by a worker that sorts while they come', async () => {
    const list = await newList()
    const projector = startProjector(db, { info() {}, warn() {}, error() {}, debug() {} } as never)
    for (const bytes of shuffled(mails, 9)) {
      await append(db, list.id, [{ bytes, envelope: { road: 'test' } }])
      projector.poke()
    }
    await until(async () => JSON.stringify(await topics(list)) === JSON.stringify(expected))
    await projector.close()
  })

  test('when the mails that taught it go out of sight', async () => {
    const list = await newList()
    await arrive(list, mails)
    for (const bytes of thread('hal')) {
      const id = messageId(/^Message-ID: <(.*)>$/m.exec(bytes.toString())?.[1] ?? '')
      await hide(db, { list: list.id, messageId: id, who: 'test', reason: '' })
    }
    await sortAll(db, list.id)
    const after = await topics(list)
    expect(after).toHaveLength(people.length - 1)
    await rebuild(db, list.id)
    expect(await topics(list)).toEqual(after)
  })
})

test('what too few are left to have sent is forgotten again', async () => {
  const list = await newList()
  await arrive(list, thread('ada'))
  await arrive(list, thread('hal'))
  await arrive(list, thread('dan'))
  expect(await learnt(list)).toBe(2)
  const before = await facts(list)
  for (const name of ['hal', 'dan'])
    await hide(db, { list: list.id, messageId: messageId(`patch-${name}@example.org`), who: '', reason: '' })
  await sortAll(db, list.id)
  expect(await learnt(list)).toBe(0)
  expect((await facts(list)).find(({ sender }) => sender.name === 'cleo')?.subject.tags).toEqual([
    'torf-l',
    'net',
  ])
  expect(before.find(({ sender }) => sender.name === 'cleo')?.subject.tags).toEqual(['net'])
})

test("a signature of one person, a project's tag and a company's notice of a few are no dressing", async () => {
  const list = await newList()
  const notice = '\n=====\nThis mail is confidential.\n'
  const own = people.flatMap((person, at) =>
    thread(person, { prefix: at < 5 ? '[kern] ' : '', footer: at < 5 ? notice : '' }).filter(
      (_, index) => index !== 1,
    ),
  )
  await arrive(list, own, own.length)
  expect(await learnt(list)).toBe(0)
  expect((await facts(list)).some(({ subject }) => subject.tags.includes('kern'))).toBe(true)
})

test('another configured prefix reads the mails again', async () => {
  const list = await newList()
  await arrive(list, thread('ada'))
  expect((await facts(list))[0]?.subject.tags).toEqual(['torf-l', 'net'])
  await saveLists(db, [{ name: list.name, address: 'moor@lists.example.net', prefix: 'Torf-L' }])
  await sortAll(db, list.id)
  expect((await facts(list)).every(({ subject }) => subject.tags.join() === 'net')).toBe(true)
})

test('the mails of a list that was just made are read once', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'new', address: 'new@lists.example.org', prefix: 'new' }])
  if (!list) throw new Error('No list')
  const bytes = Buffer.from(
    'From: Ada <ada@example.org>\nSubject: [new] a\nMessage-ID: <a@example.org>\n\nx\n',
  )
  await append(db, list.id, [{ bytes, envelope: { road: 'import' } }])
  expect(await assignAll(db, list.id)).toBe(1)
  expect(await sortAll(db, list.id)).toBe(0)
})
