// After an upgrade mails that an older program read are read again: behind new mail, in place, and nobody is written to.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { append } from '../../../sql/log.ts'
import { readAgain, wake } from '../../../sql/wake.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { assign } from '../../../tracker/project/assign.ts'
import { wakeOutdated } from '../../../tracker/project/outdated.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { makeDesk } from '../../answer/desk.ts'
import { all } from '../../ingest/mails.ts'

const question = Buffer.from(
  'From: Ada Example <ada@example.org>\nTo: tarn-devel@lists.example.org\nSubject: a question\nDate: Mon, 02 Mar 2026 12:00:00 +0000\nMessage-ID: <question@example.org>\n\nDoes it hold?\n',
)

test('a mail that an older program understood less of is read again by a newer one', async () => {
  const desk = await makeDesk({ answers: { bugs: true, states: true } })
  const { db, list } = desk
  for (const name of ['patch', 'accepted', 'bug']) await desk.arrive(name)
  await desk.tell()
  const events = await desk.events()
  const owed = (await desk.owed()).length
  const state = () => all(exportState(db, list.id, { numbers: true }))
  const before = await state()

  // The older program saw no lines in it.
  await sql`update fact set version = version - 1, data = jsonb_set(data, '{tags}', '[]')`.execute(db)
  await wake(db, sql`select id from cluster`, 'late')
  await desk.sort()
  expect(await state()).not.toEqual(before)

  await wakeOutdated(db)
  await append(db, list.id, [{ bytes: question, envelope: { road: 'test' } }])
  await assign(db, list.id, 1)
  const sorted = await db.selectFrom('fact').selectAll().orderBy('seq', 'desc').limit(1).execute()
  expect(sorted).toMatchObject([{ data: { messageId: 'question@example.org' } }])
  await desk.sort()
  expect((await state()).filter(line => !line.includes('"question@example.org"'))).toEqual(before)
  const upgraded = await state()
  await desk.tell()
  expect(await desk.events()).toEqual(events)
  expect(await desk.owed()).toHaveLength(owed)
  await wakeOutdated(db)
  expect(await db.selectFrom('unsorted').selectAll().execute()).toEqual([])
  await rebuild(db, list.id)
  expect(await state()).toEqual(upgraded)
})

test('a mail that nobody read yet keeps its place when all others are read again', async () => {
  const { db, list, arrive } = await makeDesk()
  await arrive('patch')
  const [fresh] = await append(db, list.id, [{ bytes: question, envelope: { road: 'test' } }])
  await readAgain(db, sql`select list_id, seq from mail`)
  const waiting = await db.selectFrom('unsorted').select(['seq', 'late']).orderBy('late').execute()
  expect(waiting).toMatchObject([{ seq: String(fresh?.seq), late: false }, { late: true }])
})
