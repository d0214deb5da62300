// The addresses that b4, lei, liblore and korgalore ask for, and what they must be answered.
import { gunzipSync } from 'node:zlib'
import type { Hono } from 'hono'
import { DomUtils, parseDocument } from 'htmlparser2'
import { beforeAll, expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { makeApp } from '../../web/app.ts'
import { type Archive, type Letter, makeArchive, patchBody, write } from './archive.ts'

/** A series and its v2 in a thread of its own, a talk below a mail that never came, and a mail on another list, too. */
const letters: readonly Letter[] = [
  {
    id: 'a1@example.org',
    subject: '[PATCH 0/1] wal: hold the lock less',
    body: 'One.\n\nchange-id: 20260302-wal-0a1b2c3d4e5f\n',
  },
  {
    id: 'a1/1+x=@example.org',
    subject: '[PATCH 1/1] wal: unlock first',
    body: patchBody(),
    minute: 1,
    answers: 'a1@example.org',
  },
  {
    id: 'review@example.net',
    subject: 'Re: [PATCH 1/1] wal: unlock first',
    from: 'Priya Nand <priya@example.net>',
    body: '> lock(w)\nNo need.\n',
    minute: 2,
    answers: 'a1/1+x=@example.org',
  },
  {
    id: 'a2@example.org',
    subject: '[PATCH v2 0/1] wal: hold the lock less',
    body: 'Two.\n\nchange-id: 20260302-wal-0a1b2c3d4e5f\n',
    minute: 60,
  },
  {
    id: 'a2-1@example.org',
    subject: '[PATCH v2 1/1] wal: unlock first',
    body: patchBody(),
    minute: 61,
    answers: 'a2@example.org',
  },
  {
    id: 'one@example.org',
    subject: 'Re: lost',
    body: 'The first answer.\n',
    minute: 70,
    answers: 'ghost@example.org',
  },
  {
    id: 'two@example.org',
    subject: 'Re: lost',
    body: 'The second answer.\n',
    minute: 71,
    answers: 'ghost@example.org',
  },
]
const url = 'https://lists.example.org'

let archive: Archive
let app: ReturnType<typeof makeApp>
beforeAll(async () => {
  archive = await makeArchive(letters)
  const more = [
    { name: 'tarn', address: 'tarn@lists.example.org', description: 'A storage engine' },
    { name: 'other', address: 'other@lists.example.org', description: 'Another list' },
  ]
  const other = (await saveLists(archive.db, more)).find(list => list.name === 'other')
  if (other === undefined) throw new Error('The list was not saved')
  const mails = [
    letters[5],
    {
      id: 'else@example.org',
      subject: 'Elsewhere',
      body: 'An otter.\n',
      answers: 'one@example.org',
      minute: 80,
    },
  ]
  await append(
    archive.db,
    other.id,
    mails.map(letter => ({ bytes: write(letter as Letter), envelope: { road: 'import' } })),
  )
  await sortAll(archive.db, other.id)
  app = makeApp({ db: archive.db, url })
})

const post = (path: string, body = '') =>
  app.request(path, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })

async function idsIn(response: Response): Promise<string[]> {
  expect([
    response.status,
    response.headers.get('Content-Type'),
    response.headers.get('Content-Encoding'),
  ]).toEqual([200, 'application/gzip', null])
  const mbox = gunzipSync(Buffer.from(await response.arrayBuffer())).toString()
  expect(mbox.startsWith('From mboxrd@z Thu Jan  1 00:00:00 1970\n')).toBe(true)
  return [...mbox.matchAll(/^Message-ID: <(.*)>$/gm)].map(match => match[1] ?? '')
}

const search = (query: string, rest = '') => post(`/tarn/?x=m&q=${encodeURIComponent(query)}${rest}`)

test('t.mbox.gz is the thread, not the topic: what answers joins, over a mail that never came, too', async () => {
  const first = ['a1@example.org', 'a1/1+x=@example.org', 'review@example.net']
  for (const id of first) {
    expect(await idsIn(await app.request(`/tarn/${encodeURIComponent(id)}/t.mbox.gz`))).toEqual(first)
    expect(await idsIn(await app.request(`/all/${encodeURIComponent(id)}/t.mbox`))).toEqual(first)
  }
  expect(await idsIn(await app.request('/tarn/a2-1@example.org/t.mbox.gz'))).toEqual([
    'a2@example.org',
    'a2-1@example.org',
  ])
  expect(await idsIn(await app.request('/tarn/one@example.org/t.mbox.gz'))).toEqual([
    'one@example.org',
    'two@example.org',
  ])
})

