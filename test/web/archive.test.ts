import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { makeApp } from '../../web/app.ts'
import { paths } from '../../web/paths.ts'
import { startWeb } from '../../web/serve.ts'
import { type Archive, makeArchive, series, write } from './archive.ts'

const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'
let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    ...series,
    { id: 'with/slash+plus=@example.org', subject: 'Odd: a "name"/with ../ parts' },
  ])
})

test('a raw mail is an mbox of one, quoted, in LF, without fields of somebody’s mailbox', async () => {
  const bytes = Buffer.from(
    'Status: RO\r\nLines: 4\r\n\tfolded\r\nSubject: quoting\r\nMessage-ID: <quote@example.org>\r\nContent-Length: 9\r\n' +
      'From: a@example.org\r\n\r\nFrom here\r\n>From there\r\n From beside\r\nFrom\r\n',
  )
  await archive.add(bytes)
  const response = await archive.app.request('/tarn/quote@example.org/raw')
  expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
  expect(response.headers.get('Content-Disposition')).toBe('inline; filename=quoting.txt')
  expect(await response.text()).toBe(
    `${separator}Subject: quoting\nMessage-ID: <quote@example.org>\nFrom: a@example.org\n\n` +
      '>From here\n>>From there\n From beside\nFrom\n\n',
  )
})

test('the raw address gives every text that came with a Message-ID', async () => {
  await archive.add(
    { id: 'twice@example.org', body: 'The first text.\n' },
    { id: 'twice@example.org', body: 'Another text.\n', from: 'Eve <eve@example.com>' },
  )
  const raw = await archive.page('/tarn/twice@example.org/raw')
  expect(raw.split(separator)).toHaveLength(3)
  expect(raw).toContain('The first text.')
  expect(raw).toContain('Another text.')
  const differing = plain(await archive.page('/tarn/twice@example.org/d/'))
  expect(differing).toMatch(
    /text 1 and text 2.*1From: Ines Oduya.*2From: Eve.*1The first text.*2Another text/s,
  )
  expect(await archive.page('/tarn/twice@example.org/')).toContain('/tarn/twice@example.org/d/')
  const copy = /\/tarn\/twice@example.org\/raw\?text=[0-9a-f]{64}/
  expect(await archive.page('/tarn/twice@example.org/d/')).toMatch(copy)
  expect(plain(await archive.page('/tarn/quote@example.org/d/'))).toContain('Only one text')
})

const plain = (page: string) => page.replace(/<[^>]*>/g, '')

test('bytes that are no UTF-8 leave as they came', async () => {
  const bytes = Buffer.concat([write({ id: 'latin@example.org', body: 'caf' }), Buffer.from([0xe9, 0x0a])])
  await archive.add(bytes)
  const response = await archive.app.request('/tarn/latin@example.org/raw')
  const sent = Buffer.from(await response.arrayBuffer())
  expect(sent.subarray(separator.length, separator.length + bytes.length).equals(bytes)).toBe(true)
})

test('t.mbox.gz holds the whole thread, whichever mail is asked for', async () => {
  const mboxes = await Promise.all(
    ['v1-0@example.org', 'review-2@example.net'].flatMap(id => [
      archive.app.request(`/tarn/${id}/t.mbox.gz`),
      archive.app.request(`/tarn/${id}/t.mbox`),
    ]),
  )
  for (const response of mboxes) {
    expect(response.headers.get('Content-Type')).toBe('application/gzip')
    const mbox = gunzipSync(Buffer.from(await response.arrayBuffer())).toString()
    const ids = [...mbox.matchAll(/^Message-ID: <(.*)>$/gm)].map(match => match[1])
    expect(ids.sort()).toEqual(series.map(letter => letter.id).sort())
    expect(mbox.startsWith(separator)).toBe(true)
  }
})

test('the mbox of a thread with large mails holds each of them whole, in their order', async () => {
  const letters = ['a', 'b', 'c'].map((letter, at) => ({
    id: `large-${letter}@example.org`,
    subject: 'A long log',
    body: `${letter.repeat(70)}\n`.repeat(9_000),
    minute: 500 + at,
    ...(at === 0 ? {} : { answers: 'large-a@example.org' }),
  }))
  await archive.add(...letters)
  const response = await archive.app.request('/tarn/large-b@example.org/t.mbox.gz')
  const mbox = gunzipSync(Buffer.from(await response.arrayBuffer())).toString()
  expect(mbox).toBe(letters.map(letter => `${separator}${write(letter)}\n`).join(''))
})

test('the mbox of an unknown mail is an empty 404', async () => {
  const response = await archive.app.request('/tarn/nobody@example.org/t.mbox.gz')
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('')
})

const redirects: readonly [string, number, string][] = [
  ['/tarn', 301, '/tarn/'],
  ['/tarn/bugs', 301, '/tarn/bugs/'],
  ['/tarn/v1-0@example.org', 301, '/tarn/v1-0@example.org/'],
  ['/tarn/v1-0%40example.org', 301, '/tarn/v1-0@example.org/'],
  ['/tarn/v1-0@example.org/T', 301, '/tarn/v1-0@example.org/T/#u'],
  ['/v1-0@example.org/', 302, '/tarn/v1-0@example.org/'],
  ['/v1-0@example.org', 302, '/tarn/v1-0@example.org/'],
  ['/tarn/with/slash+plus=@example.org/raw', 301, '/tarn/with%2Fslash+plus=@example.org/raw'],
  ['/tarn/with/slash+plus=@example.org/', 301, '/tarn/with%2Fslash+plus=@example.org/'],
  ['/tarn/?q=%3Cv1-0@example.org%3E', 302, '/tarn/v1-0@example.org/'],
  ['/tarn/?state=nonsense', 302, '/tarn/'],
]

