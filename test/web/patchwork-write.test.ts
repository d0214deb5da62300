// Writes through patchwork's API: what its clients send, to a server on a socket.
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { makeLog } from '../../base/log.ts'
import { type List, saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { addToken, type NewToken, revokeToken } from '../../sql/tokens.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import type { Listener } from '../../web/listen.ts'
import { startWeb } from '../../web/serve.ts'
import { testDatabase } from '../database.ts'
import { patchBody, series, write } from './archive.ts'
import { differences, writes } from './patchwork-shapes.ts'

let db: Awaited<ReturnType<typeof testDatabase>>['db']
let web: Listener
let origin = ''
let tarn: List
let fen: List
const words: Record<string, string> = {}
/** The number of a patch, by its Message-ID. */
const patches: Record<string, number> = {}
let other = 0

const token = (token: Partial<NewToken> & Pick<NewToken, 'name' | 'scopes' | 'address'>) =>
  db.transaction().execute(async trx => {
    words[token.name] = (await addToken(trx, { expiresAt: null, ...token })) ?? ''
  })

beforeAll(async () => {
  ;({ db } = await testDatabase())
  const people = [{ address: 'ruth@example.net', name: 'Ruth Adler', role: 'maintainer' as const }]
  const [a, b] = await saveLists(db, [
    { name: 'tarn', address: 'tarn@lists.example.org', people },
    { name: 'fen', address: 'fen@lists.example.org', people },
  ])
  if (a === undefined || b === undefined) throw new Error('The lists were not saved')
  ;[tarn, fen] = [a, b]
  for (const { id } of [tarn, fen]) {
    const hers = {
      id: 'ruth@example.net',
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
      from: 'Ruth Adler <ruth@example.net>',
      answers: 'v2-0@example.org',
      minute: 99,
    }
    const mails = [...series, hers].map(letter => ({ bytes: write(letter), envelope: { road: 'import' } }))
    await append(db, id, mails)
    await sortAll(db, id)
  }
  await token({ name: 'ruth', scopes: ['state', 'note'], address: 'ruth@example.net', list: tarn.id })
  await token({ name: 'lab', scopes: ['check'], address: 'ci@lab.example.net', list: tarn.id })
  await token({ name: 'guest', scopes: ['state', 'check'], address: 'guest@example.com', list: tarn.id })
  await token({ name: 'elsewhere', scopes: ['state', 'check'], address: 'ruth@example.net', list: fen.id })
  await token({
    name: 'old',
    scopes: ['state', 'check'],
    address: 'ruth@example.net',
    expiresAt: new Date(0),
  })
  await token({ name: 'revoked', scopes: ['state', 'check'], address: 'ruth@example.net' })
  await revokeToken(db, 'revoked')
  web = await startWeb({ host: '127.0.0.1', port: 0, db, log: makeLog('error', false) })
  origin = `http://127.0.0.1:${web.port}`
  for (const { id, msgid } of await json('/api/1.2/patches/?project=tarn')) patches[msgid.slice(1, -1)] = id
  other = (await json('/api/1.2/patches/?project=fen'))[0].id
})
afterAll(() => web.close())

// biome-ignore lint/suspicious/noExplicitAny: what a client gets has no type
type Json = any
const json = async (path: string): Promise<Json> => (await fetch(origin + path)).json()
const patch = (id: string) => json(`/api/1.2/patches/${patches[id]}/`)
const checksPath = (id: string) => `/api/1.2/patches/${patches[id]}/checks/`

async function send(method: string, path: string, name: string | null, body: unknown) {
  const response = await fetch(origin + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(name === null ? {} : { Authorization: `Token ${words[name] ?? name}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as Json }
}

const post = (id: string, name: string | null, body: unknown) => send('POST', checksPath(id), name, body)
const change = (id: string, name: string | null, body: unknown) =>
  send('PATCH', `/api/1.2/patches/${patches[id]}/`, name, body)

const run = async (program: string, ...args: readonly string[]) =>
  // git-pw shows its lists in a pager, even to programs, and less may be missing.
  (await promisify(execFile)(program, args, { env: { ...process.env, GIT_PAGER: 'cat' } })).stdout

const gitPw = (...args: readonly string[]) =>
  run('git-pw', '--server', `${origin}/api/1.2`, '--token', words.ruth ?? '', '--project', 'tarn', ...args)

test('git-pw sets state, commit, delegate and archived, and lists what is left', async () => {
  const id = 'v2-1@example.org'
  const shown = await gitPw(
    ...['patch', 'update', '--state', 'accepted', '--commit-ref', '0123456789abcdef'],
    ...['--delegate', 'ruth@example.net', '--archived', 'True', '-f', 'csv', String(patches[id])],
  )
  expect(shown).toMatch(/"State","accepted"/)
  expect(await patch(id)).toMatchObject({
    state: 'accepted',
    commit_ref: '0123456789abcdef',
    archived: true,
    delegate: { email: 'ruth@example.net' },
  })
  const list = await gitPw('patch', 'list', '-f', 'csv')
  expect(list).toContain('wal: count the waits')
  expect(list).not.toContain('wal: unlock before the sync')
  const page = await (await fetch(`${origin}/tarn/v2-0@example.org/`)).text()
  expect(page).toContain('by token ruth')
})

test('a name and the token as password do what the token does', async () => {
  await run(
    'git-pw',
    ...[
      '--server',
      `${origin}/api/1.2`,
      '--username',
      'ruth',
      '--password',
      words.ruth ?? '',
      '--project',
      'tarn',
    ],
    ...['patch', 'update', '--archived', 'False', String(patches['v2-1@example.org'])],
  )
  expect(await patch('v2-1@example.org')).toMatchObject({ archived: false, state: 'accepted' })
})

test.each([
  [
    'multipart',
    ['-F', 'state=success', '-F', 'context=ci-form', '-F', 'target_url=https://ci.example.net/1'],
  ],
  ['a form', ['-d', 'state=success&context=ci-form&target_url=https%3A%2F%2Fci.example.net%2F1']],
  [
    'JSON',
    [
      ...['-H', 'Content-Type: application/json', '-d'],
      '{"state": "success", "context": "ci-form", "target_url": "https://ci.example.net/1", "user": 7}',
    ],
  ],
])('a robot posts a check as %s', async (_, body) => {
  const path = checksPath('v2-2@example.org')
  const before = (await json(path)).length
  const answer = await run(
    ...['curl', '-sS', '-w', '\n%{http_code} %header{location}'],
    ...['-H', `Authorization: Token ${words.lab}`, ...body, origin + path],
  )
  const [text = '', end = ''] = answer.split('\n')
  const check = JSON.parse(text)
  expect(end).toBe(`201 ${check.url}`)
  expect(check).toMatchObject({
    user: { email: 'ci@lab.example.net' },
    state: 'success',
    context: 'ci-form',
    target_url: 'https://ci.example.net/1',
  })
  expect(Object.keys(check)).toEqual([
    'id',
    'url',
    'user',
    'date',
    'state',
    'target_url',
    'context',
    'description',
  ])
  expect(await json(new URL(check.url).pathname)).toEqual(check)
  expect(await json(path)).toHaveLength(before + 1)
  expect(await patch('v2-2@example.org')).toMatchObject({ check: 'success' })
})

test('programs that ask for events hear of each write once', async () => {
  const told = async (category: string) =>
    (await json(`/api/1.3/events/?project=tarn&category=${category}`)).map(({ payload }: Json) => payload)
  expect(await told('patch-state-changed')).toMatchObject([
    { patch: { id: patches['v2-1@example.org'] }, previous_state: 'new', current_state: 'accepted' },
  ])
  expect(await told('check-created')).toMatchObject([
    { patch: { id: patches['v2-2@example.org'] }, check: { context: 'ci-form', state: 'success' } },
    { check: { context: 'ci-form' } },
    { check: { context: 'ci-form' } },
  ])
  const delegated = await told('patch-delegated')
  expect(delegated[0]).toMatchObject({ current_delegate: { email: 'ruth@example.net' } })
})

test('what was written stays through a rebuild, with its numbers', async () => {
  const all = async () => [
    await json(checksPath('v2-2@example.org')),
    await patch('v2-1@example.org'),
    await patch('v2-2@example.org'),
  ]
  const before = await all()
  await rebuild(db, tarn.id)
  expect(await all()).toEqual(before)
})

test('all patches of a series are set by one note', async () => {
  const [{ id }] = (await patch('v1-1@example.org')).series
  const answer = await send('PATCH', `/api/1.2/series/${id}/`, 'ruth', { state: 'not-applicable' })
  expect(answer.status).toBe(200)
  for (const one of ['v1-1@example.org', 'v1-2@example.org'])
    expect(await patch(one)).toMatchObject({ state: 'not-applicable' })
  const { topic } = (await patch('v1-1@example.org')).threadwork
  const row = await db
    .selectFrom('topic')
    .select('data')
    .where('list_id', '=', tarn.id)
    .where('id', '=', topic)
    .executeTakeFirstOrThrow()
  const notes = new Set(
    row.data.history.filter(({ value }) => value === 'not-applicable').map(({ mail }) => mail),
  )
  expect(notes.size).toBe(1)
})

test('of a long series every patch is set, though a mail has only so many lines that are read', async () => {
  const total = limits.tagsMax + 2
  const mails = Array.from({ length: total }, (_, at) => {
    const [id, subject] = [`long-${at + 1}@example.org`, `[PATCH ${at + 1}/${total}] pool: step ${at + 1}`]
    const letter = { id, subject, minute: at, body: patchBody(`src/pool-${at}.c`) }
    return { bytes: write({ ...letter, answers: 'long-1@example.org' }), envelope: { road: 'import' } }
  })
  await append(db, tarn.id, mails)
  await sortAll(db, tarn.id)
  const own = '/api/1.2/patches/?project=tarn&per_page=250&q=pool'
  const [{ series: of }] = await json(own)
  expect(await send('PATCH', `/api/1.2/series/${of[0].id}/`, 'ruth', { state: 'rejected' })).toMatchObject({
    status: 200,
  })
  const states = (await json(own)).map(({ state }: Json) => state)
  expect(states).toEqual(Array(total).fill('rejected'))
})

test('of a long series nothing is kept when one of its patches cannot be set', async () => {
  const total = limits.tagsMax + 2
  const mails = Array.from({ length: total }, (_, at) => {
    const id = at + 1 === total ? 'heap 22]@example.org' : `heap-${at + 1}@example.org`
    const letter = { id, subject: `[PATCH ${at + 1}/${total}] heap: step ${at + 1}`, minute: at }
    const bytes = write({ ...letter, body: patchBody(`src/heap-${at}.c`), answers: 'heap-1@example.org' })
    return { bytes, envelope: { road: 'import' } }
  })
  await append(db, tarn.id, mails)
  await sortAll(db, tarn.id)
  const own = '/api/1.2/patches/?project=tarn&per_page=250&q=heap'
  const [{ series: of }] = await json(own)
  const before = await db.selectFrom('mail').select('seq').execute()
  const answer = await send('PATCH', `/api/1.2/series/${of[0].id}/`, 'ruth', { state: 'rejected' })
  expect(answer).toMatchObject({ status: 403 })
  expect(await db.selectFrom('mail').select('seq').execute()).toEqual(before)
  expect((await json(own)).map(({ state }: Json) => state)).toEqual(Array(total).fill('new'))
})

test('words of a person stand in the timeline, and set nothing', async () => {
  const path = `/api/1.2/patches/${patches['v2-2@example.org']}/notes/`
  const said = await send('POST', path, 'ruth', { content: 'It waits for the lab.' })
  expect(said).toMatchObject({ status: 201, json: { content: 'It waits for the lab.' } })
  const page = await (await fetch(`${origin}/tarn/v2-0@example.org/`)).text()
  expect(page).toContain('noted: It waits for the lab.')
  expect(await send('POST', path, 'ruth', { content: 'Patch-Status: accepted' })).toMatchObject({
    status: 400,
  })
  expect(await send('POST', path, 'ruth', { content: '' })).toMatchObject({
    status: 400,
    json: { content: ['This field is required.'] },
  })
  expect(await send('POST', path, 'lab', { content: 'It waits.' })).toMatchObject({ status: 403 })
})

const noPermission = 'You do not have permission to perform this action'
test.each([
  [null, 403, 'Authentication credentials were not provided.', `${noPermission}.`],
  ['threadwork-0', 403, 'Invalid token.', 'Invalid token.'],
  ['old', 403, 'Invalid token.', 'Invalid token.'],
  ['revoked', 403, 'Invalid token.', 'Invalid token.'],
  [
    'elsewhere',
    403,
    `${noPermission}: the token "elsewhere" is for another list`,
    `${noPermission}: the token "elsewhere" is for another list`,
  ],
  ['lab', 403, `${noPermission}: the token "lab" is not for "state"`, null],
  ['ruth', 403, null, `${noPermission}: the token "ruth" is not for "check"`],
  ['guest', 403, `${noPermission}: "rejected" needs a maintainer of its files`, null],
])('with the token %j nothing is written that it is not for', async (name, status, state, check) => {
  const id = 'v2-2@example.org'
  const before = await db.selectFrom('mail').select('seq').execute()
  if (state !== null)
    expect(await change(id, name, { state: 'rejected' })).toMatchObject({ status, json: { detail: state } })
  if (check !== null)
    expect(await post(id, name, { state: 'fail' })).toMatchObject({ status, json: { detail: check } })
  expect(await db.selectFrom('mail').select('seq').execute()).toEqual(before)
  expect(await patch(id)).toMatchObject({ state: 'new' })
})

test('a token that is revoked while a request is under way writes nothing', async () => {
  await token({ name: 'leaving', scopes: ['check'], address: 'ci@lab.example.net' })
  const path = checksPath('v2-2@example.org')
  const before = await db.selectFrom('mail').select('seq').execute()
  const body = JSON.stringify({ state: 'fail', context: 'late' })
  const socket = connect(web.port, '127.0.0.1')
  const answer = text(socket)
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Token ${words.leaving}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n{`,
  )
  const used = async () => {
    const row = await db
      .selectFrom('token')
      .select('used_at')
      .where('name', '=', 'leaving')
      .executeTakeFirst()
    return row?.used_at ?? null
  }
  await expect.poll(used, { timeout: 20_000 }).not.toBeNull()
  await revokeToken(db, 'leaving')
  socket.write(body.slice(1))
  expect(await answer).toMatch(/^HTTP\/1\.1 403 /)
  expect(await db.selectFrom('mail').select('seq').execute()).toEqual(before)
})

test('a page of another site writes nothing with what a browser remembers', async () => {
  const path = checksPath('v2-2@example.org')
  const before = await json(path)
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`ruth:${words.lab}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: 'https://evil.example.com',
    },
    body: 'state=fail&context=cross',
  })
  expect([response.status, await json(path)]).toEqual([403, before])
})

test.each([
  '/api/1.2/patches/?hash=%00',
  '/api/1.2/patches/1/checks/?context=%00&user=%00&state=%00',
  '/api/1.2/events/?project=%00&category=%00',
  '/api/%0d%0aX-Evil:1',
])('%s breaks nothing', async path => {
  expect((await fetch(origin + path)).status).toBeLessThan(500)
})

test('a token of one list writes nothing to another, whatever number it names', async () => {
  expect(await send('PATCH', `/api/1.2/patches/${other}/`, 'ruth', { state: 'rejected' })).toMatchObject({
    status: 403,
  })
  expect(await send('PATCH', '/api/1.2/patches/999999/', 'ruth', { state: 'rejected' })).toMatchObject({
    status: 404,
    json: { detail: 'Not found.' },
  })
})

test.each([
  [{ context: 'ci' }, { state: ['A check must have a state.'] }],
  [{ state: 'bogus' }, { state: ['"bogus" is not a valid choice.'] }],
  [
    { state: 'fail', context: 'ci build/x.y' },
    { context: ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'] },
  ],
  [
    { state: 'fail', context: 'x'.repeat(101) },
    { context: ['Ensure this field has no more than 100 characters.'] },
  ],
  [{ state: 'fail', target_url: 'not a url' }, { target_url: ['Enter a valid URL.'] }],
  [{ state: 'fail', target_url: 'javascript:alert(1)' }, { target_url: ['Enter a valid URL.'] }],
  [{ state: 'fail', description: ['a'] }, { description: ['Not a valid string.'] }],
])('what is wrong with a check is told by field: %j', async (body, problems) => {
  expect(await post('v2-2@example.org', 'lab', body)).toMatchObject({ status: 400, json: problems })
})

test('a result may say nothing, and what it says does nothing but that', async () => {
  const silent = { state: 'pending', context: 'a', target_url: '', description: '' }
  expect(await post('v1-1@example.org', 'lab', silent)).toMatchObject({
    status: 201,
    json: { state: 'pending', target_url: '', description: '' },
  })
  const hostile = 'x_\n\nPatch-Status: rejected\nReviewed-by: Ruth Adler <ruth@example.net>\nTest-Label: b'
  expect(
    await post('v1-1@example.org', 'lab', { state: 'success', context: 'b', description: hostile }),
  ).toMatchObject({
    status: 201,
    json: {
      description: 'x_ Patch-Status: rejected Reviewed-by: Ruth Adler <ruth@example.net> Test-Label: b',
    },
  })
  expect(await patch('v1-1@example.org')).toMatchObject({ state: 'not-applicable', check: 'pending' })
})

/** A patch of a stranger below the victim's, whose Message-ID reads as something else when a mail names it. */
async function oddBelow(victim: string, field: string): Promise<string> {
  const body = patchBody(`src/${other++}.c`)
  const from = 'Eve <eve@example.com>'
  const bytes = write({
    id: 'odd',
    subject: `[PATCH] io: odd ${other} x${other}`,
    from,
    body,
    answers: victim,
  })
  const text = bytes.toString().replace('Message-ID: <odd>', () => `Message-ID: ${field}`)
  await append(db, tarn.id, [{ bytes: Buffer.from(text), envelope: { road: 'import' } }])
  await sortAll(db, tarn.id)
  const id = field.replace(/^<|>$/g, '')
  for (const one of await json('/api/1.2/patches/?project=tarn&per_page=250'))
    patches[one.msgid.slice(1, -1)] = one.id
  expect(patches[id]).toBeDefined()
  return id
}

test.each([
  ['a bracket and a state', 'ID> accepted --'],
  ['a blank', '<v 2-2@example.org>'],
  ['the address of the list', '<tarn@lists.example.org>'],
  ['an answer to a prompt', '<y>'],
])('a Message-ID with %s has no write land on another patch', async (_, odd) => {
  const victim = 'v2-2@example.org'
  const id = await oddBelow(victim, odd.replace('ID', victim))
  const before = await patch(victim)
  for (const answer of [
    await change(id, 'ruth', { state: 'rejected' }),
    await change(id, 'ruth', { archived: true }),
    await post(id, 'lab', { state: 'success', context: 'odd' }),
  ])
    expect(answer).toMatchObject({ status: 403, json: { detail: expect.stringContaining('Message-ID') } })
  expect(await patch(victim)).toEqual(before)
})

test.each([
  [{ state: 'zzz' }, 'state', /^Invalid state zzz\. Expected one of: new, under-review, accepted, /],
  [{ delegate: '999' }, 'delegate', /^Invalid pk "999" - object does not exist\.$/],
  [{ archived: 'maybe' }, 'archived', /^Must be a valid boolean\.$/],
  [{ archived: { toString: 1 } }, 'archived', /^Must be a valid boolean\.$/],
  [{ archived: [true] }, 'archived', /^Must be a valid boolean\.$/],
  [{ commit_ref: 'HEAD' }, 'commit_ref', /^Enter the id of a commit/],
  [
    { state: 'under-review', commit_ref: '0123456' },
    'commit_ref',
    /^A commit belongs to the state accepted\.$/,
  ],
])('what is wrong with a change is told by field: %j', async (body, field, said) => {
  const { status, json } = await change('v2-2@example.org', 'ruth', body)
  expect(status).toBe(400)
  expect(json[field][0]).toMatch(said)
})

test('what is no body, or too much of one, is told; and elsewhere nothing is written', async () => {
  expect(await post('v2-2@example.org', 'lab', '{')).toMatchObject({ status: 400 })
  expect(await post('v2-2@example.org', 'lab', '[]')).toMatchObject({ status: 400 })
  const large = { state: 'fail', description: 'x'.repeat(limits.apiBodyBytesMax) }
  expect(await post('v2-2@example.org', 'lab', large)).toMatchObject({ status: 413 })
  const headers = { Authorization: `Token ${words.lab}`, 'Content-Type': 'text/xml' }
  const xml = await fetch(origin + checksPath('v2-2@example.org'), { method: 'POST', headers, body: '<a/>' })
  expect(xml.status).toBe(415)
  const check = (await json(checksPath('v2-2@example.org')))[0]
  for (const [method, path] of [
    ['PUT', new URL(check.url).pathname],
    ['DELETE', `/api/1.2/patches/${patches['v2-2@example.org']}/`],
    ['POST', '/api/1.2/patches/'],
    ['POST', '/tarn/'],
    ['PATCH', '/tarn/v2-2@example.org/'],
  ] as const)
    expect([path, (await fetch(origin + path, { method })).status]).toEqual([path, 405])
})

test.each(writes)('a real patchwork answered $status to $method $path $body', async one => {
  const path = `/api/1.3/patches/${patches['v2-2@example.org']}/${one.path}`
  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    const body = type.endsWith('json') ? JSON.stringify(one.body) : new URLSearchParams(one.body).toString()
    const authorization = one.by === null ? {} : { Authorization: `Token ${words[one.by]}` }
    const headers = { 'Content-Type': type, ...authorization }
    const response = await fetch(origin + path, { method: one.method, headers, body })
    expect([response.status, response.headers.get('Content-Type')]).toEqual([one.status, 'application/json'])
    expect(differences(one.shape, await response.json())).toEqual([])
  }
})

test('a token that writes too much in a minute is told when it may again', async () => {
  const ask = () => send('PATCH', '/api/1.2/patches/999999/', 'guest', {})
  let answer = await ask()
  // A minute may end in between.
  for (let round = 0; answer.status === 404 && round < (2 * limits.apiWritesPerMinuteMax) / 50; round++)
    [answer = answer] = (await Promise.all(Array.from({ length: 50 }, ask))).toReversed()
  const { status, headers, json } = answer
  expect(status).toBe(429)
  expect(json.detail).toMatch(/^Request was throttled\. Expected available in \d+ seconds\.$/)
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
})
