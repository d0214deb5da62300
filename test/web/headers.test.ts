import { beforeAll, expect, test } from 'vitest'
import { stylesheet } from '../../web/stylesheet.ts'
import { type Archive, makeArchive, series } from './archive.ts'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive(series)
})

const kinds = [
  '/',
  '/tarn/',
  '/tarn/bugs/',
  '/tarn/applied/',
  '/tarn/statistics/',
  '/tarn/about/',
  '/tarn/?state=all',
  '/tarn/?state=closed',
  '/tarn/?q=lock',
  '/tarn/v2-0@example.org/',
  '/tarn/v2-2@example.org/',
  '/tarn/review-2@example.net/',
  '/tarn/review-2@example.net/T/',
  '/tarn/v1-0@example.org/raw',
  '/tarn/v1-0@example.org/t.mbox.gz',
]

test('every answer forbids scripts, foreign styles, framing, sniffing and referrers', async () => {
  for (const path of [...kinds, '/nowhere', '/tarn/nobody@example.org/', stylesheet.path]) {
    const { headers } = await archive.app.request(path)
    const policy = headers.get('Content-Security-Policy') ?? ''
    for (const part of [
      "default-src 'none'",
      "style-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split('; '), path).toContain(part)
    expect(policy, path).not.toContain('unsafe')
    expect(headers.get('X-Content-Type-Options'), path).toBe('nosniff')
    expect(headers.get('Referrer-Policy'), path).toBe('no-referrer')
  }
})

test('a page that the reader has is answered with 304 and no text', async () => {
  for (const path of kinds) {
    const first = await archive.app.request(path)
    const tag = first.headers.get('ETag') ?? ''
    expect(tag, path).toMatch(/^W\/"[\w-]{22}"$/)
    expect(first.headers.get('Cache-Control'), path).toBe('no-cache')
    for (const held of [tag, `"other", ${tag}`, tag.slice(2), '*']) {
      const again = await archive.app.request(path, { headers: { 'If-None-Match': held } })
      expect(again.status, `${path} ${held}`).toBe(304)
      expect(await again.text()).toBe('')
    }
    const other = await archive.app.request(path, { headers: { 'If-None-Match': '"other"' } })
    expect(other.status, path).toBe(200)
  }
})

test('a 304 needs no topic: it is answered before the page is made', async () => {
  const own = await makeArchive(series)
  const path = '/tarn/v2-0@example.org/'
  const tag = (await own.app.request(path)).headers.get('ETag') ?? ''
  // Without its parts no page could be made of it.
  await own.db.updateTable('topic').set({ data: '{}' }).execute()
  expect((await own.app.request(path, { headers: { 'If-None-Match': tag } })).status).toBe(304)
})

test('a new mail changes the tags of its list and of its topic, and of no other topic', async () => {
  const own = await makeArchive([...series, { id: 'alone@example.org', subject: 'Something else' }])
  const tagOf = async (path: string) => (await own.app.request(path)).headers.get('ETag')
  const watched = ['/', '/tarn/', '/tarn/?q=lock', '/tarn/v1-1@example.org/', '/tarn/v1-1@example.org/T/']
  const before = await Promise.all([...watched, '/tarn/alone@example.org/'].map(tagOf))
  await own.add({
    id: 'late@example.com',
    subject: 'Re: [PATCH 0/2] wal',
    minute: 99,
    answers: 'v1-0@example.org',
  })
  const after = await Promise.all([...watched, '/tarn/alone@example.org/'].map(tagOf))
  for (const [index, path] of watched.entries()) expect(after[index], path).not.toBe(before[index])
  expect(after.at(-1)).toBe(before.at(-1))
})

test('HEAD answers what GET does, without the text', async () => {
  for (const path of kinds) {
    const get = await archive.app.request(path)
    const head = await archive.app.request(path, { method: 'HEAD' })
    expect(head.status, path).toBe(get.status)
    expect(head.headers.get('Content-Type'), path).toBe(get.headers.get('Content-Type'))
    expect(await head.text(), path).toBe('')
  }
})

test('any other method is refused and told what is allowed', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const response = await archive.app.request('/tarn/', { method })
    expect(response.status, method).toBe(405)
    expect(response.headers.get('Allow')).toBe('GET, HEAD')
  }
})

test('the stylesheet is kept for ever under an address that changes with it', async () => {
  const page = await archive.page('/tarn/')
  expect(page).toContain(`<link rel="stylesheet" href="${stylesheet.path}">`)
  const response = await archive.app.request(stylesheet.path)
  expect(response.headers.get('Content-Type')).toBe('text/css; charset=UTF-8')
  expect(response.headers.get('Cache-Control')).toContain('immutable')
  expect(await response.text()).toContain('prefers-color-scheme: dark')
})

test('a page is made once for all readers, until something on its list changes', async () => {
  const own = await makeArchive(series)
  const path = '/tarn/v2-0@example.org/'
  const page = await own.page(path)
  // Without its parts no page could be made of it.
  await own.db.updateTable('topic').set({ data: '{}' }).execute()
  const again = await own.app.request(path)
  expect(await again.text()).toBe(page)
  expect(again.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
  await own.db.updateTable('list').set({ version: '99' }).execute()
  await expect(own.page(path)).rejects.toThrow()
})