test.each(redirects)('%s leads on with %i to %s', async (path, status, location) => {
  for (const method of ['GET', 'HEAD']) {
    const response = await archive.app.request(path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('Location')).toBe(location)
  }
})

test('a redirect is absolute from the configured address, whatever host was asked for', async () => {
  const url = 'https://lists.example.org'
  const app = makeApp({ db: archive.db, url })
  for (const [path, status, location] of redirects)
    for (const method of ['GET', 'HEAD']) {
      const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' }
      const response = await app.request(`http://evil.example${path}`, { method, headers })
      expect([response.status, response.headers.get('Location')]).toEqual([status, `${url}${location}`])
    }
})

test('without one b4 gets where the pages are, and a browser stays where it is', async () => {
  const log = { error: () => {}, warn: () => {} }
  const web = await startWeb({ db: archive.db, log, host: '127.0.0.1', port: 0 })
  const at = `http://127.0.0.1:${web.port}`
  const ask = async (method: string) => {
    const path = `${at}/tarn/v1-0@example.org`
    return (await fetch(path, { method, redirect: 'manual' })).headers.get('Location')
  }
  expect(await ask('HEAD')).toBe(`${at}/tarn/v1-0@example.org/`)
  expect(await ask('GET')).toBe('/tarn/v1-0@example.org/')
  await web.close()
})

test('a Message-ID is found under every spelling of its address', async () => {
  for (const spelling of ['with%2Fslash+plus=@example.org', 'with%2Fslash%2Bplus%3D%40example.org'])
    expect(await archive.page(`/tarn/${spelling}/`)).toContain('Odd: a')
  expect(paths.mail('tarn', "a/b%c?d#e'f@g")).toBe("/tarn/a%2Fb%25c%3Fd%23e'f@g/")
})

test('the name of a saved mail holds nothing that a file system or a header minds', async () => {
  const response = await archive.app.request('/tarn/with%2Fslash+plus=@example.org/raw')
  expect(response.headers.get('Content-Disposition')).toBe('inline; filename=Odd-a-name-with-..-parts.txt')
})

test('an address that leads nowhere says so and shows a way on', async () => {
  expect(await archive.page('/nowhere/', 404)).toContain('href="/"')
  expect(await archive.page('/nowhere/x@example.org/', 404)).toContain('href="/"')
  const page = await archive.page('/tarn/nobody@example.org/', 404)
  expect(page).toContain('nobody@example.org')
  expect(page).toContain('href="/tarn/?state=all"')
  for (const odd of ['%00%ff', '%00', 'a%00b@example.org', '%ED%A0%80@example.org'])
    expect(await archive.page(`/tarn/${odd}/`, 404)).toContain('href="/tarn/?state=all"')
  expect((await archive.app.request('/tarn/%00/raw')).status).toBe(404)
})

test('a list that masks addresses shows none on its pages and in its feeds, and programs get the mails as they are', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'said@example.org',
      subject: 'Ask zoe@example.com',
      from: '"Zoe @ home" <zoe@example.com>',
      body: 'Write to zoe@example.com or <max.o@sub.example.net>.\n\nOn Monday, zoe@example.com wrote:\n> no\n\nReviewed-by: Zoe <zoe@example.com>\n',
    },
  ])
  await saveLists(own.db, [{ name: 'tarn', address: 'tarn@lists.example.org', addresses: 'masked' }])
  const addresses = series.flatMap(({ from }) => from?.match(/[^\s<>]+@[^\s<>]+/)?.[0] ?? [])
  const people = [...new Set([...addresses, 'zoe@example.com', 'ines@example.org', 'max.o@sub.example.net'])]
  const pages = [
    ...['/tarn/', '/tarn/?state=all', '/tarn/waits/', '/tarn/?q=lock', '/tarn/?q=f%3Azoe', '/all/?q=lock'],
    ...['/tarn/v2-0@example.org/', '/tarn/v2-2@example.org/', '/tarn/v2-0@example.org/v1..v2'],
    ...['/tarn/review-2@example.net/', '/tarn/review-2@example.net/T/', '/tarn/said@example.org/'],
    ...['/tarn/new.atom', '/tarn/said@example.org/t.atom', '/all/new.atom', '/tarn/?q=lock&x=A'],
  ]
  for (const path of pages) {
    const page = decodeURIComponent(await own.page(path))
    for (const address of people) expect(page, path).not.toContain(address)
  }
  const page = await own.page('/tarn/said@example.org/')
  expect(page).toContain('zoe@…')
  expect(page).toMatch(/href="mailto:tarn@lists.example.org\?In-Reply-To=%3Csaid%40example.org%3E/)
  expect(page).toMatch(
    /git send-email --in-reply-to=\S*said@example\.org\S* --to=tarn@lists\.example\.org reply\.patch/,
  )
  expect(page).toMatch(/tarn\+r-[a-z2-7]{16}@lists\.example\.org/)
  expect(await own.page('/tarn/said@example.org/raw')).toContain('From: "Zoe @ home" <zoe@example.com>')
  expect((await own.app.request('/tarn/said@example.org/')).headers.get('X-Content-Type-Options')).toBe(
    'nosniff',
  )
})