test('a search by POST gives the mails that it finds, newest first', async () => {
  expect(await idsIn(await search('s:wal'))).toEqual(
    letters
      .slice(0, 5)
      .map(letter => letter.id)
      .reverse(),
  )
  expect(await idsIn(await search('(nq:"change-id: 20260302-wal-0a1b2c3d4e5f") AND d:20260301..'))).toEqual([
    'a2@example.org',
    'a1@example.org',
  ])
})

test.each([
  ['&t=1', ''],
  ['', 'x=m'],
  ['', 'x=full+threads'],
])('with %j and the body %j their whole threads', async (rest, body) => {
  const response = await post(`/tarn/?x=m&q=nq%3A%22no+need%22${rest}`, body)
  expect((await idsIn(response)).toSorted()).toEqual([
    'a1/1+x=@example.org',
    'a1@example.org',
    'review@example.net',
  ])
})

test.each([
  ['&t=0', ''],
  ['', 'z=results+only'],
  ['', 'x=0'],
])('with %j and the body %j only the mails', async (rest, body) => {
  expect(await idsIn(await post(`/tarn/?x=m&q=nq%3A%22no+need%22${rest}`, body))).toEqual([
    'review@example.net',
  ])
})

test('the search of a thread finds nothing beside it', async () => {
  const at = Date.UTC(2026, 2, 2, 9, 1) / 1_000
  const within = (id: string) => post(`/tarn/${encodeURIComponent(id)}/?x=m&q=rt:${at}..`)
  expect(await idsIn(await within('a1@example.org'))).toEqual(['review@example.net', 'a1/1+x=@example.org'])
  expect(await idsIn(await within('two@example.org'))).toEqual(['two@example.org', 'one@example.org'])
})

test('what finds nothing is 404, what means nothing is told, and nothing else is posted', async () => {
  const none = await search('s:nothing')
  expect([none.status, await none.text()]).toEqual([404, 'No results found\n'])
  const wrong = await search('d:someday')
  expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('“d:someday” is no time')])
  expect((await post('/tarn/?q=wal')).status).toBe(405)
  expect((await post('/tarn/a1@example.org/')).status).toBe(405)
  expect((await post('/nowhere/?q=wal&x=m')).status).toBe(404)
  expect((await post('/tarn/nobody@example.org/?q=wal&x=m')).status).toBe(404)
})

test('all lists are searched under one name, and a mail of two lists comes once', async () => {
  const found = await idsIn(await post('/all/?x=m&q=s%3Alost+OR+s%3AElsewhere'))
  expect(found.toSorted()).toEqual(['else@example.org', 'one@example.org', 'two@example.org'])
})

