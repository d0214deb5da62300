import { expect, test } from 'vitest'
import { testDatabase } from '../database.ts'

test('a test has a migrated database of its own', async () => {
  const { db } = await testDatabase()
  await db
    .insertInto('list')
    .values({ name: 'demo', address: 'demo@localhost', list_id: null, prefix: null, repository: null })
    .execute()
  const other = await testDatabase()
  expect(await db.selectFrom('list').select('name').execute()).toEqual([{ name: 'demo' }])
  expect(await other.db.selectFrom('list').select('name').execute()).toEqual([])
})
