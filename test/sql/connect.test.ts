import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { completeList } from '../../base/list-settings.ts'
import { testDatabase } from '../database.ts'

test('a test has a migrated database of its own', async () => {
  const { db } = await testDatabase()
  await db
    .insertInto('list')
    .values({
      name: 'demo',
      settings: JSON.stringify(completeList({ name: 'demo', address: 'demo@localhost' })),
    })
    .execute()
  const other = await testDatabase()
  expect(await db.selectFrom('list').select('name').execute()).toEqual([{ name: 'demo' }])
  expect(await other.db.selectFrom('list').select('name').execute()).toEqual([])
})

test('a statement that is prepared outlives a change of its table by another program', async () => {
  const { db } = await testDatabase()
  // Often enough to be prepared, on each connection of the pool.
  const read = () => sql`select * from list where id > ${0}`.execute(db)
  for (let times = 0; times < 20; times++) await read()
  await sql`alter table list add column colour text`.execute(db)
  const answers = []
  for (let times = 0; times < 20; times++)
    answers.push(
      await read().then(
        () => 'read',
        () => 'failed',
      ),
    )
  expect(answers.filter(answer => answer === 'failed').length).toBeLessThanOrEqual(1)
  expect(answers.at(-1)).toBe('read')
})
