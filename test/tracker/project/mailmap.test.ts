// The .mailmap of a real repository, from its newest commit to the topics.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeLog } from '../../../base/log.ts'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { readPeopleFiles } from '../../../tracker/branch/people-files.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { testDatabase } from '../../database.ts'

const mail = (version: string, from: string) =>
  Buffer.from(
    `From: ${from}\nSubject: [PATCH${version}] wal: sum\nDate: Mon, 2 Mar 2026 1${version.length}:00:00 +0000\nMessage-ID: <m${version.length}@example.org>\n\n---\ndiff --git a/wal.c b/wal.c\n--- a/wal.c\n+++ b/wal.c\n@@ -1 +1 @@\n-a\n+b${version}\n`,
  )

test('two addresses of one person become one patchset when the repository says so', async () => {
  const { db } = await testDatabase()
  const repository = mkdtempSync(join(tmpdir(), 'mailmap-'))
  const git = (...words: string[]) =>
    execFileSync('git', [
      '-C',
      repository,
      '-c',
      'user.name=Ines',
      '-c',
      'user.email=ines@example.org',
      ...words,
    ])
  try {
    git('init', '-q')
    git('commit', '-q', '--allow-empty', '-m', 'start')
    const lists = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org', repository }])
    const [list] = lists
    if (!list) throw new Error('No list was saved')
    const log = makeLog('warn', false)
    expect(await readPeopleFiles(db, list, repository, log)).toBe(false)
    const mails = [mail('', 'Priya <priya@example.com>'), mail(' v2', 'ps <priya@laptop.example.net>')]
    await append(
      db,
      list.id,
      mails.map(bytes => ({ bytes, envelope: { road: 'test' } })),
    )
    await sortAll(db, list.id)
    const topics = () => db.selectFrom('topic').select('id').where('list_id', '=', list.id).execute()
    expect(await topics()).toHaveLength(2)

    writeFileSync(join(repository, '.mailmap'), '<priya@example.com> <priya@laptop.example.net>\n')
    git('add', '.mailmap')
    git('commit', '-q', '-m', 'mailmap')
    expect(await readPeopleFiles(db, list, repository, log)).toBe(true)
    await sortAll(db, list.id)
    expect(await topics()).toHaveLength(1)
    expect(await readPeopleFiles(db, list, repository, log)).toBe(false)

    // Whom nobody on the list knows is no reason to sort all of it again.
    const commit = (...lines: string[]) => {
      writeFileSync(join(repository, '.mailmap'), `${lines.join('\n')}\n`)
      git('commit', '-q', '-a', '-m', 'mailmap')
    }
    const priya = '<priya@example.com> <priya@laptop.example.net>'
    commit(priya, '<sif@example.com> <sif@old.example.com>')
    expect(await readPeopleFiles(db, list, repository, log)).toBe(false)
    const waiting = () => db.selectFrom('unsorted').select('seq').execute()
    expect(await waiting()).toHaveLength(0)
    const row = await db.selectFrom('list').select('mailmap').executeTakeFirstOrThrow()
    expect(row.mailmap).toHaveLength(2)
    commit('<sif@example.com> <sif@old.example.com>')
    expect(await readPeopleFiles(db, list, repository, log)).toBe(true)
    expect(await waiting()).toHaveLength(2)
    await sortAll(db, list.id)
    expect(await topics()).toHaveLength(2)
  } finally {
    await db.destroy()
    rmSync(repository, { recursive: true })
  }
})
