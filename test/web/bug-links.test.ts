// What a bug's page gathers: the fixes that claim it or were posted below it, the bugs that repeat it, reproducers.
import { expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { makeApp } from '../../web/app.ts'
import { testDatabase } from '../database.ts'
import { cases } from '../tracker/threads.ts'

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
  // The box at its top, and that of the bug which repeats it.
  expect(page).toMatch(/A fix is posted: <a href="\/tarn\/(?:fix|below)@example.org\/">/)
  const same = await (await makeApp({ db }).request('/tarn/again@example.org/')).text()
  expect(same).toMatch(
    /The other one: <a href="\/tarn\/bug@example.org\/"><bdi>wal: open fails<\/bdi><\/a>, new/,
  )
  await db.destroy()
})

test.each([
  ['12@ at the host of the list', '1@lists.example.org'],
  ['LIST+12@', '"The bug" <tarn+1@lists.example.org>'],
  ['LIST+12@ beside the list', 'tarn@lists.example.org, Tarn+1@lists.example.org'],
])(
  'a mail to %s in a thread of its own shows on the page of the bug, and the bug on its pages',
  async (_, to) => {
    const { db } = await testDatabase()
    const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
    if (!list) throw new Error('No list was saved')
    const arrives = async (...mails: Buffer[]) => {
      const envelope = { road: 'test' }
      await append(
        db,
        list.id,
        mails.map(bytes => ({ bytes, envelope })),
      )
      await sortAll(db, list.id)
    }
    const app = makeApp({ db })
    const page = async (path: string) => (await app.request(`/tarn/${path}`)).text()
    await arrives(mail('bug', ruth, '[BUG] wal: open fails', 0, 'It fails.'))
    const now = new Date(Date.now() + 60_000).toUTCString()
    const sent = (id: string, subject: string, body: string) =>
      Buffer.from(
        `From: ${ines}\nTo: ${to}\nSubject: ${subject}\nDate: ${now}\nMessage-ID: <${id}@example.org>\n\n${body}\n`,
      )
    const tag = (await app.request('/tarn/bug@example.org/')).headers.get('ETag') ?? ''
    await arrives(
      sent('seen', 'seen on another disk', 'Here as well.'),
      sent('fix', '[PATCH] wal: open again', `Words.\n${diff('wal.c')}`),
      mail('talk', ruth, 'Re: seen on another disk', 9, 'Thanks.', 'seen'),
    )
    const again = await app.request('/tarn/bug@example.org/', { headers: { 'If-None-Match': tag } })
    const about = (await again.text()).match(/<h2>Also about this bug<\/h2>(.*?)<\/section>/s)?.[1]
    for (const id of ['seen', 'fix'])
      expect(about?.match(new RegExp(`href="/tarn/${id}@example.org/"`, 'g'))).toHaveLength(2)
    const back = '<dt>About</dt><dd><a href="/tarn/bug@example.org/"><bdi>wal: open fails</bdi></a>, new'
    for (const path of [
      'seen@example.org/',
      'seen@example.org/T/',
      'talk@example.org/T/',
      'fix@example.org/',
    ])
      expect([path, (await page(path)).includes(back)]).toEqual([path, true])
    expect(await page('talk@example.org/')).not.toContain('<dt>About</dt>')
    await rebuild(db, list.id)
    expect(await page('bug@example.org/')).toContain('<h2>Also about this bug</h2>')
    await db.destroy()
  },
)

test('mail to numbers elsewhere, to no bug and to its own bug shows on no other page', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
  if (!list) throw new Error('No list was saved')
  const arrives = async (bytes: Buffer) => {
    await append(db, list.id, [{ bytes, envelope: { road: 'test' } }])
    await sortAll(db, list.id)
  }
  await arrives(mail('bug', ruth, '[BUG] wal: open fails', 0, 'It fails.'))
  const now = new Date(Date.now() + 60_000).toUTCString()
  const sent = (id: string, to: string, answers = '') =>
    Buffer.from(
      `From: ${ines}\nTo: ${to}\nSubject: words\nDate: ${now}\nMessage-ID: <${id}@example.org>\n${answers}\nWords.\n`,
    )
  await arrives(sent('a', '1@example.net, tarn@lists.example.org'))
  await arrives(sent('b', 'ruth+1@example.net, tarn@lists.example.org'))
  await arrives(sent('c', 'other+1@lists.example.org, tarn@lists.example.org'))
  await arrives(sent('d', 'tarn+7@lists.example.org'))
  await arrives(sent('e', 'tarn+1@lists.example.org', 'In-Reply-To: <bug@example.org>\n'))
  const app = makeApp({ db })
  const text = await (await app.request('/tarn/bug@example.org/')).text()
  expect(text).not.toContain('Also about this bug')
  expect(text).not.toContain('<dt>About</dt>')
  await db.destroy()
})

