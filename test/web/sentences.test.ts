// Small words of the pages: versions, days, numbers of patches.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeArchive, patchBody } from './archive.ts'

const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

const patch = (id: string, subject: string, minute: number, path?: string, answers?: string) => ({
  id,
  subject,
  minute,
  body: patchBody(path),
  ...(answers ? { answers } : {}),
})

test('a posting that was sent again names a version only where there are two', async () => {
  const archive = await makeArchive([
    patch('p1@example.org', '[PATCH] wal: unlock', 0),
    patch('p2@example.org', '[PATCH RESEND] wal: unlock', 5_000),
  ])
  const page = text(await archive.page('/tarn/p2@example.org/'))
  expect(page).toContain('v1 , sent again')
  expect(page).not.toMatch(/v1( resent)? of 1/)
  await archive.add(patch('p3@example.org', '[PATCH v2] wal: unlock', 9_000))
  expect(text(await archive.page('/tarn/p2@example.org/'))).toContain('v1 of 2, sent again')
})

test('a thread of one day has one day', async () => {
  const archive = await makeArchive([
    { id: 'q@example.org', subject: 'wal: how large may it be?', body: 'How large?\n', minute: 0 },
    {
      id: 'a@example.org',
      subject: 'Re: wal: how large may it be?',
      body: 'As you like.\n',
      minute: 10,
      answers: 'q@example.org',
    },
  ])
  const one = text(await archive.page('/tarn/q@example.org/t/'))
  expect(one).toContain('2 mails 2 Mar 2026 , UTC')
  await archive.add({
    id: 'b@example.org',
    subject: 'Re: wal: how large may it be?',
    body: 'Thanks.\n',
    minute: 3_000,
    answers: 'q@example.org',
  })
  expect(text(await archive.page('/tarn/q@example.org/t/'))).toContain('3 mails 2 Mar 2026 to 4 Mar 2026')
})

test('the history says of which patch a line speaks, and how many older ones a newer version replaces', async () => {
  const series = (version: string, at: number) => [
    { id: `${at}-0@example.org`, subject: `[PATCH ${version}0/2] wal: twice`, minute: at, body: 'Both.\n' },
    patch(
      `${at}-1@example.org`,
      `[PATCH ${version}1/2] wal: unlock`,
      at + 1,
      'src/a.c',
      `${at}-0@example.org`,
    ),
    patch(
      `${at}-2@example.org`,
      `[PATCH ${version}2/2] doc: unlock`,
      at + 2,
      'src/b.c',
      `${at}-0@example.org`,
    ),
  ]
  const archive = await makeArchive([
    ...series('', 0),
    {
      id: 's@example.org',
      subject: 'Re: [PATCH 0/2] wal: twice',
      body: 'Patch-Status: 2/2 accepted\n',
      minute: 20,
      answers: '0-0@example.org',
    },
    ...series('v2 ', 100),
  ])
  const page = text(await archive.page('/tarn/0-0@example.org/'))
  expect(page).toContain('set the state of patch 2 to accepted')
  expect(page).toContain('posted a newer revision, in place of 1 older patch ,')
})

test('a question is shown as the discussion that it is, in a row, on its page and in the export', async () => {
  const asks =
    'Why does sync_log() in src/wal.c return here? I compile it with gcc for the kernel.\n\n```\nwal: error: sync failed\nTrace:\n  sync+0x1\n```\n'
  const archive = await makeArchive([
    { id: 'q@example.org', subject: 'wal: why does the sync fail?', body: asks },
  ])
  const rows = text(await archive.page('/tarn/?state=all'))
  expect(rows).toMatch(/wal: why does the sync fail\? Ines Oduya Discussion /)
  const page = text(await archive.page('/tarn/q@example.org/'))
  expect(page).toContain('Discussion Nobody has answered yet.')
  expect(page).not.toMatch(/\bBug-Status\b/)
  const { rows: topics } = await sql<{ kind: string }>`select kind from topic`.execute(archive.db)
  expect(topics).toEqual([{ kind: 'discussion' }])
})
