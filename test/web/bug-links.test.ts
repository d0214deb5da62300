// What a bug's page gathers: the fixes that claim it or were posted below it, the bugs that repeat it, reproducers.
import { expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { testDatabase } from '../database.ts'

const mail = (id: string, from: string, subject: string, minute: number, body: string, answers = '') =>
  Buffer.from(
    `From: ${from}\nSubject: ${subject}\nDate: Mon, 2 Mar 2026 10:${String(minute).padStart(2, '0')}:00 +0000\nMessage-ID: <${id}@example.org>\n${answers ? `In-Reply-To: <${answers}@example.org>\n` : ''}\n${body}\n`,
  )
const diff = (file: string) =>
  `---\ndiff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`
const ines = 'Ines Oduya <ines@example.org>'
const ruth = 'Ruth Abellan <ruth@example.org>'

test('a bug gathers its fixes, the bugs that repeat it and how to see it happen', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
  if (!list) throw new Error('No list was saved')
  const mails = [
    mail('bug', ruth, '[BUG] wal: open fails', 0, 'It fails.\n\nC reproducer: https://example.org/repro.c\n'),
    mail('fix', ines, '[PATCH] wal: open again', 5, `Words.\n\nCloses: <bug@example.org>\n${diff('wal.c')}`),
    mail('below', ines, '[PATCH] wal: look twice', 6, `Words.\n${diff('open.c')}`, 'bug'),
    mail('again', 'Kenji Amari <kenji@example.com>', '[BUG] tarn does not start', 7, 'It does not.'),
    mail(
      'same',
      ines,
      'Re: [BUG] tarn does not start',
      8,
      'Bug-Status: duplicate <bug@example.org>',
      'again',
    ),
  ]
  await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope: { road: 'test' } })),
  )
  await sortAll(db, list.id)
  const page = await (await makeApp({ db }).request('/tarn/bug@example.org/')).text()
  const part = (words: string) => page.match(new RegExp(`<h2>${words}</h2>(.*?)</section>`, 's'))?.[1] ?? ''
  expect(page).toContain('<title>Bug #1: wal: open fails')
  expect(part('Fixes')).toContain('href="/tarn/fix@example.org/"')
  expect(part('Fixes')).toContain('href="/tarn/below@example.org/"')
  expect(part('Repeated by')).toContain('href="/tarn/again@example.org/"')
  expect(part('Reproducers')).toContain('C reproducer: https://example.org/repro.c')
  await db.destroy()
})
