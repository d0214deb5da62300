import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { testDatabase } from '../database.ts'
import { makeChance } from '../fuzz/chance.ts'
import { all } from '../ingest/mails.ts'
import { compareCopies } from './copies.ts'
import { redressed } from './dress.ts'
import { compareThroughDatabase } from './through-database.ts'

/** Of several mails under one id, which are imposters or broken on purpose, only the first. */
const mails = [
  ...new Map(
    (await all(corpus(inventedPaths.map(path => path.replace(/fixtures$/, 'fixtures/thread')))))
      .reverse()
      .map(mail => [messageIdOf(mail).id, mail]),
  ).values(),
]

test.each([1, 2, 3, 4])(
  'a second delivery in other dress is no second mail and changes nothing (%i)',
  seed => {
    const { imposters, lines } = compareCopies(mails, seed)
    expect(imposters.map(({ id, differs }) => `${id} ${differs}`)).toEqual([])
    expect(lines).toEqual([])
  },
)

test.each([1, 2])('the same through the database (%i)', { timeout: 240_000 }, async seed => {
  const { db } = await testDatabase()
  const directory = mkdtempSync(join(tmpdir(), 'copies-'))
  try {
    const { topics, differing, learnt } = await compareThroughDatabase(mails, seed, { db, directory })
    expect(topics).toBeGreaterThan(10)
    expect(differing).toEqual([])
    expect(learnt).toBeGreaterThan(0)
  } finally {
    rmSync(directory, { recursive: true })
    await db.destroy()
  }
})

test('the other dress is really another', () => {
  const chance = makeChance(1)
  const copies = mails.map(mail => redressed(mail, chance))
  const share = (holds: (copy: Buffer) => boolean) => copies.filter(holds).length / copies.length
  expect(share(copy => /^Subject: \[tarn\]/m.test(copy.toString('latin1')))).toBeGreaterThan(0.4)
  expect(share(copy => / via tarn" </.test(copy.toString('latin1')))).toBeGreaterThan(0.15)
  expect(share(copy => /Encoding: base64/.test(copy.toString('latin1')))).toBeGreaterThan(0.2)
  expect(share(copy => /unsubscribe|mailing list/i.test(decodeMail(copy).body))).toBeGreaterThan(0.6)
})
