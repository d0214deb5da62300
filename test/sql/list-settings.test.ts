import { expect, test } from 'vitest'
import { type GivenList, pagesVersion } from '../../base/list-settings.ts'
import { allLists, saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'

const tarn: GivenList = { name: 'tarn', address: 'tarn@lists.example.org' }

test('a list is what was last said of it, and what is not said has its default', async () => {
  const { db } = await testDatabase()
  await saveLists(db, [{ ...tarn, prefix: 'tarn', commitUrl: 'https://git.example.org/%s', branches: ['a'] }])
  const [list] = await saveLists(db, [{ ...tarn, answers: { bugs: true } }])
  expect(list).toMatchObject({
    prefix: null,
    commitUrl: null,
    branches: [],
    answers: { bugs: true, states: false },
  })
  expect(await allLists(db)).toEqual([list])
})

test('a list that is no longer configured has the defaults of settings that came later', async () => {
  const { db } = await testDatabase()
  await db
    .insertInto('list')
    .values({ name: 'old', settings: JSON.stringify({ name: 'old', address: 'old@example.org' }) })
    .execute()
  expect(await allLists(db)).toMatchObject([
    { address: 'old@example.org', trust: 'verified', moderate: 'no' },
  ])
})

test('pages change with what they show of a list, and with nothing else', async () => {
  const { db } = await testDatabase()
  const versionWith = async (more: Partial<GivenList>) => {
    const [list] = await saveLists(db, [{ ...tarn, ...more }])
    if (!list) throw new Error('No list was saved')
    return pagesVersion(list)
  }
  const plain = await versionWith({})
  expect(await versionWith({ description: 'A lake' })).not.toBe(plain)
  expect(await versionWith({ address: 'lake@lists.example.org' })).not.toBe(plain)
  expect(await versionWith({ commitUrl: 'https://git.example.org/%s' })).not.toBe(plain)
  expect(await versionWith({ subscribed: 'tarn@tracker.example.org', answers: { bugs: true } })).toBe(plain)
})
