import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connect } from '../../sql/connect.ts'
import { migrate, migrationState } from '../../sql/migrate.ts'
import { emptyDatabase, testDatabase } from '../database.ts'

const root = join(import.meta.dirname, '..', '..')

test('processes that start at once on an empty database all find it migrated', async () => {
  const { url } = await emptyDatabase()
  const users = Array.from({ length: 6 }, () => connect(url, { max: 2 }))

  await Promise.all(users.map(migrate))

  for (const db of users) {
    expect((await migrationState(db)).every(({ done }) => done)).toBe(true)
    expect(await db.selectFrom('mail').selectAll().execute()).toEqual([])
    await db.destroy()
  }
})

test.each([
  [
    'a pre-release',
    '0003_roads',
    [
      'Cannot use this database: a pre-release of Threadwork made its tables',
      'threadwork export mbox',
      'import these files',
    ],
  ],
  [
    'a newer version',
    '9001_stars',
    ['Cannot use this database: a newer Threadwork made its tables (9001_stars)', 'Start that version'],
  ],
])('serve says in one line what to do with a database of %s', async (_, migration, words) => {
  const { db, url } = await testDatabase()
  await sql`insert into kysely_migration (name, timestamp) values (${migration}, now()::text)`.execute(db)
  await expect(migrate(db)).rejects.toThrow(words[0])

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'main.ts'), ...args], {
      env: { ...process.env, DATABASE_URL: url },
    }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  const { code, stdout, stderr } = await run('serve', '--only', 'worker')
  expect(code).not.toBe(0)
  expect(stdout).toBe('')
  expect(stderr.trim().split('\n')).toHaveLength(1)
  for (const word of words) expect(stderr).toContain(word)

  const doctor = await run('doctor')
  expect(doctor.code).not.toBe(0)
  expect(doctor.stdout).toContain(words.at(-1))
})

test('the columns of the database and of its row types are the same, in one order', async () => {
  const { db } = await testDatabase()
  const { rows } = await sql<{ name: string; columns: string[] }>`
    select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
    from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'
    group by table_name order by table_name`.execute(db)
  const made = rows.map(({ name, columns }) => `${name}: ${columns.join(', ')}`)
  expect(typed().toSorted()).toEqual(made)
  expect(typed().map(line => line.split(':')[0])).toEqual(inFiles())
})

/** The members of `interface Tables`, each at one level of indent, its columns one level deeper or on its line. */
function typed(): string[] {
  const text = readFileSync(join(root, 'sql/tables.ts'), 'utf8').split('export interface Tables {')[1] ?? ''
  return [...text.matchAll(/^ {2}(\w+): \{((?: .*\})|(?:\n {4}.*)+)/gm)].map(([, name, body = '']) => {
    const columns = [...body.matchAll(/(?:^ {4}|^ |; )(\w+): /gm)].map(([, column]) => column)
    return `${name}: ${columns.join(', ')}`
  })
}

/** Tables in the order of the migrations. */
function inFiles(): string[] {
  const directory = join(root, 'sql/migrations')
  const texts = readdirSync(directory)
    .toSorted()
    .map(name => readFileSync(join(directory, name), 'utf8'))
  return [...texts.join('\n').matchAll(/^create table (\w+)/gm)].map(([, name = '']) => name)
}
