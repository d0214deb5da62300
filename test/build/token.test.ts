import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { useToken } from '../../sql/tokens.ts'
import { testDatabase } from '../database.ts'

const main = join(import.meta.dirname, '../../main.ts')
let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
  await saveLists(database.db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
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

test('a token for writes says who acts with it, where, and what it is for', async () => {
  const word = (
    await token('add', 'arm lab', '--scope', 'check,note', '--as', 'CI@lab.example.net', '--list', 'tarn')
  ).trim()
  expect(await token('list')).toMatch(
    /^ *arm lab +check,note; as ci@lab\.example\.net; list tarn; stays; never used$/m,
  )
  expect(await useToken(database.db, word, 'check', 'state')).toMatchObject({ address: 'ci@lab.example.net' })
  expect(await useToken(database.db, word, 'state')).toBeNull()
  expect(await useToken(database.db, word, 'runner')).toBeNull()
  await database.db
    .updateTable('token')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .where('name', '=', 'arm lab')
    .execute()
  expect(await useToken(database.db, word, 'check')).toBeNull()
})

test.each([
  [['add'], 'allowed: add NAME, list or revoke NAME'],
  [['add', '--days', '3'], 'allowed: add NAME, list or revoke NAME'],
  [['drop', 'x'], 'allowed: add NAME, list or revoke NAME'],
  [['list', 'x'], 'allowed: add NAME, list or revoke NAME'],
  [['add', '$(id)'], 'Cannot call a token "$(id)"'],
  [
    ['add', 'x', '--scope', 'runner,root'],
    'Cannot make a token for "runner,root"; allowed: runner, or some of check,state,note',
  ],
  [['add', 'x', '--scope', 'runner,check', '--as', 'a@b'], 'Cannot make a token for "runner,check"'],
  [
    ['add', 'x', '--scope', 'check'],
    'Cannot make a token that acts for ""; allowed: --as and a mail address',
  ],
  [['add', 'x', '--scope', 'state', '--as', 'ada'], 'Cannot make a token that acts for "ada"'],
  [['add', 'x', '--as', 'ada@example.org'], 'Cannot make a runner with --as or --list'],
  [
    ['add', 'x', '--scope', 'check', '--as', 'ci@example.net', '--list', 'nowhere'],
    'Cannot make a token for the list "nowhere"; allowed: tarn',
  ],
  [['add', 'x', '--days', '0'], 'allowed: a whole number from 1 to 36500'],
  [['revoke', 'nobody'], 'no token of this name is in use'],
])('a wrong line says what is allowed: %j', async (words, said) => {
  await expect(token(...words)).rejects.toThrow(said)
})

test('a name is given once, also of one that was revoked', async () => {
  await token('add', 'twice')
  await expect(token('add', 'twice')).rejects.toThrow('there is a token of this name')
})
