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
      people: [{ address: 'ruth@example.net', name: 'Ruth Adler', role: 'maintainer' }],
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
