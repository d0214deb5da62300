// What a patchset's page tells of the postings that it names, in each form of name, and of those that name it.
import { expect, test } from 'vitest'
import { patchId } from '../../tracker/mail/patch-id.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { shuffled } from '../tracker/threads.ts'
import { listWith } from './list-with.ts'

const diff = (file: string) =>
  `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b ${file}\n`
const ines = 'Ines Oduya <ines@example.org>'
const marek = 'Marek Tolvanen <marek@example.com>'

const patch = (id: string, from: string, subject: string, minute: number, file: string, footer = '') =>
  Buffer.from(
    `From: ${from}\nSubject: ${subject}\nDate: Mon, 2 Mar 2026 10:${String(minute).padStart(2, '0')}:00 +0000\nMessage-ID: <${id}@example.org>\n\nWords.\n\nSigned-off-by: ${from}\n---\n${diff(file)}\n${footer}\n`,
  )

const people = [{ address: 'marek@example.com', role: 'maintainer' as const }]

/** The rows of "Facts" with this word, without markup. */
const facts = (page: string, word: string) =>
  [...page.matchAll(new RegExp(`<dt>${word}</dt><dd>(.*?)</dd>`, 'g'))].map(([, row = '']) => row)
const named = (page: string) => page.match(/<h2>Named by<\/h2>(.*?)<\/section>/s)?.[1] ?? ''

test('needed and older postings are shown with the mail that names them, whichever comes first', async () => {
  const hex = patchId(diff('src/c.c'))
  const mails = [
    patch('a', marek, '[PATCH] wal: one', 0, 'src/a.c'),
    patch('b', marek, '[PATCH] wal: two', 1, 'src/b.c', 'change-id: 20260302-two-0a1b2c3d4e5f\n'),
    patch('c', marek, '[PATCH] wal: three', 2, 'src/c.c'),
    patch('d', marek, '[PATCH] wal: the fourth of them', 3, 'src/d.c'),
    patch(
      'e',
      ines,
      '[PATCH] log: five',
      4,
      'src/e.c',
      [
        'Depends-on: <a@example.org>',
        'prerequisite-change-id: 20260302-two-0a1b2c3d4e5f:v1',
        `prerequisite-patch-id: ${hex}`,
        `prerequisite-patch-id: ${'0'.repeat(40)}`,
        'Based-on: series-118 ("wal: the fourth of them")',
        'Supersedes: <gone@example.org>',
      ].join('\n'),
    ),
  ]
  for (const order of [mails, mails.toReversed(), shuffled(mails, 3)]) {
    const { db, page } = await listWith(order, people)
    const shown = await page('e')
    const needs = facts(shown, 'Depends on')
    expect(needs.map(row => row.match(/^<a href="([^"]*)"/)?.[1] ?? row.replace(/<.*/, ''))).toEqual([
      '/tarn/a@example.org/',
      '/tarn/b@example.org/',
      '/tarn/c@example.org/',
      '1 patch, not seen here, ',
    ])
    for (const row of needs) expect(row).toContain('<a href="/tarn/e@example.org/">as this mail says</a>')
    expect(facts(shown, 'Based on')[0]).toContain('href="/tarn/d@example.org/"')
    expect(facts(shown, 'Supersedes')[0]).toContain('<code>gone@example.org</code>, not seen here')
    for (const id of ['a', 'b', 'c']) expect(named(await page(id))).toContain('href="/tarn/e@example.org/"')
    await db.destroy()
  }
})

test('a posting that supersedes another one of its author is its newest revision; the page says which it replaced', async () => {
  const mails = [
    patch('a', ines, '[PATCH] wal: one', 0, 'src/a.c'),
    patch('b', ines, '[PATCH] log: all of it anew', 1, 'src/b.c', 'Supersedes: <a@example.org>'),
  ]
  for (const order of [mails, mails.toReversed()]) {
    const { db, page } = await listWith(order, people)
    expect(facts(await page('b'), 'Supersedes')[0]).toMatch(/^<a href="\/tarn\/a@example.org\/">v1</)
    expect(await page('a')).toContain('Go to the newest')
    await db.destroy()
  }
})

test('Link-Revision joins two threads that nothing else joins, in every order, and after a rebuild; hidden it holds no more', async () => {
  const link = Buffer.from(
    `From: ${marek}\nSubject: Re: [PATCH] log: all of it anew\nDate: Mon, 2 Mar 2026 11:00:00 +0000\nMessage-ID: <m@example.org>\nIn-Reply-To: <b@example.org>\n\nLink-Revision: <a@example.org>\n`,
  )
  const mails = [
    patch('a', ines, '[PATCH] wal: one', 0, 'src/a.c'),
    patch('b', ines, '[PATCH v2] log: all of it anew', 1, 'src/b.c'),
    link,
  ]
  for (const order of [mails, mails.toReversed(), shuffled(mails, 2), shuffled(mails, 5)]) {
    const { db, list, page } = await listWith(order, people)
    const shown = await page('a')
    expect(shown).toContain('Go to the newest, v2')
    expect(shown).toContain('said that <code>a@example.org</code> is a revision of the same change')
    await rebuild(db, list.id)
    expect(await page('a')).toBe(shown)
    await db.destroy()
  }
})

test('many patches that mend one do not push out the one that needs it', async () => {
  const fixes = Array.from({ length: 21 }, (_, at) => {
    const mail = String(patch(`m${at}`, marek, `[PATCH] log: mend ${at}`, at + 2, `src/m${at}.c`))
    return Buffer.from(mail.replace('Signed-off-by', 'Fixes: 0123456789ab ("wal: one")\nSigned-off-by'))
  })
  const mails = [
    patch('a', marek, '[PATCH] wal: one', 0, 'src/a.c'),
    patch('needs', ines, '[PATCH] log: five', 1, 'src/e.c', 'Depends-on: <a@example.org>\n'),
    ...fixes,
  ]
  const { page } = await listWith(mails, people)
  const shown = await page('a')
  expect(named(shown)).toContain('/tarn/needs@example.org/')
  const mended = shown.match(/<h2>Mended by<\/h2>(.*?)<\/section>/s)?.[1] ?? ''
  expect(new Set(mended.match(/\/tarn\/m\d+@example\.org\//g)).size).toBe(20)
  expect(mended).not.toContain('/tarn/m0@example.org/')
})
