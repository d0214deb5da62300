// What a reviewing program found, on the pages of a series and of its patches.
import { beforeAll, expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { type Archive, makeArchive, series } from './archive.ts'

const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

/** The block beside the page. */
const block = (html: string) => text(html.match(/<section><h2>Findings<\/h2>.*?<\/section>/s)?.[0] ?? '')

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive(series)
  await archive.add(
    {
      id: 'found@ci.example.net',
      from: 'Patch Reader Bot <reader@ci.example.net>',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      answers: 'v2-2@example.org',
      minute: 95,
      body: 'Automated review.\n\n- [High] src/wal.c:2: the <b>sum</b> overflows\n- [Nit, pre-existing] the name\n- [Low] a blank\n',
    },
    {
      id: 'no@example.org',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      answers: 'found@ci.example.net',
      minute: 96,
      body: 'Finding 3: dismissed -- it is the style here\n',
    },
  )
})

test('stands beside the patch with counts, and each links to its mail', async () => {
  const html = await archive.page('/tarn/v2-2@example.org/')
  expect(block(html)).toContain('1 high, 1 low, 1 dismissed, by Patch Reader Bot')
  expect(block(html)).toContain('High , src/wal.c:2 the &lt;b&gt;sum&lt;/b&gt; overflows')
  expect(block(html)).toContain('Nit , pre-existing the name')
  expect(block(html)).toMatch(/a blank .* dismissed it : it is the style here/)
  expect(html).toContain('href="/tarn/found@ci.example.net/"')
})

test('stands beside the whole series, and not beside another patch', async () => {
  expect(block(await archive.page('/tarn/v2-0@example.org/'))).toContain('1 high, 1 low, 1 dismissed')
  expect(block(await archive.page('/tarn/v2-1@example.org/'))).toBe('')
})

test('offers the line that dismisses it, and the history tells of one', async () => {
  const html = await archive.page('/tarn/v2-0@example.org/')
  expect(html).toMatch(
    /mailto:[^"]*in-reply-to=%3Cfound%40ci\.example\.net%3E[^"]*Finding%201%3A%20dismissed/i,
  )
  expect(text(html)).toContain('dismissed finding 3')
})

test('what a configured robot asks in the diff is no open comment of anybody', async () => {
  const asking = {
    id: 'asks@ci.example.net',
    from: 'Sieve <sieve@ci.example.net>',
    subject: 'Re: [PATCH v2 2/2] wal: count the waits',
    answers: 'v2-2@example.org',
    minute: 95,
    body: '> -\tsync(w);\n\nWho syncs now?\n',
  }
  const asked = await makeArchive([...series, asking])
  expect(text(await asked.page('/tarn/v2-0@example.org/'))).toContain('Open comments')
  const quiet = await makeArchive()
  await saveLists(quiet.db, [
    {
      name: 'tarn',
      address: 'tarn@lists.example.org',
      people: [{ name: 'Sieve', address: 'sieve@ci.example.net', role: 'robot' }],
    },
  ])
  await quiet.add(...series, asking)
  const page = text(await quiet.page('/tarn/v2-0@example.org/'))
  expect(page).not.toContain('Open comments')
  expect(page).not.toContain('Sieve commented')
})