test('topics name each other by trailers, and each page shows the mail that does', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
  const named = cases.find(({ name }) => name === 'trailers-name-topics')
  if (!list || !named) throw new Error('No list was saved, or the case is gone')
  const mails = named.mails.map(bytes => ({ bytes, envelope: { road: 'test' } }))
  await append(db, list.id, mails)
  await sortAll(db, list.id)
  const ids = named.mails.map(bytes => String(bytes).match(/^Message-ID: <(.+)>$/m)?.[1] ?? '')
  const [pager, syzbot, cursorBug, cliBug, talk, wal, cli, cursor, other, below] = ids
  const app = makeApp({ db })
  const page = async (id = '') => (await app.request(`/tarn/${id}/`)).text()
  /** The addresses in a section of the aside, in order. */
  const links = (text: string, words: string) => {
    const section = text.match(new RegExp(`<h2>${words}</h2>(.*?)</section>`, 's'))?.[1] ?? ''
    return [...section.matchAll(/href="\/tarn\/([^"#]+)\/"/g)].map(match => match[1])
  }
  const facts = (text: string, word: string) => {
    const rows = text.matchAll(new RegExp(`<dt>${word}</dt><dd>(.*?)</dd>`, 'gs'))
    return [...rows].map(row =>
      [...(row[1] ?? '').matchAll(/href="\/tarn\/([^"#]+)\/"/g)].map(match => match[1]),
    )
  }

  const walPage = await page(wal)
  expect(facts(walPage, 'Mends')).toEqual([[pager, wal]])
  expect(facts(walPage, 'Fixes report')).toEqual([[syzbot, wal]])
  expect(facts(walPage, 'Fixes')).toEqual([[cliBug, cli]])
  expect(facts(walPage, 'Links')).toEqual([[talk, wal]])
  expect(links(await page(pager), 'Mended by')).toEqual([wal, wal])
  expect(links(await page(syzbot), 'Fixes')).toEqual([wal, wal])
  expect(facts(await page(cursor), 'Fixes report')).toEqual([[cursorBug, cursor]])
  const cursorBugPage = await page(cursorBug)
  expect(links(cursorBugPage, 'Fixes')).toEqual([cursor, cursor])
  expect(links(cursorBugPage, 'Linked by')).toEqual([other, other])
  expect(facts(await page(below), 'Fixes report')).toEqual([[cliBug, below]])
  expect(links(await page(cliBug), 'Fixes')).toEqual([below, below, wal, cli])
  await db.destroy()
})

test('the page of a patch is made again when another one mends it', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
  if (!list) throw new Error('No list was saved')
  const app = makeApp({ db })
  const arrives = async (bytes: Buffer) => {
    await append(db, list.id, [{ bytes, envelope: { road: 'test' } }])
    await sortAll(db, list.id)
  }
  await arrives(mail('first', ines, '[PATCH] wal: open twice', 0, `Words.\n${diff('wal.c')}`))
  const tag = (await app.request('/tarn/first@example.org/')).headers.get('ETag') ?? ''
  const trailer = 'Fixes: 1a2b3c4d5e6f ("wal: open twice")'
  await arrives(mail('second', ruth, '[PATCH] wal: open once', 5, `Words.\n\n${trailer}\n${diff('open.c')}`))
  const again = await app.request('/tarn/first@example.org/', { headers: { 'If-None-Match': tag } })
  expect(again.status).toBe(200)
  expect(await again.text()).toContain('href="/tarn/second@example.org/"')
  await db.destroy()
})

test('who says "applied" without a commit is not shown with one', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'tarn', address: 'tarn@lists.example.org' }])
  if (!list) throw new Error('No list was saved')
  const mails = [
    mail('first', ines, '[PATCH] wal: open twice', 0, `Words.\n${diff('wal.c')}`),
    mail('thanks', ruth, 'Re: [PATCH] wal: open twice', 5, 'Applied, thanks.\n', 'first'),
  ]
  await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope: { road: 'test' } })),
  )
  await sortAll(db, list.id)
  const page = await (await makeApp({ db }).request('/tarn/first@example.org/')).text()
  expect(page).toContain('Ruth Abellan</bdi></b> said that it is applied')
  await db.destroy()
})
