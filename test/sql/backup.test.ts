// A backup of a server that has all kinds of things, made by the real commands, and restored into an empty database.
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageId } from '../../base/ids.ts'
import { restore } from '../../sql/backup/read.ts'
import { backup } from '../../sql/backup/write.ts'
import type { Tables } from '../../sql/tables.ts'
import { addToken } from '../../sql/tokens.ts'
import { writeNote } from '../../tracker/answer/note.ts'
import { exportState } from '../../tracker/export/state.ts'
import { hide, purge } from '../../tracker/project/moderate.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { type Desk, makeDesk } from '../answer/desk.ts'
import { emptyDatabase } from '../database.ts'
import { all } from '../ingest/mails.ts'

const root = join(import.meta.dirname, '../..')
const place = mkdtempSync(join(tmpdir(), 'backup-'))
let desk: Desk

const threadwork = (url: string, ...words: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'main.ts'), ...words], {
    cwd: place,
    env: {
      ...process.env,
      DATABASE_URL: url,
      THREADWORK_DATA: join(place, url === desk.url ? 'old' : 'new'),
    },
  }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  )

const stateOf = async (db: Kysely<Tables>) =>
  (await all(exportState(db, desk.list.id, { numbers: true }))).join('')

/** What a restored server must not do once more, and what it must still do. */
const worked = async (db: Kysely<Tables>) => ({
  owed: await db.selectFrom('outbox').select(['key', 'message_id', 'state', 'bytes']).orderBy('id').execute(),
  events: await db.selectFrom('event').selectAll().orderBy('id').execute(),
  tokens: await db.selectFrom('token').selectAll().orderBy('id').execute(),
  verdicts: await db.selectFrom('verdict').selectAll().orderBy('seq').execute(),
  hidden: await db.selectFrom('tombstone').selectAll().orderBy('id').execute(),
  due: await db.selectFrom('event_due').selectAll().execute(),
})

const texts = (directory: string): string =>
  readdirSync(join(directory, 'pieces'))
    .map(name => zstdDecompressSync(readFileSync(join(directory, 'pieces', name))).toString())
    .join('')

beforeAll(async () => {
  desk = await makeDesk({ maintainers: ['ada@example.org'], answers: { bugs: true, states: true } })
  const { db, list } = desk
  await desk.arrive('patch')
  await desk.arrive('bug')
  await desk.tell()
  await addToken(db, { name: 'ada-laptop', scopes: ['state'], expiresAt: null, address: 'ada@example.org' })
  const by = { token: 'ada-laptop', address: 'ada@example.org' }
  await writeNote(db, by, {
    ...{ list: list.id, kind: 'states', on: messageId('patch@example.com'), body: 'Patch-Status: accepted' },
  })
  const published = join(place, 'old', 'ci.git')
  execFileSync('git', ['init', '-q', '--bare', published])
  const blob = execFileSync('git', ['-C', published, 'hash-object', '-w', '--stdin'], { input: 'kept\n' })
  execFileSync('git', ['-C', published, 'update-ref', 'refs/ci/tarn/aa/v1', blob.toString().trim()])
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

test('the commands bring everything into another database, and nothing is told again', async () => {
  const directory = join(place, 'backup')
  expect(await threadwork(desk.url, 'backup', directory)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Backed up \d+ mails: (\d+) pieces, of which \1 are new\n$/),
  })
  const target = await emptyDatabase()
  expect(await threadwork(target.url, 'restore', directory)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Restored tarn: \d+ mails\n$/),
  })
  expect(await stateOf(target.db)).toBe(await stateOf(desk.db))
  expect(await worked(target.db)).toEqual(await worked(desk.db))
  const kept = ['-C', join(place, 'new', 'ci.git'), 'cat-file', 'blob', 'refs/ci/tarn/aa/v1']
  expect(execFileSync('git', kept).toString()).toBe('kept\n')

  expect(await threadwork(target.url, 'restore', directory)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the database holds lists already; allowed: an empty data directory'),
  })
  const [{ last } = { last: '0' }] = (
    await sql<{ last: string }>`select nextval(pg_get_serial_sequence('mail', 'seq')) as last`.execute(
      target.db,
    )
  ).rows
  const newest = await desk.db
    .selectFrom('mail')
    .select(db => db.fn.max('seq').as('seq'))
    .executeTakeFirst()
  expect(Number(last)).toBeGreaterThan(Number(newest?.seq))
  await target.db.destroy()
})

