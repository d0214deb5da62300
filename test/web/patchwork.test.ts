import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { messageId } from '../../base/ids.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { addToken } from '../../sql/tokens.ts'
import { wake } from '../../sql/wake.ts'
import { hide } from '../../tracker/project/moderate.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { patchworkSchemas } from '../../web/patchwork/schema.ts'
import { type Archive, makeArchive, patchBody, series, write } from './archive.ts'
import { differences, samples } from './patchwork-shapes.ts'

const ruth = { address: 'ruth@example.net', name: 'Ruth Adler', role: 'maintainer' } as const
const bot = { address: 'bot@example.net', name: 'A bot', role: 'robot' } as const
const result = 'Test-Label: ci-build\nTest-Status: WARNING\nhttps://ci.example.net/1\n\n_one warning_\n'
let word: string
let archive: Archive
/** Numbers of the test's mails, by the names that the samples have for them. */
let numbers: Record<string, string>

beforeAll(async () => {
  archive = await makeArchive()
  await saveLists(archive.db, [
    {
      name: 'tarn',
      address: 'tarn@lists.example.org',
      people: [ruth, bot],
      trust: 'from',
    },
  ])
  await archive.add(
    ...series,
    {
      id: 'said@example.com',
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
      from: 'Marek Tolvanen <marek@example.com>',
      body: 'I like it.\n',
      minute: 95,
      answers: 'v2-0@example.org',
    },
    {
      id: 'check@example.net',
      subject: 'Re: [PATCH v2 1/2] wal: unlock before the sync',
      from: 'A bot <bot@example.net>',
      body: result,
      minute: 96,
      answers: 'v2-1@example.org',
    },
    {
      id: 'taken@example.net',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      from: 'Ruth Adler <ruth@example.net>',
      body: 'Patch-Status: needs-ack\nDelegate: ruth@example.net\n',
      minute: 97,
      answers: 'v2-2@example.org',
    },
    {
      id: 'alone@example.org',
      subject: '[PATCH net,v3] stats: one more',
      body: patchBody('src/b.c'),
      minute: 300,
    },
  )
  word = (await addToken(archive.db, { name: 'test', scopes: ['check'], expiresAt: null })) ?? ''
  await addLive()
  const of = async (noun: string, id: string) =>
    (await list(`/api/${noun}/?project=tarn`)).find(({ msgid, name }) => msgid === `<${id}>` || name === id)
  const patch = await of('patches', 'v2-1@example.org')
  const [check] = await list(`/api/patches/${patch?.id}/checks/`)
  const cover = await of('covers', 'v2-0@example.org')
  numbers = {
    PATCH: String(patch?.id),
    CHECK: String(check?.id),
    COVER: String(cover?.id),
    SERIES: String(cover?.series[0].id),
  }
})

