import { beforeAll, expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { ownSchemas } from '../../web/api/schema.ts'
import { type Archive, makeArchive, series } from './archive.ts'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    ...series,
    {
      id: 'bug@example.org',
      subject: '[BUG] wal: it forgets',
      body: 'Severity: high\n\nIt forgets what was said.\n',
      minute: 200,
    },
  ])
  await saveLists(archive.db, [
    {
      ...{ name: 'tarn', address: 'tarn@lists.example.org' },
      trust: 'from',
      people: [
        {
          ...{ address: 'ruth@example.net', name: 'Ruth Adler', role: 'maintainer' },
          aliases: ['ruth@work.example.net'],
        },
      ],
    },
  ])
})

// biome-ignore lint/suspicious/noExplicitAny: what a client gets has no type
type Json = any

/** What is answered, which must be as it is documented. */
async function get(path: string, name: keyof typeof ownSchemas, status = 200): Promise<Json> {
  const response = await archive.app.request(`/api/v1${path}`)
  expect(response.status, path).toBe(status)
  const answer = await response.json()
  expect(ownSchemas[name].parse(answer)).toEqual(answer)
  return answer
}

test('a list has its topics, by kind and state', async () => {
  const { topics, next } = await get('/tarn/topics', 'Topics')
  expect(topics.map(({ id, kind, state }: Json) => [id, kind, state])).toEqual([
    ['bug@example.org', 'bug', 'new'],
    ['v1-0@example.org', 'patchset', 'new'],
  ])
  expect(next).toBeNull()
  expect((await get('/tarn/topics?kind=bug&state=open', 'Topics')).topics).toHaveLength(1)
  expect((await get('/tarn/topics?kind=patchset&state=closed', 'Topics')).topics).toEqual([])
  expect(await get('/tarn/topics?kind=patch', 'Refusal', 400)).toEqual({
    detail: 'kind is "patch"; allowed: patchset, bug, discussion, report, announcement, spam',
  })
})

test('a topic has its revisions with patches, reviews and mails, whichever of its mails is named', async () => {
  const topic = await get('/tarn/topics/review-1@example.com', 'Topic')
  expect(topic.revisions).toMatchObject([
    { version: 1, state: 'superseded' },
    {
      version: 2,
      cover: 'v2-0@example.org',
      patches: [
        { number: 1, reviews: [{ key: 'Reviewed-by', who: { name: 'Marek Tolvanen' }, counts: 'yes' }] },
        { number: 2, id: 'v2-2@example.org', files: ['src/stats.c'] },
      ],
    },
  ])
  expect(topic.mails).toHaveLength(series.length)
})

test('a revision and a patch have addresses of their own', async () => {
  const topic = await get('/tarn/topics/v1-0@example.org', 'Topic')
  const first = await get('/tarn/topics/v2-1@example.org/revisions/1', 'Revision')
  expect(first).toMatchObject({ ...topic.revisions[0], topic: 'v1-0@example.org', name: 'v1', newest: false })
  expect(first.url).toBe('/tarn/v1-0@example.org/')
  const patch = await get('/tarn/patches/v2-2@example.org', 'OnePatch')
  expect(patch).toMatchObject({ ...topic.revisions[1].patches[1], revision: 'v2', newest: true })
  await get('/tarn/topics/v1-0@example.org/revisions/7', 'Refusal', 404)
  await get('/tarn/patches/review-1@example.com', 'Refusal', 404)
})

test('a person is told whole: addresses, roles, counts and what waits', async () => {
  await archive.add({
    id: 'wants@example.net',
    subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
    from: 'Ruth Adler <ruth@example.net>',
    body: 'Patch-Status: changes-requested\nDelegate: ruth@example.net\n',
    minute: 210,
    answers: 'v2-0@example.org',
  })
  const ines = await get('/tarn/people/ines@example.org', 'OnePerson')
  expect(ines).toMatchObject({ name: 'Ines Oduya', addresses: ['ines@example.org'], roles: [] })
  expect(ines.counts).toMatchObject({ revisions: 2, patches: 4, accepted: 0 })
  expect(ines.to_answer.map(({ id }: Json) => id)).toEqual(['v1-0@example.org'])
  const ruth = await get('/tarn/people/RUTH@work.example.net', 'OnePerson')
  expect(ruth).toMatchObject({
    ...{ name: 'Ruth Adler', address: 'ruth@example.net', to_answer: [] },
    addresses: ['ruth@example.net', 'ruth@work.example.net'],
    roles: [{ role: 'maintainer', paths: [] }],
  })
  expect(ruth.delegated.map(({ id }: Json) => id)).toEqual(['v1-0@example.org'])
  const page = await archive.page('/tarn/people/RUTH@work.example.net/')
  expect(page.replace(/<[^>]*>/g, ' ')).toMatch(
    /Ruth Adler.*ruth@work\.example\.net.*Maintainer.*Waits for this person.*Nothing\..*Given to this person.*wal: hold the lock less/s,
  )
  await get('/tarn/people/nobody@example.org', 'Refusal', 404)
})

