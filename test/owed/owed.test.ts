import { expect, test } from 'vitest'
import { testDatabase } from '../database.ts'
import { killSenders } from './owed.ts'

test('a sender that is killed between the 250 of the relay and the commit loses no mail and changes none', async () => {
  const { url } = await testDatabase()
  const figures = await killSenders({ url, mails: 60, kills: 15, say: () => {} })
  expect(figures).toMatchObject({ kills: 15, missing: [], changed: [], left: 0 })
  // What was taken before a kill comes again: at least once, not exactly once.
  expect(figures.deliveries).toBe(60 + 15)
}, 180_000)
