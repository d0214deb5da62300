import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tables } from '../../sql/tables.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { testDatabase } from '../database.ts'
import { all } from '../ingest/mails.ts'
import { makeChance } from './chance.ts'
import { fuzz } from './fuzz.ts'
import { mark, mutated } from './mutate.ts'

let db: Kysely<Tables>
let mails: Buffer[]
beforeAll(async () => {
  db = (await testDatabase()).db
  mails = await all(corpus(inventedPaths))
})
afterAll(() => db.destroy())

test('spoilt mails throw nothing, are in one topic each, and bring no markup onto a page', {
  timeout: 240_000,
}, async () => {
  const bounds = { groupsMax: 60, milliseconds: 200_000, findingsMax: 1 }
  // As many on every machine. `npm run fuzz` begins elsewhere each time, and goes on for minutes.
  const report = await fuzz({ db, mails, seed: 1, pagesOnceIn: 6, ...bounds })
  const said = report.findings.map(
    ({ seed, says, mails }) => `seed ${seed}: ${says}\n${mails.join('\n=====\n')}`,
  )
  expect(said).toEqual([])
  expect(report.mails).toBeGreaterThan(100)
  expect(report.groupsOnPages).toBeGreaterThan(0)
})

test('the same seed spoils in the same way, and spoilt mails differ', () => {
  const spoil = (seed: number) => {
    const chance = makeChance(seed)
    return mails.slice(0, 50).map(mail => mutated(mail, mails, chance).toString('latin1'))
  }
  expect(spoil(7)).toEqual(spoil(7))
  expect(spoil(7).filter((text, index) => text !== mails[index]?.toString('latin1')).length).toBeGreaterThan(
    40,
  )
  expect(
    Array.from({ length: 20 }, (_, seed) => spoil(seed))
      .flat()
      .filter(text => text.includes(mark)).length,
  ).toBeGreaterThan(20)
})
