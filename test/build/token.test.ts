import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { useToken } from '../../sql/tokens.ts'
import { testDatabase } from '../database.ts'

const main = join(import.meta.dirname, '../../main.ts')
let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
})

/** What it printed; throws with what it complained of. */
async function token(...words: readonly string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: database.url }
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'token', ...words], { env })
  return stdout
}

test('a token is shown once, lets its owner in, and is listed until it is revoked', async () => {
  const word = (await token('add', 'lab-1', '--days', '30')).trim()
  expect(word).toMatch(/^threadwork-[0-9a-f]{64}$/)
  expect(JSON.stringify(await database.db.selectFrom('token').selectAll().execute())).not.toContain(
    word.slice(11),
  )
  expect(await token('list')).toMatch(/^ *lab-1 +runner; expires \d{4}-\d\d-\d\d; never used$/m)
  expect(await useToken(database.db, word, 'runner')).toMatchObject({ name: 'lab-1' })
  expect(await useToken(database.db, word.replace(/.$/, 'x'), 'runner')).toBeNull()
  expect(await token('list')).toMatch(/; last used \d{4}-\d\d-\d\d \d\d:\d\d UTC$/m)
  expect(await token('revoke', 'lab-1')).toBe('Revoked: lab-1\n')
  expect(await useToken(database.db, word, 'runner')).toBeNull()
  expect(await token('list')).toMatch(/ runner; revoked \d{4}-\d\d-\d\d; last used/)
})

test.each([
  [['add'], 'allowed: add NAME, list or revoke NAME'],
  [['add', '--days', '3'], 'allowed: add NAME, list or revoke NAME'],
  [['drop', 'x'], 'allowed: add NAME, list or revoke NAME'],
  [['list', 'x'], 'allowed: add NAME, list or revoke NAME'],
  [['add', '$(id)'], 'Cannot call a token "$(id)"'],
  [['add', 'x', '--scope', 'runner,root'], 'Cannot make a token for "runner,root"; allowed: runner'],
  [['add', 'x', '--days', '0'], 'allowed: a whole number from 1 to 36500'],
  [['revoke', 'nobody'], 'no token of this name is in use'],
])('a wrong line says what is allowed: %j', async (words, said) => {
  await expect(token(...words)).rejects.toThrow(said)
})

test('a name is given once, also of one that was revoked', async () => {
  await token('add', 'twice')
  await expect(token('add', 'twice')).rejects.toThrow('there is a token of this name')
})