test('the page of all lists finds a mail of two lists once, and says where it is', async () => {
  const page = await (await app.request('/all/?q=s%3Alost+OR+s%3AElsewhere')).text()
  const text = page.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
  expect(text).toContain('3 mails hold')
  expect(text).toContain('on other')
  expect(page).toContain('href="/other/else@example.org/"')
  expect(page).toContain('action="/all/"')
  expect((await (await app.request('/')).text()).match(/action="[^"]*"/g)).toEqual(['action="/all/"'])
  expect((await app.request('/all/?q=s%3Anothing')).status).toBe(200)
})

test('a whole archive is one mbox in the order of the log', async () => {
  expect(await idsIn(await app.request('/tarn/all.mbox.gz'))).toEqual(letters.map(letter => letter.id))
  expect(await idsIn(await app.request('/all/all.mbox.gz'))).toHaveLength(letters.length + 1)
  expect((await app.request('/tarn/2026-03.mbox.gz')).status).toBe(404)
})

test.each([
  ['/tarn/a1@example.org/f/', 301, '/tarn/a1@example.org/'],
  ['/tarn/a1@example.org/R', 301, '/tarn/a1@example.org/#R'],
  ['/tarn/m/a1@example.org/', 301, '/tarn/a1@example.org/'],
  ['/tarn/m/a1@example.org.html', 301, '/tarn/a1@example.org/'],
  ['/tarn/m/a1@example.org/raw', 301, '/tarn/a1@example.org/raw'],
  ['/tarn/f/a1@example.org.txt', 301, '/tarn/a1@example.org/raw'],
  ['/tarn/t/a1@example.org/', 301, '/tarn/a1@example.org/t/#u'],
  ['/tarn/t/a1@example.org.mbox.gz', 301, '/tarn/a1@example.org/t.mbox.gz'],
  ['/tarn/t/a1@example.org/mbox.gz', 301, '/tarn/a1@example.org/t.mbox.gz'],
  ['/tarn/new.html', 301, '/tarn/?state=all'],
  ['/tarn/topics_new.atom', 301, '/tarn/new.atom'],
  ['/tarn/_/text', 302, '/tarn/_/text/help/'],
  ['/tarn/_/text/mirror', 302, '/tarn/_/text/mirror/'],
  ['/tarn/a1%2F1%2Bx%3D%40example.org', 301, '/tarn/a1%2F1+x=@example.org/'],
  ['/tarn/a1/1+x=@example.org/t.mbox.gz', 301, '/tarn/a1%2F1+x=@example.org/t.mbox.gz'],
  ['/all', 301, '/all/'],
  ['/all/', 302, '/'],
  ['/?q=s%3Awal', 302, '/all/?q=s%3Awal'],
  ['/all/?q=else@example.org', 302, '/other/else@example.org/'],
  ['/all/a1@example.org', 302, '/tarn/a1@example.org/'],
  ['/all/a1@example.org/', 302, '/tarn/a1@example.org/'],
  ['/all/a1%2F1+x=@example.org/T/', 302, '/tarn/a1%2F1+x=@example.org/T/'],
] as const)('%s leads on with %i to %s', async (path, status, to) => {
  for (const method of ['GET', 'HEAD']) {
    const response = await app.request(path, { method })
    expect([response.status, response.headers.get('Location')]).toEqual([status, `${url}${to}`])
  }
})

test('the small files that programs ask for', async () => {
  const text = async (path: string) => (await app.request(path)).text()
  expect(await text('/tarn/description')).toBe('A storage engine\n')
  expect(await text('/tarn/_/text/config/raw')).toContain('address = "tarn@lists.example.org"')
  expect(await text('/all/_/text/config/raw')).toContain('[publicinbox "other"]')
  expect(await text('/tarn/_/text/help/raw')).toContain(`b4 am ${url}/tarn/MESSAGE-ID/`)
  expect(await text('/tarn/_/text/mirror/')).toContain(`${url}/tarn/all.mbox.gz`)
  expect(await text('/robots.txt')).toContain('Disallow: /*?q=')
  expect((await app.request('/tarn/_/text/help/', { method: 'HEAD' })).status).toBe(200)
  expect((await app.request('/tarn/_/text/nothing/')).status).toBe(404)
  for (const path of ['/manifest.js.gz', '/tarn/manifest.js.gz'])
    expect(gunzipSync(Buffer.from(await (await app.request(path)).arrayBuffer())).toString()).toBe('{}')
})

type Node = ReturnType<typeof parseDocument>['children'][number]
type Element = Extract<Node, { attribs: unknown }>
const isElement = (node: Node): node is Element => 'attribs' in node && node.type === 'tag'

/** What RFC 4287 asks of a feed; what of it is not so. */
function faultsOf(xml: string): string[] {
  const root = parseDocument(xml, { xmlMode: true })
  const faults: string[] = []
  const all = (name: string, node: Element) =>
    node.children.filter(isElement).filter(child => child.name === name)
  const textIn = (node: Element) => DomUtils.textContent(node).trim()
  const one = (name: string, node: Element) => {
    const found = all(name, node)
    if (found.length !== 1) faults.push(`${node.name} has ${found.length} of ${name}`)
    return found[0] ? textIn(found[0]) : ''
  }
  const opened = xml.match(/<[a-z][^>]*[^/]>/gi)?.length
  if (opened !== xml.match(/<\/[a-z][^>]*>/gi)?.length) faults.push('tags are not closed')
  const [feed] = root.children.filter(isElement)
  if (feed?.name !== 'feed' || feed.attribs.xmlns !== 'http://www.w3.org/2005/Atom') return ['no feed']
  const entries = all('entry', feed)
  const ids = entries.map(entry => one('id', entry))
  if (new Set(ids).size !== ids.length) faults.push('two entries have one id')
  if (!all('link', feed).some(({ attribs }) => attribs.rel === 'self')) faults.push('no link to itself')
  for (const node of [feed, ...entries]) {
    if (!/^[a-z]+:./.test(one('id', node))) faults.push('an id is no IRI')
    if (one('title', node) === '') faults.push('an empty title')
    const updated = one('updated', node)
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(updated)) faults.push(`updated is ${updated}`)
    const authors = all('author', node)
    if (authors.length === 0 && (node !== feed || entries.length === 0))
      faults.push(`${node.name} has no author`)
    for (const author of authors) {
      if (one('name', author) === '') faults.push('an author without a name')
      for (const email of all('email', author))
        if (!/^.+@.+$/.test(textIn(email))) faults.push(`email is "${textIn(email)}"`)
    }
    for (const { attribs } of all('link', node)) if (!attribs.href) faults.push('a link without href')
    if (node !== feed && !all('content', node).every(({ attribs }) => attribs.type === 'xhtml'))
      faults.push('content of no type')
  }
  const newest = entries
    .map(entry => one('updated', entry))
    .toSorted()
    .at(-1)
  if (newest !== undefined && one('updated', feed) !== newest)
    faults.push('the feed is not of its newest entry')
  return faults
}