test('an address of the .mailmap is the person, here and on the page, who has a name when nothing waits', async () => {
  const line = {
    address: 'marek@home.example.com',
    name: null,
    person: { name: '', address: 'marek@example.com' },
  }
  await archive.db
    .updateTable('list')
    .set({ mailmap: JSON.stringify([line]) })
    .where('id', '=', archive.list.id)
    .execute()
  const marek = await get('/tarn/people/marek@home.example.com', 'OnePerson')
  expect(marek).toMatchObject({ name: 'Marek Tolvanen', address: 'marek@example.com', to_answer: [] })
  const page = await archive.page('/tarn/people/marek@home.example.com/')
  expect(page).toContain('<h1><bdi>Marek Tolvanen</bdi></h1>')
  expect(page).toMatch(/Trailers given.*<a href="\/tarn\/review-1@example\.com\/">.*Reviewed-by/s)
  const ines = await archive.page('/tarn/people/ines@example.org/')
  expect(ines).toMatch(/Who reviewed what this person posted.*Marek Tolvanen.*review-1@example\.com/s)
})

test('a bug is found by its number', async () => {
  const { bug } = await get('/tarn/topics/bug@example.org', 'Topic')
  expect(bug).toMatchObject({ type: 'bug', status: 'new', number: expect.any(Number) })
  expect((await get(`/tarn/bugs/${bug.number}`, 'Topic')).id).toBe('bug@example.org')
  await get('/tarn/bugs/999', 'Refusal', 404)
})

test('a mail, the people and the search', async () => {
  expect(await get('/tarn/mails/v2-1@example.org', 'Mail')).toMatchObject({
    topic: 'v1-0@example.org',
    diff: expect.stringMatching(/^diff --git/),
    headers: { Subject: '[PATCH v2 1/2] wal: unlock before the sync' },
  })
  expect((await get('/tarn/people', 'People')).people).toMatchObject([{ role: 'maintainer' }])
  const found = await get('/all/search?q=s:waits', 'Found')
  expect(found.mails.map(({ id }: Json) => id)).toContain('v2-2@example.org')
  await get('/tarn/mails/nobody@example.org', 'Refusal', 404)
  await get('/pond/topics', 'Refusal', 404)
  expect((await archive.app.request('/api/v1/tarn/topics', { method: 'POST' })).status).toBe(405)
})

test('the document describes every address, and its page needs no script', async () => {
  const document = (await (await archive.app.request('/api/openapi.json')).json()) as Json
  expect(document.openapi).toBe('3.1.0')
  const names = Object.keys(document.components.schemas)
  const named = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  )
  expect(named.filter(name => !names.includes(name ?? ''))).toEqual([])
  expect(names).toEqual(expect.arrayContaining(['Patch', 'Series', 'Topic', 'Mail']))
  const patch = { id: 0, project: 'tarn', number: 0, list: 'tarn', comment: 0, check: 0 } as Record<
    string,
    unknown
  >
  for (const path of Object.keys(document.paths)) {
    const asked = path.replace(/\{(\w+)\}/g, (_, name: string) => String(patch[name]))
    const { status } = await archive.app.request(asked)
    // People are for programs with a token; the ids here are of nothing.
    expect([200, 403, 404], `${asked} answered ${status}`).toContain(status)
    if (!path.includes('{') && !/people|users/.test(path)) expect(status, asked).toBe(200)
  }
  const page = await archive.page('/api/docs/')
  expect(page).toContain('/api/v1/{list}/topics')
  expect(page).not.toContain('<script')
})

test('the document has what may be written, and holds together', async () => {
  const document = (await (await archive.app.request('/api/openapi.json')).json()) as Json
  const check = document.paths['/api/patches/{id}/checks/'].post
  expect(check).toMatchObject({ security: [{ token: [] }], description: 'With a token for "check".' })
  expect(Object.keys(check.requestBody.content)).toEqual([
    ...['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  ])
  expect(document.components.schemas.NewCheck).toMatchObject({
    required: ['state'],
    properties: { state: { enum: ['pending', 'success', 'warning', 'fail'] } },
  })
  expect(document.components.schemas.Change.properties.state.enum).toContain('needs-ack')
  for (const path of ['/api/patches/{id}/', '/api/series/{id}/'])
    expect(Object.keys(document.paths[path]), path).toEqual(['get', 'patch'])
  for (const [path, operations] of Object.entries<Json>(document.paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const [method, { parameters, responses, security = [], summary }] of Object.entries<Json>(
      operations,
    )) {
      const what = `${method} ${path}`
      const declared = parameters.filter((one: Json) => one.in === 'path')
      expect(
        declared.map(({ name }: Json) => name),
        what,
      ).toEqual(inPath)
      expect(
        declared.every(({ required }: Json) => required),
        what,
      ).toBe(true)
      expect(new Set(parameters.map(({ name }: Json) => name)).size, what).toBe(parameters.length)
      expect(
        Object.keys(responses).every(status => /^[2-4]\d\d$/.test(status)),
        what,
      ).toBe(true)
      for (const response of Object.values<Json>(responses)) expect(response.description, what).toBeTruthy()
      for (const scheme of security.flatMap(Object.keys))
        expect(document.components.securitySchemes, what).toHaveProperty(scheme)
      expect(summary, what).toBeTruthy()
    }
  }
})
