// A list that holds the mails of newcomers until a maintainer lets them pass.

import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageId, type Seq, seq as toSeq } from '../../../base/ids.ts'
import type { GivenList } from '../../../base/list-settings.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { exportMbox } from '../../../tracker/export/mbox.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { hide, moderate } from '../../../tracker/project/moderate.ts'
import { sortAll, startProjector } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { makeApp } from '../../../web/app.ts'
import { testDatabase } from '../../database.ts'
import { all } from '../../ingest/mails.ts'
import { until } from '../../ingest/until.ts'

let db: Kysely<Tables>
beforeAll(async () => {
  db = (await testDatabase()).db
})
afterAll(() => db.destroy())

const settings: Omit<GivenList, 'name'> = {
  address: 'moor@lists.example.net',
  moderate: 'first',
  people: [
    { address: 'Mia@example.org', role: 'maintainer' },
    { address: 'rob@example.org', role: 'robot' },
  ],
}

let lists = 0
async function newList(more: Partial<GivenList> = {}): Promise<List> {
  const [list] = await saveLists(db, [{ name: `held-${lists++}`, ...settings, ...more }])
  if (!list) throw new Error('No list was saved')
  return list
}

const letter = (who: string, name: string, text = `This is ${name}.`, answers = '') =>
  Buffer.from(
    `From: ${who} <${who}@example.org>\nTo: moor@lists.example.net\nSubject: ${answers ? 'Re: ' : ''}the build breaks in 1.4.2\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <${name}@example.org>\n${answers ? `In-Reply-To: <${answers}@example.org>\n` : ''}\n${text}\n`,
  )

async function arrive(list: List, ...mails: Buffer[]): Promise<Seq[]> {
  const envelope = { road: 'smtp', from: 'x@example.org', trace: '2026-03-02T10:00:01.000Z' }
  const appended = await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope })),
  )
  await sortAll(db, list.id)
  return appended.map(({ seq }) => seq)
}

async function importMails(list: List, ...mails: Buffer[]): Promise<void> {
  await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope: { road: 'import' } })),
  )
  await sortAll(db, list.id)
}

const state = async (list: List) => (await all(exportState(db, list.id, { numbers: false }))).join('')
const release = (list: List, name: string) =>
  moderate.release(db, { list: list.id, messageId: messageId(`${name}@example.org`), who: 'operator' })

async function judge(list: List, seq: Seq | undefined, grade: 'A' | 'B' | 'C', identity: string | null) {
  await db
    .insertInto('verdict')
    .values({ list_id: list.id, seq: seq ?? toSeq(0), grade, how: '{"code":"unsigned"}', identity })
    .execute()
  await sortAll(db, list.id)
}

test("a newcomer's mail is in the log and nowhere else, and the list's page counts it", async () => {
  const list = await newList()
  const app = makeApp({ db })
  const page = async (path: string) => (await app.request(`/${list.name}/${path}`)).text()
  await arrive(list, letter('mia', 'root'), letter('ned', 'first', 'Cheap peat!', 'root'))
  expect(await state(list)).toContain('root@example.org')
  expect(await state(list)).not.toContain('first@example.org')
  expect(Buffer.concat(await all(exportMbox(db, list.id))).toString()).not.toContain('Cheap')
  expect((await app.request(`/${list.name}/first@example.org/`)).status).toBe(404)
  expect((await app.request(`/${list.name}/first@example.org/raw`)).status).toBe(404)
  expect(await page('?q=cheap')).not.toContain('first@example.org')
  expect(await page('')).toMatch(/<h2>Held<\/h2>\s*<p>1 mail of people who never posted/)
  const { changed } = await release(list, 'first')
  await sortAll(db, list.id)
  expect(changed).toBe(1)
  expect(await state(list)).toContain('first@example.org')
  expect(await page('')).not.toContain('<h2>Held</h2>')
  expect((await release(list, 'first')).lists).toEqual([])
})

test('a release lets all pass that waits of the sender, and what he sends later', async () => {
  const list = await newList()
  await arrive(list, letter('ned', 'one'), letter('ned', 'two', 'More.', 'one'), letter('zoe', 'three'))
  await release(list, 'two')
  await sortAll(db, list.id)
  await arrive(list, letter('ned', 'four'))
  const shown = await state(list)
  for (const name of ['one', 'two', 'four']) expect(shown).toContain(`${name}@example.org`)
  expect(shown).not.toContain('three@example.org')
})

test('people with a role, people of the archive and people from before are no newcomers', async () => {
  const list = await newList({ moderate: 'no' })
  await arrive(list, letter('old', 'before'))
  await saveLists(db, [{ name: list.name, ...settings }])
  await importMails(list, letter('amy', 'archived'))
  await arrive(
    list,
    letter('old', 'old-2'),
    letter('amy', 'amy-2'),
    letter('rob', 'robot'),
    letter('ned', 'new'),
  )
  const shown = await state(list)
  for (const name of ['before', 'archived', 'old-2', 'amy-2', 'robot'])
    expect(shown).toContain(`${name}@example.org`)
  expect(shown).not.toContain('new@example.org')
})

