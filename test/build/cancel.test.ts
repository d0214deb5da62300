import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { addBuild } from '../../sql/builds.ts'
import { testDatabase } from '../database.ts'

const main = join(import.meta.dirname, '../../main.ts')

test('the operator ends a build by its number, once', async () => {
  const { db, url } = await testDatabase()
  const cancel = async (...words: readonly string[]) => {
    const env = { ...process.env, DATABASE_URL: url }
    return (await promisify(execFile)(process.execPath, [main, 'cancel', ...words], { env })).stdout
  }
  const { number } = await addBuild(db, {
    ...{ key: 'push', repository: 'tarn', ref: 'refs/heads/main', list: null, patchset: null },
    ...{ commit: 'a'.repeat(40), submitter: 'ada', state: 'queued' },
  })
  expect(await cancel(number)).toBe(`Cancelled: ${number}\n`)
  expect(await db.selectFrom('build').select(['state', 'why']).execute()).toEqual([
    { state: 'cancelled', why: 'The operator asked for it' },
  ])
  await expect(cancel(number)).rejects.toThrow(`Cannot cancel ${number}; allowed: a build that waits or runs`)
  await expect(cancel('main')).rejects.toThrow('Cannot cancel "main"; allowed: the numbers of builds')
  await expect(cancel()).rejects.toThrow('Cannot cancel ""; allowed: the numbers of builds')
})
