import { expect, test } from 'vitest'
import { makeArchive, patchBody, write } from './archive.ts'

const marker = `"><x-mark a='`
const encoded = `=?utf-8?q?=22=3E=3Cx-mark_a=3D'?=`

/** All pages that show something of these mails. */
const pagesOf = (ids: readonly string[]) => [
  '/',
  '/tarn/',
  '/tarn/bugs/',
  '/tarn/?state=all',
  '/tarn/applied/',
  '/tarn/statistics/',
  '/tarn/take-part/',
  '/tarn/about/',
  '/tarn/?q=is:open',
  '/tarn/?since=2026-03-01',
  `/tarn/?since=${encodeURIComponent(marker)}`,
  `/tarn/bugs/?label=${encodeURIComponent(marker)}`,
  `/tarn/bugs/?severity=${encodeURIComponent(marker)}`,
  `/tarn/?q=${encodeURIComponent(`is:${marker}`)}`,
  `/tarn/?q=${encodeURIComponent(`is:open delegate:${marker}`)}`,
  `/tarn/?q=${encodeURIComponent(marker)}`,
  '/tarn/?q=mark',
  `/tarn/?state=${encodeURIComponent(marker)}`,
  `/tarn/?state=all&before=${encodeURIComponent(`1.${marker}`)}`,
  `/tarn/${encodeURIComponent(marker)}/`,
  `/${encodeURIComponent(marker)}/`,
  ...ids.flatMap(id => [`/tarn/${encodeURIComponent(id)}/`, `/tarn/${encodeURIComponent(id)}/T/`]),
]

test('a mark in every field of a mail appears on no page as it is', async () => {
  const id = `m${marker.replaceAll(' ', '_')}@example.org`
  const file = `src/${marker.replaceAll(' ', '_')}.c`
  const fields = {
    from: `${encoded} <ines@example.org>`,
    headers: [`Cc: ${encoded} <x"><x-mark@example.org>`, `X-Other: ${marker}`],
  }
  const archive = await makeArchive([
    { id: 'cover@example.org', subject: `[PATCH 0/1] ${encoded} mark`, body: `${marker} mark\n`, ...fields },
    {
      id,
      subject: `[PATCH 1/1] ${marker} mark`,
      body: patchBody(file, `${marker} mark\n\nhttps://example.org/${marker}`),
      minute: 1,
      answers: 'cover@example.org',
      ...fields,
    },
    {
      id: 'reply@example.com',
      subject: `Re: ${marker} mark`,
      from: `"${marker.replace('"', '\\"')}" <m@example.com>`,
      body: `> ${marker}\n\n${marker} mark\n\nReviewed-by: ${marker} <m@example.com>\nPatch-Status: accepted -- ${marker}\n`,
      minute: 2,
      answers: id,
    },
    { id: 'bug@example.com', subject: `[BUG] ${marker} mark`, body: `${marker}\n`, minute: 3, ...fields },
    {
      id: 'answer@example.com',
      subject: `Re: [BUG] ${marker} mark`,
      body: `Bug-Status: confirmed -- ${marker}\nLabels: +${marker}\nSeverity: ${marker}\n`,
      minute: 4,
      answers: 'bug@example.com',
      ...fields,
    },
  ])
  let seen = 0
  for (const path of pagesOf([
    'cover@example.org',
    id,
    'reply@example.com',
    'bug@example.com',
    'answer@example.com',
  ])) {
    const text = await (await archive.app.request(path)).text()
    expect(text, path).not.toContain('<x-mark')
    expect(text, path).not.toMatch(/="[^"]*"><x/)
    if (text.includes('&lt;x-mark')) seen++
  }
  // Else the test would hold on empty pages.
  expect(seen).toBeGreaterThan(10)
})

test('HTML and script in a mail are shown as text or not at all', async () => {
  const html = write({
    id: 'html@example.org',
    subject: '<script>alert(1)</script>',
    body: '<script>alert(2)</script><b onclick="x()">bold</b><a href="javascript:alert(3)">here</a>\n',
  })
  const archive = await makeArchive([
    Buffer.from(html.toString().replace('text/plain', 'text/html')),
    { id: 'plain@example.org', body: '<script>alert(4)</script> javascript:alert(5) data:text/html,x\n' },
  ])
  for (const path of pagesOf(['html@example.org', 'plain@example.org'])) {
    const text = await (await archive.app.request(path)).text()
    expect(text, path).not.toMatch(/<script|onclick=|href="(?:javascript|data):/i)
  }
  expect(await archive.page('/tarn/plain@example.org/')).toContain('&lt;script&gt;alert(4)')
})

test('characters that nobody sees are written out in names, subjects, texts and diffs', async () => {
  const archive = await makeArchive([
    {
      id: 'bidi@example.org',
      subject: '[PATCH] access: \u202egpj.exe',
      from: '=?utf-8?q?Ines=E2=80=AE_Oduya?= <ines@example.org>',
      body: patchBody('src/a.c', 'if (admin\u2066) // \u2069 check\n').replace(
        'unlock(w)',
        'un\u200block(w)',
      ),
    },
  ])
  const page = await archive.page('/tarn/bidi@example.org/')
  for (const hidden of ['\u202e', '\u2066', '\u2069', '\u200b']) expect(page).not.toContain(hidden)
  expect(page).toContain('<bdi>access: [U+202E]gpj.exe</bdi>')
  expect(page).toContain('<bdi>Ines[U+202E] Oduya</bdi>')
  expect(page).toContain('if (admin[U+2066]) // [U+2069] check')
  expect(page).toContain('un[U+200B]lock(w)')
})

test('a letter of a living script keeps its joiners', async () => {
  const archive = await makeArchive([
    { id: 'fa@example.org', subject: '=?utf-8?b?2YXbjOKAjNiu2YjYp9mH2YU=?=' },
  ])
  expect(await archive.page('/tarn/fa@example.org/')).toContain('می\u200cخواهم')
})

test('a thread a thousand deep and a word of a megabyte make a page', async () => {
  const chain = Array.from({ length: 1_000 }, (_, index) => ({
    id: `deep-${index}@example.org`,
    subject: 'Re: deep',
    minute: index,
    ...(index > 0 ? { answers: `deep-${index - 1}@example.org` } : {}),
  }))
  const archive = await makeArchive([
    ...chain,
    {
      id: 'long@example.org',
      subject: 'long',
      body: `${'x@'.repeat(500_000)}\n${'>'.repeat(200_000)}\n${'.'.repeat(200_000)}a\n`,
    },
  ])
  const started = performance.now()
  const thread = await archive.page('/tarn/deep-999@example.org/T/')
  expect(thread.match(/<ul/g)?.length).toBeLessThan(20)
  expect(thread).toContain('page 20 of 20')
  expect(await archive.page('/tarn/long@example.org/')).toContain('Read all of it as it came')
  expect(performance.now() - started).toBeLessThan(5_000)
})