test('a rebuild shows the same', async () => {
  const list = await newList()
  await arrive(
    list,
    letter('mia', 'root'),
    letter('ned', 'one', 'Yes.', 'root'),
    letter('zoe', 'two', 'No.', 'root'),
  )
  await release(list, 'one')
  await sortAll(db, list.id)
  const before = await state(list)
  await saveLists(db, [{ name: list.name, ...settings, people: [] }])
  await sortAll(db, list.id)
  await rebuild(db, list.id)
  expect(await state(list)).toBe(before)
})

test('nobody sees it before it is sorted', async () => {
  const list = await newList()
  const envelope = { road: 'smtp', trace: '2026-03-02T10:00:01.000Z' }
  await append(db, list.id, [{ bytes: letter('ned', 'fresh'), envelope }])
  const app = makeApp({ db })
  for (const path of ['fresh@example.org/', 'fresh@example.org/raw'])
    expect((await app.request(`/${list.name}/${path}`)).status).toBe(404)
})

test('without moderation nothing is held', async () => {
  const list = await newList({ moderate: 'no' })
  await arrive(list, letter('ned', 'one'))
  expect(await state(list)).toContain('one@example.org')
})

test('what is hidden while it waits is not released', async () => {
  const list = await newList()
  await arrive(list, letter('ned', 'one'), letter('ned', 'two'))
  await hide(db, { list: list.id, messageId: messageId('one@example.org'), who: 'operator', reason: '' })
  await release(list, 'two')
  await sortAll(db, list.id)
  expect(await state(list)).not.toContain('one@example.org')
  expect(await state(list)).toContain('two@example.org')
  await moderate.unhide(db, {
    list: list.id,
    messageId: messageId('one@example.org'),
    who: 'operator',
    reason: '',
  })
  await sortAll(db, list.id)
  expect(await state(list)).toContain('one@example.org')
})

const line = 'Welcome.\n\nRelease: <first@example.org>'

test.each([
  ['A', 'mia@example.org', true],
  ['B', 'mia@example.org', true],
  ['C', null, false],
  ['A', 'rob@example.org', false],
] as const)('a line by mail with the grade %s of %s', async (grade, identity, passes) => {
  const list = await newList()
  await arrive(list, letter('ned', 'first'))
  const [seq] = await arrive(list, letter('mia', 'welcome', line))
  expect(await state(list)).not.toContain('first@example.org')
  await judge(list, seq, grade, identity)
  expect((await state(list)).includes('"first@example.org"')).toBe(passes)
  await rebuild(db, list.id)
  expect((await state(list)).includes('"first@example.org"')).toBe(passes)
  await arrive(list, letter('ned', 'later'))
  expect((await state(list)).includes('"later@example.org"')).toBe(passes)
})

test('a maintainer whom the repository names is no newcomer, and releases', async () => {
  const list = await newList()
  const people = JSON.stringify([
    { person: { name: 'Sif', address: 'sif@example.org' }, role: 'maintainer', paths: ['wal/'] },
  ])
  await db.insertInto('roster').values({ list_id: list.id, people }).execute()
  await arrive(list, letter('ned', 'first'))
  const [seq] = await arrive(list, letter('sif', 'welcome', line))
  expect(await state(list)).toContain('"welcome@example.org"')
  await judge(list, seq, 'A', 'sif@example.org')
  expect(await state(list)).toContain('"first@example.org"')
})

test('the line may come before the mail that it releases', async () => {
  const list = await newList()
  const [seq] = await arrive(list, letter('mia', 'welcome', line))
  await judge(list, seq, 'A', 'mia@example.org')
  await arrive(list, letter('ned', 'first'))
  expect(await state(list)).toContain('"first@example.org"')
})

test('a quoted line releases nothing, and a line once refused is not heard later', async () => {
  const list = await newList({ people: [] })
  await arrive(list, letter('ned', 'first'))
  await saveLists(db, [{ name: list.name, ...settings }])
  const [quoted] = await arrive(list, letter('mia', 'quoted', `> Release: <first@example.org>\n\nNo.`))
  await judge(list, quoted, 'A', 'mia@example.org')
  expect(await state(list)).not.toContain('"first@example.org"')
  await saveLists(db, [{ name: list.name, ...settings, people: [] }])
  await importMails(list, letter('mia', 'welcome', line))
  const row = await db
    .selectFrom('mail')
    .select('seq')
    .where('list_id', '=', list.id)
    .where('message_id', '=', 'welcome@example.org')
    .executeTakeFirstOrThrow()
  await judge(list, row.seq, 'A', 'mia@example.org')
  await saveLists(db, [{ name: list.name, ...settings }])
  await rebuild(db, list.id)
  expect(await state(list)).not.toContain('"first@example.org"')
})

test('a worker obeys as soon as the verdict is there', async () => {
  const list = await newList()
  await arrive(list, letter('ned', 'first'))
  const [seq] = await arrive(list, letter('mia', 'welcome', line))
  const projector = startProjector(db, { info() {}, warn() {}, error() {}, debug() {} } as never)
  await db
    .insertInto('verdict')
    .values({
      list_id: list.id,
      seq: seq ?? toSeq(0),
      grade: 'A',
      how: '{"code":"unsigned"}',
      identity: 'mia@example.org',
    })
    .execute()
  await until(async () => (await state(list)).includes('"first@example.org"'))
  await projector.close()
})