test('feeds are valid by RFC 4287, of strange mails and of none, too', async () => {
  const strange = makeArchive([
    { id: 'nobody@example.org', subject: '', from: 'nobody', body: 'A \u0001 and <b> & ]]> \ufffe\n' },
    {
      id: 'no name@example.org',
      from: '<x@example.org>',
      body: '',
      minute: 1,
      answers: 'nobody@example.org',
    },
  ])
  const asked: [Hono, string][] = [
    ...['/tarn/new.atom', '/tarn/review@example.net/t.atom', '/all/new.atom', '/tarn/?q=s%3Alost&x=A'].map(
      (path): [Hono, string] => [app, path],
    ),
    [(await strange).app, '/tarn/new.atom'],
    [(await strange).app, '/tarn/nobody@example.org/t.atom'],
    [(await makeArchive()).app, '/tarn/new.atom'],
  ]
  for (const [of, path] of asked) expect(faultsOf(await (await of.request(path)).text()), path).toEqual([])
})

test('feeds name mails and threads as public-inbox does', async () => {
  const feed = async (path: string) => {
    const response = await app.request(path)
    expect([path, response.headers.get('Content-Type')]).toEqual([
      path,
      'application/atom+xml; charset=UTF-8',
    ])
    return response.text()
  }
  const newest = await feed('/tarn/new.atom')
  expect(newest.match(/<entry>/g)).toHaveLength(letters.length)
  // printf %s one@example.org | sha1sum
  expect(newest).toContain('<id>urn:uuid:28af9ff5-7b45-f2b3-30ec-1937a8790a5e</id>')
  expect(newest).toContain('<id>mailto:tarn@lists.example.org</id>')
  const thread = await feed('/tarn/review@example.net/t.atom')
  expect(thread.match(/<entry>/g)).toHaveLength(3)
  expect(thread).toContain(`href="${url}/tarn/a1%2F1+x=@example.org/"`)
  expect(thread).toContain('&gt; lock(w)')
  expect((await feed('/tarn/?q=s%3Alost&x=A')).match(/<entry>/g)).toHaveLength(2)
  expect((await feed('/all/?q=s%3Alost+OR+s%3AElsewhere&x=A')).match(/<entry>/g)).toHaveLength(3)
  expect((await feed('/all/new.atom')).match(/<entry>/g)).toHaveLength(letters.length + 1)
  expect((await app.request('/tarn/?q=s%3Anothing&x=A')).status).toBe(404)
})