/** What came live and was judged: that makes events. On a list of its own, so that the numbers of the other stay plain. */
async function addLive(): Promise<void> {
  const [lake] = await saveLists(archive.db, [
    { name: 'lake', address: 'lake@lists.example.org', project: 'water', trust: 'from', people: [ruth, bot] },
  ])
  const on = { subject: 'Re: [PATCH 0/1] lake: fill it', from: 'Marek Tolvanen <marek@example.com>' }
  const letters = [
    { id: 'lake-0@example.org', subject: '[PATCH 0/1] lake: fill it' },
    {
      id: 'lake-1@example.org',
      subject: '[PATCH 1/1] lake: rain',
      body: patchBody(),
      answers: 'lake-0@example.org',
    },
    { ...on, id: 'lake-2@example.org', answers: 'lake-0@example.org' },
    {
      ...on,
      id: 'lake-3@example.org',
      from: 'Ruth Adler <ruth@example.net>',
      answers: 'lake-1@example.org',
      body: 'Patch-Status: under-review\n',
    },
    {
      ...on,
      id: 'lake-4@example.org',
      from: 'A bot <bot@example.net>',
      answers: 'lake-1@example.org',
      body: result,
    },
  ]
  for (const letter of letters) {
    const trace = new Date(Date.UTC(2026, 2, 3)).toISOString()
    await append(archive.db, lake?.id ?? archive.list.id, [
      { bytes: write(letter), envelope: { road: 'smtp', from: 'a@example.org', trace } },
    ])
    await sortAll(archive.db, lake?.id ?? archive.list.id)
    await sql`
      with due as (delete from verdict_due returning list_id, seq)
      insert into verdict (list_id, seq, grade, how) select list_id, seq, 'A', '{"code":"unsigned"}' from due`.execute(
      archive.db,
    )
    await wake(archive.db, sql`select cluster from fact where list_id = ${lake?.id}`, 'now')
    await sortAll(archive.db, lake?.id ?? archive.list.id)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what a client gets has no type
type Json = any

const get = (path: string, token?: string, method = 'GET') =>
  archive.app.request(path, {
    method,
    headers: token === undefined ? {} : { Authorization: `Token ${token === 'good' ? word : 'no'}` },
  })

async function list(path: string): Promise<Json[]> {
  const response = await get(path)
  expect(response.status, path).toBe(200)
  return (await response.json()) as Json[]
}

const one = async (path: string): Promise<Json> => (await get(path)).json()
const numbered = (path: string) => path.replace(/[A-Z]{5,}/g, name => numbers[name] ?? name)
const names = (rows: Json[]) => rows.map(({ name }) => name)

describe('what a real patchwork answered', () => {
  for (const { path, status = 200, token, method = 'GET', shape } of samples)
    test(`${method} ${path}${token === undefined ? '' : ` with a ${token} token`}`, async () => {
      const response = await get(numbered(path), token, method)
      expect(response.status).toBe(status)
      expect(response.headers.get('Content-Type')).toBe('application/json')
      expect(differences(shape, await response.json())).toEqual([])
    })
})

test('every version answers what is documented, and no field besides', async () => {
  const places: [string, keyof typeof patchworkSchemas][] = [
    ['/', 'Index'],
    ['/projects/', 'Project'],
    ['/patches/', 'Patch'],
    ['/patches/PATCH/', 'PatchDetail'],
    ['/patches/PATCH/checks/', 'Check'],
    ['/series/', 'Series'],
    ['/series/SERIES/', 'Series'],
    ['/covers/', 'Cover'],
    ['/covers/COVER/', 'CoverDetail'],
    ['/events/', 'Event'],
  ]
  const comments: typeof places = [['/patches/PATCH/comments/', 'Comment']]
  for (const version of ['', '/1.0', '/1.1', '/1.2', '/1.3', '/1.4'])
    for (const [path, name] of version === '/1.0' ? places : [...places, ...comments]) {
      const answer = await one(numbered(`/api${version}${path}`))
      const schema = patchworkSchemas[name]
      for (const item of Array.isArray(answer) ? answer : [answer])
        expect(schema.parse(item), `${version}${path}`).toEqual(item)
    }
})

test('a list comes in pages, whose neighbours the field Link names, the next one first', async () => {
  const response = await get('/api/1.3/patches/?project=tarn&per_page=2&page=2&msgid=')
  const at = (page: number) => `</api/1.3/patches/?msgid=&page=${page}&per_page=2&project=tarn>`
  expect(response.headers.get('Link')).toBe(
    `${at(3)}; rel="next", ${at(1)}; rel="prev", ${at(1)}; rel="first", ${at(3)}; rel="last"`,
  )
  const last = await get('/api/1.3/patches/?project=tarn&per_page=2&page=3')
  expect(last.headers.get('Link')).not.toContain('rel="next"')
  expect(await last.json()).toHaveLength(1)
  for (const page of ['4', '0', '-1', 'x'])
    expect(await one(`/api/1.3/patches/?project=tarn&per_page=2&page=${page}`)).toEqual({
      detail: 'Invalid page.',
    })
  expect(await list('/api/1.3/patches/?project=tarn&per_page=1000')).toHaveLength(5)
})

test('a browser is answered with JSON, and with the pages of the API where those are', async () => {
  const browse = (path: string) =>
    archive.app.request(path, { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
  for (const path of ['/api/', '/api/1.3/patches/?per_page=1', '/api/1.3/patches/?per_page=1&format=json'])
    expect((await browse(path)).headers.get('Content-Type')).toBe('application/json')
  expect((await browse('/api/docs/')).headers.get('Content-Type')).toMatch(/^text\/html/)
})

test('an address without its last slash leads to the one with it', async () => {
  const response = await get('/api/1.2/patches?project=tarn&msgid=v2-1@example.org')
  expect(response.status).toBe(301)
  expect(response.headers.get('Location')).toBe('/api/1.2/patches/?project=tarn&msgid=v2-1@example.org')
})

test('patches are found by all that clients ask for', async () => {
  const found = async (query: string) =>
    (await list(`/api/1.3/patches/?project=tarn&order=date&${query}`)).map(({ msgid }) => msgid.slice(1, -13))
  const [v2, hash] = [numbers.SERIES, (await one(numbered('/api/patches/PATCH/'))).hash]
  expect(await found('')).toEqual(['v1-1', 'v1-2', 'v2-1', 'v2-2', 'alone'])
  expect(await found(`series=${v2}`)).toEqual(['v2-1', 'v2-2'])
  expect(await found('submitter=INES@example.org&q=COUNT+waits')).toEqual(['v1-2', 'v2-2'])
  expect(await found('submitter=nobody@example.org')).toEqual([])
  expect(await found('state=superseded')).toEqual(['v1-1', 'v1-2'])
  expect(await found('state=9&state=new')).toEqual(['v1-1', 'v1-2', 'v2-1', 'alone'])
  expect(await found('state=under-review')).toEqual(['v2-2'])
  expect(await found('state=needs-ack')).toEqual(['v2-2'])
  expect(await found('delegate=ruth@example.net')).toEqual(['v1-1', 'v1-2', 'v2-1', 'v2-2'])
  expect(await found('archived=true')).toEqual([])
  expect(await found(`hash=${hash}&archived=false`)).toEqual(['v1-1', 'v2-1'])
  expect(await found('msgid=%3Cv2-1@example.org%3E')).toEqual(['v2-1'])
  expect(await found('since=2026-03-02T10:02:00Z&before=2026-03-02T12:00:00')).toEqual(['v2-2'])
  expect(await found('since=yesterday')).toEqual([])
  expect(await list('/api/patches/?project=tarn&order=-date&per_page=1')).toMatchObject([
    { name: '[net,v3] stats: one more', state: 'new', series: [{ version: 3 }] },
  ])
})

test('a series has its cover letter, its patches and what we know besides', async () => {
  const { threadwork, ...series } = await one(numbered('/api/1.4/series/SERIES/'))
  expect(series).toMatchObject({
    name: 'wal: hold the lock less',
    version: 2,
    total: 2,
    received_total: 2,
    received_all: true,
    cover_letter: { msgid: '<v2-0@example.org>' },
    dependencies: [],
    dependents: [],
  })
  expect(names(series.patches)).toEqual([
    '[v2,1/2] wal: unlock before the sync',
    '[v2,2/2] wal: count the waits',
  ])
  expect(threadwork).toMatchObject({
    list: 'tarn',
    topic: 'v1-0@example.org',
    state: 'mixed',
    revisions: [
      { version: 1, state: 'superseded', newest: false },
      { version: 2, state: 'mixed', newest: true },
    ],
  })
})

test('what depends on another posting says so, and that one knows', async () => {
  await archive.add({
    id: 'needs@example.org',
    subject: '[PATCH] wal: use it',
    body: patchBody('src/c.c', 'It is needed.\n\nDepends-on: <alone@example.org>'),
    minute: 400,
  })
  const [needed] = await list('/api/1.4/series/?q=one+more')
  const [needing] = await list('/api/1.4/series/?q=use+it')
  expect(needing.dependencies).toEqual([needed.url])
  expect(needed.dependents).toEqual([needing.url])
})

test('a patch and a series are downloaded under a name, with the trailers given since', async () => {
  const patch = await one(numbered('/api/1.3/patches/PATCH/'))
  const mbox = await get(patch.mbox)
  expect(mbox.headers.get('Content-Disposition')).toBe(
    'attachment; filename=v2-1-2-wal-unlock-before-the-sync.patch',
  )
  expect(await mbox.text()).toContain('Reviewed-by: Marek Tolvanen <marek@example.com>')
  const raw = await get(patch.mbox.replace('mbox', 'raw'))
  expect(raw.headers.get('Content-Disposition')).toMatch(/filename=.*\.diff$/)
  expect(await raw.text()).toMatch(/^diff --git a\/src\/wal\.c/)
  const whole = await (await get(numbered('/series/SERIES/mbox/'))).text()
  expect(whole.match(/^Subject: .*$/gm)).toEqual([
    'Subject: [PATCH v2 1/2] wal: unlock before the sync',
    'Subject: [PATCH v2 2/2] wal: count the waits',
  ])
  const [second] = await list('/api/patches/?msgid=v2-2@example.org')
  const withFirst = await (await get(`${second.mbox}?series=*`)).text()
  expect(withFirst.match(/^From mboxrd/gm)).toHaveLength(2)
  const short = await get(numbered('/patch/PATCH/mbox/?series=*'))
  expect([short.status, short.headers.get('Location')]).toEqual([
    302,
    '/project/tarn/patch/v2-1@example.org/mbox/?series=*',
  ])
})

test('the addresses of patchwork’s pages lead to ours', async () => {
  const to = async (path: string) => (await get(numbered(path))).headers.get('Location')
  expect(await to('/project/tarn/patch/v2-1@example.org/')).toBe('/tarn/v2-1@example.org/')
  expect(await to('/project/tarn/list/?series=SERIES')).toBe('/tarn/v2-0@example.org/')
  expect(await to('/project/tarn/list/')).toBe('/tarn/')
  const [comment] = await list(numbered('/api/patches/PATCH/comments/'))
  expect(await to(comment.web_url)).toBe('/tarn/check@example.net/')
})

test('events tell of live mail, by category and time', async () => {
  const told = async (query: string) =>
    (await list(`/api/1.3/events/?project=water&${query}`)).map(({ category }) => category)
  expect(await list('/api/1.3/events/?project=tarn')).toEqual([])
  const all = await told('')
  expect(all.toSorted()).toEqual([
    ...[
      'check-created',
      'cover-comment-created',
      'cover-created',
      'patch-comment-created',
      'patch-comment-created',
    ],
    ...['patch-completed', 'patch-created', 'patch-state-changed', 'series-completed', 'series-created'],
  ])
  expect(await told('order=date')).toEqual(all.toReversed())
  expect(await told('since=2100-01-01')).toEqual([])
  expect(await list('/api/1.2/events/?project=water&state=new&archive=no')).toHaveLength(7)
  const [changed] = await list('/api/1.3/events/?category=patch-state-changed')
  expect(changed.payload).toMatchObject({ previous_state: 'new', current_state: 'under-review' })
  const [checked] = await list('/api/1.3/events/?category=check-created')
  expect(checked.payload.check).toMatchObject({ context: 'ci-build', state: 'warning' })
  expect(new Set((await list('/api/events/')).map(({ id }) => id)).size).toBe(all.length)
})

test('who holds an answer is told that nothing changed, until something does', async () => {
  const own = '/api/v1/tarn/topics'
  const mail = {
    id: 'polled@example.org',
    subject: '[PATCH] wal: polled',
    body: patchBody('y.c'),
    minute: 400,
  }
  const asked = ['/api/1.3/patches/', numbered('/api/patches/PATCH/'), '/api/events/', '/api/projects/', own]
  const tags = new Map<string, string>()
  for (const path of asked) tags.set(path, (await get(path)).headers.get('ETag') ?? 'none')
  expect(new Set(tags.values()).size).toBe(asked.length)
  const holding = (path: string, tag = '') => archive.app.request(path, { headers: { 'If-None-Match': tag } })
  const again = (path: string) => holding(path, tags.get(path))
  for (const path of asked) {
    const answer = await again(path)
    expect([answer.status, await answer.text()], path).toEqual([304, ''])
  }
  await archive.add(mail)
  for (const path of asked) expect((await again(path)).status, path).toBe(200)
  // A tag of the list of people is worth nothing without the token.
  const people = (await get('/api/people/', 'good')).headers.get('ETag') ?? 'none'
  expect((await holding('/api/people/', people)).status).toBe(403)
  expect((await get('/api/patches/999999/')).headers.get('ETag')).toBeNull()
})

test('a rebuild keeps all numbers', async () => {
  const all = async () =>
    Promise.all(['patches', 'series', 'covers'].map(noun => list(`/api/${noun}/?per_page=250`)))
  const before = await all()
  await rebuild(archive.db, archive.list.id)
  expect(await all()).toEqual(before)
})

test('a mail out of sight is in no answer', async () => {
  await archive.add({
    id: 'secret@example.org',
    subject: '[PATCH] wal: secret',
    body: patchBody('x.c'),
    minute: 500,
  })
  const [patch] = await list('/api/patches/?q=secret')
  await hide(archive.db, { messageId: messageId('secret@example.org'), who: 'test', reason: '' })
  await archive.add()
  expect(await list('/api/patches/?q=secret')).toEqual([])
  expect((await get(`/api/patches/${patch.id}/`)).status).toBe(404)
  expect((await get(patch.mbox)).status).toBe(404)
  expect(JSON.stringify(await list('/api/events/'))).not.toContain('secret')
})
