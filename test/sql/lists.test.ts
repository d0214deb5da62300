import { expect, test } from 'vitest'
import { completeList } from '../../base/list-settings.ts'
import { allLists, findList, saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'

test('a list keeps its id when its configuration changes', async () => {
  const { db } = await testDatabase()
  const [before] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net', prefix: 'DEMO' }])
  const after = await saveLists(db, [
    { name: 'alpha', address: 'alpha@lists.example.net', listId: 'alpha.lists.example.net' },
    { name: 'demo', address: 'demo@new.example.net', description: 'Moved' },
  ])
  expect(after[1]).toEqual({
    ...completeList({ name: 'demo', address: 'demo@new.example.net', description: 'Moved' }),
    id: before?.id,
  })
  expect(await allLists(db)).toEqual(after)
  expect(await findList(db, 'demo')).toEqual(after[1])
  expect(await findList(db, 'none')).toBeUndefined()
})