test('the next one writes what is new alone, and what was purged is in none of it', async () => {
  const directory = join(place, 'again')
  const { db } = desk
  await backup(db, directory, '1.0')
  expect((await backup(db, directory, '1.0')).written).toBe(0)
  const [secret] = await db
    .selectFrom('raw')
    .select('bytes')
    .innerJoin('mail', 'raw_hash', 'hash')
    .where('message_id', '=', 'bug@example.org')
    .execute()
  expect(texts(directory)).toContain(secret?.bytes.toString('hex'))

  await purge(db, { messageId: messageId('bug@example.org'), who: 'operator', reason: 'asked for' })
  await hide(db, { messageId: messageId('patch@example.com'), who: 'operator', reason: '' })
  await sortAll(db, desk.list.id)
  const { written, pieces } = await backup(db, directory, '1.0')
  expect(written).toBeLessThan(pieces)
  expect(texts(directory)).not.toContain(secret?.bytes.toString('hex'))

  const target = await emptyDatabase()
  await restore(target.db, directory)
  await sortAll(target.db, desk.list.id)
  expect(await stateOf(target.db)).toBe(await stateOf(db))
  await target.db.destroy()
})

test('one that was spoilt fills nothing, and the next backup mends it', async () => {
  const directory = join(place, 'spoilt')
  await backup(desk.db, directory, '1.0')
  const piece = readdirSync(join(directory, 'pieces')).find(name => name.startsWith('verdict-')) ?? ''
  writeFileSync(join(directory, 'pieces', piece), 'no rows')
  const target = await emptyDatabase()
  await expect(restore(target.db, directory)).rejects.toThrow(`${piece}": it is not as it was written`)
  expect(await target.db.selectFrom('list').selectAll().execute()).toEqual([])

  expect((await backup(desk.db, directory, '1.0')).written).toBe(1)
  await restore(target.db, directory)
  expect(await target.db.selectFrom('list').select('name').execute()).toEqual([{ name: 'tarn' }])
  await target.db.destroy()
})

test('a directory that holds something else is left alone', async () => {
  const directory = join(place, 'photos')
  cpSync(join(root, 'fixtures/answer'), directory, { recursive: true })
  const before = readdirSync(directory)
  await expect(backup(desk.db, directory, '1.0')).rejects.toThrow(
    'it holds something else; allowed: an empty directory',
  )
  expect(readdirSync(directory)).toEqual(before)
})

test('a backup of an older version becomes one of this', async () => {
  const directory = join(place, 'older')
  await backup(desk.db, directory, '1.0')
  const file = join(directory, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.migrations = manifest.migrations.filter((name: string) => name < '0011')
  manifest.tables = manifest.tables.filter(
    ({ name }: { name: string }) => !/^submission|^pushed_series$|sign/.test(name),
  )
  for (const table of manifest.tables)
    table.columns = table.columns.filter(
      (name: string) => !['return_host', 'told', 'signing_key'].includes(name),
    )
  writeFileSync(file, JSON.stringify(manifest))
  const target = await emptyDatabase()
  await restore(target.db, directory)
  expect(await target.db.selectFrom('submission').selectAll().execute()).toEqual([])
  await sortAll(target.db, desk.list.id)
  expect(await stateOf(target.db)).toBe(await stateOf(desk.db))
  await target.db.destroy()
})
