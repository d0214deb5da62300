// What an upgrade finds: a database that an older version filled. Its topics stay readable, and the next sorting brings
// what is new in their rows.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { exportState } from '../../tracker/export/state.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { testDatabase } from '../database.ts'

test('topics of one jsonb value are taken apart, shown at once, and get their summaries', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (list === undefined) throw new Error('no list')
  const mails = [0, 1].map(number => ({ bytes: mail(number), envelope: { road: 'import' } }))
  await append(db, list.id, mails)
  await sortAll(db, list.id)
  const state = async () => {
    let lines = ''
    for await (const line of exportState(db, list.id, { numbers: false })) lines += line
    return lines
  }
  const page = async () => (await makeApp({ db }).request('/demo/')).text()
  const before = { state: await state(), page: await page() }

  await sql`update topic set data = data || jsonb_build_object('mails', convert_from(mail_data, 'UTF8')::jsonb)`.execute(
    db,
  )
  await sql`alter table topic drop column summary, drop column mail_data`.execute(db)
  const migration = join(import.meta.dirname, '..', '..', 'sql', 'migrations', '0011_summary.sql')
  await sql.raw(await readFile(migration, 'utf8')).execute(db)
  expect(await state()).toBe(before.state)
  expect(await page()).toContain('wal: keep the lock')

  await sortAll(db, list.id)
  expect(await page()).toBe(before.page)
  expect(before.page).toContain('1 of 1')
})

test('what a maintainer changed before senders were authenticated stays changed, and what comes after needs more', async () => {
  const { db } = await testDatabase()
  const people = [{ address: 'bo@example.com', role: 'maintainer' as const }]
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net', people }])
  if (list === undefined) throw new Error('no list')
  const envelope = { road: 'smtp', trace: '2024-01-02T00:00:00.000Z' }
  const said = (id: string, state: string) =>
    Buffer.from(
      `From: Bo Lund <bo@example.com>\nSubject: Re: [PATCH] wal: keep the lock\nDate: Mon, 1 Jan 2024 05:00:00 +0000\nMessage-ID: <${id}@example.org>\nIn-Reply-To: <0@example.org>\n\nPatch-Status: ${state}\n`,
    )
  await append(db, list.id, [
    { bytes: mail(0), envelope },
    { bytes: said('old', 'accepted'), envelope },
  ])
  // As the upgrade does it, before anything is sorted.
  await sql`update believed_until set seq = (select max(seq) from mail)`.execute(db)
  await append(db, list.id, [{ bytes: said('new', 'rejected'), envelope }])
  await sortAll(db, list.id)
  const topic = await db.selectFrom('topic').select('state').executeTakeFirstOrThrow()
  expect(topic.state).toBe('accepted')
})

const mail = (number: number) =>
  Buffer.from(
    [
      'From: Ada Marsh <ada@example.org>',
      `Subject: ${number === 0 ? '[PATCH]' : 'Re: [PATCH]'} wal: keep the lock`,
      `Date: Mon, 1 Jan 2024 0${number}:00:00 +0000`,
      `Message-ID: <${number}@example.org>`,
      ...(number === 0
        ? ['']
        : ['In-Reply-To: <0@example.org>', '', 'Reviewed-by: Bo Lund <bo@example.com>']),
      ...(number === 0 ? ['Why.', '---', diff] : []),
      '',
    ]
      .join('\n')
      .replace(/^From: Ada Marsh <ada@example.org>/, number === 0 ? '$&' : 'From: Bo Lund <bo@example.com>'),
  )

const diff = `diff --git a/wal.c b/wal.c
--- a/wal.c
+++ b/wal.c
@@ -1,2 +1,2 @@
 int first;
-int second;
+int third;`
