// A project of another tracker moves in, by the command, from a server with the shapes of patchwork's API.
// PATCHWORK=long (`npm run test:patchwork`) takes 5,000 patches instead of a few hundred.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importNotes } from '../../../ingest/notes.ts'
import { importPatchwork } from '../../../ingest/patchwork/import.ts'
import { PatchworkReport } from '../../../ingest/patchwork/report.ts'
import { openServer } from '../../../ingest/patchwork/server.ts'
import { restore } from '../../../sql/backup/read.ts'
import { backup } from '../../../sql/backup/write.ts'
import { allLists, type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import type { Tables } from '../../../sql/tables.ts'
import { exportMbox } from '../../../tracker/export/mbox.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { emptyDatabase, testDatabase } from '../../database.ts'
import { all } from '../mails.ts'
import { answerTo, begin, type Invented, type InventedPatch, inventProject, laterState } from './project.ts'
import { patchworkServer, type ServerShape } from './server.ts'

const root = join(import.meta.dirname, '../../..')
const size = process.env.PATCHWORK === 'long' ? 5_000 : 90
const place = mkdtempSync(join(tmpdir(), 'patchwork-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

interface Home {
  readonly db: Kysely<Tables>
  readonly url: string
  readonly list: List
}

async function home(people: readonly string[] = ['mira@example.org']): Promise<Home> {
  const { db, url } = await testDatabase()
  const [list] = await saveLists(db, [
    {
      ...{ name: 'screws', address: 'screws@lists.example.org' },
      people: people.map(address => ({ address, role: 'maintainer' as const })),
    },
  ])
  if (list === undefined) throw new Error('No list')
  return { db, url, list }
}

async function archive({ db, list }: Home, mails: readonly string[]): Promise<void> {
  await append(
    db,
    list.id,
    mails.map(mail => ({ bytes: Buffer.from(mail), envelope: { road: 'import' } })),
  )
  await sortAll(db, list.id)
}

function start({ url }: Home, words: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'main.ts'), 'import', 'patchwork', ...words], {
    cwd: place,
    env: { ...process.env, DATABASE_URL: url, THREADWORK_DATA: join(place, 'data') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  return { child, end: once(child, 'close').then(([code]) => ({ code: code as number | null, said })) }
}

const run = (at: Home, url: string, ...words: string[]) =>
  start(at, [url, '--project', 'screws', ...words]).end

interface Row {
  readonly state: string
  readonly archived: boolean
  readonly to: string | null
  readonly commit: string | null
  readonly checked: string | null
  readonly said: Date
}

async function rowsOf({ db }: Home): Promise<Map<string, Row>> {
  const { rows } = await sql<Row & { id: string }>`
    select message_id as id, state, archived, data->'to'->>'address' as "to", data->>'commit' as commit, checked, said
    from api_item where kind = 'patch'`.execute(db)
  return new Map(rows.map(({ id, ...row }) => [id, row]))
}

const asThere = (patch: InventedPatch) => ({
  state: laterState(patch) ?? patch.state,
  archived: patch.archived,
  commit: laterState(patch) === null ? patch.commit : null,
  checked: patch.checks.at(-1)?.state ?? null,
  said: new Date(patch.date),
})

const stateText = async ({ db, list }: Home) =>
  (await all(exportState(db, list.id, { numbers: true }))).join('')

const notesIn = async ({ db }: Home) =>
  (await sql<{ n: number }>`select count(*)::int as n from mail where note`.execute(db)).rows[0]?.n

let project: Invented
let moved: Home
let server: Awaited<ReturnType<typeof patchworkServer>>
const report = join(place, 'report.tsv')
beforeAll(async () => {
  project = inventProject(size)
  moved = await home()
  const known = project.patches.filter(patch => patch.known).map(patch => patch.mail)
  await archive(moved, [...known, ...project.answers])
  server = await patchworkServer(project, { failsEvery: 37 })
  // Killed among the mails, and among the notes.
  for (const share of [0.3, 1.2]) {
    const { child, end } = start(moved, [server.url, '--project', 'screws', '--report', report])
    server.whenAsked(Math.round(size * share * 0.5) + 20, () => child.kill('SIGKILL'))
    expect((await end).code).toBe(null)
  }
}, 1_200_000)
afterAll(() => server.close())

test('each patch has what patchwork says of it, also when the import was killed twice', async () => {
  const { code, said } = await run(moved, server.url, '--report', report)
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`patches read`) })
  const rows = await rowsOf(moved)
  expect(rows.size).toBe(project.patches.length)
  for (const patch of project.patches)
    expect({ id: patch.msgid, ...rows.get(patch.msgid) }).toMatchObject({
      id: patch.msgid,
      ...asThere(patch),
    })
  const delegated = new Map<string, string | null>()
  for (const { series, delegate } of project.patches) delegated.set(`${series}`, delegate?.email ?? null)
  for (const [id, row] of rows) expect([id, row.to]).toEqual([id, delegated.get(id.split('.')[0] ?? '')])
}, 600_000)

test('what its mails say otherwise is listed, and each mail that was lacking is fetched once', async () => {
  const lines = readFileSync(report, 'utf8').trim().split('\n')
  const found = lines.filter(line => line.startsWith('differs\t'))
  // A v1 that nobody touched there is superseded by what its mails say.
  const untouched = project.patches.filter(({ msgid, state }) => state === 'new' && /^\d*5\.1\./.test(msgid))
  expect(untouched.length).toBeGreaterThan(3)
  for (const { msgid } of untouched)
    expect(found).toContainEqual(`differs\t<${msgid}>\tthe mails say superseded, patchwork says new`)
  for (const patch of project.patches.filter(one => laterState(one) !== null))
    expect(lines).toContainEqual(
      `left\t<${patch.msgid}>\tit is ${laterState(patch)} here, and ${patch.state} there`,
    )
  const fetched = server.asked.filter(path => /^\/project\/screws\/patch\//.test(path))
  expect(new Set(fetched).size).toBe(project.patches.filter(patch => !patch.known).length)
})

test('the history says who decided, when, and from where', async () => {
  const patch = project.patches.find(({ id, state }) => id % 2 === 0 && state === 'deferred')
  const { rows } = await sql<{ change: object }>`
    select change from topic t, jsonb_array_elements(t.data->'history') change
    where t.id_key in (select topic_key from api_item where message_id = ${patch?.msgid ?? ''})
      and change->>'what' = 'Patch-Status' and change->>'state' = 'deferred'`.execute(moved.db)
  expect(rows).toMatchObject([
    {
      change: {
        ...{ who: { name: 'Odd Berg', address: 'odd@example.org' }, effect: true },
        said: (patch?.date ?? 0) + 24 * 3_600_000,
        vouch: { grade: 'I', how: { code: 'brought', from: '127.0.0.1' } },
      },
    },
  ])
})

test('a second import, a rebuild, the notes alone and a backup all give the same', async () => {
  const before = await stateText(moved)
  const notes = await notesIn(moved)
  const { code, said } = await run(moved, server.url)
  expect({ code, said }).toEqual({
    code: 0,
    said: expect.stringContaining('0 mails and 0 notes are new here'),
  })
  expect(await notesIn(moved)).toBe(notes)
  await rebuild(moved.db, moved.list.id)
  expect(await stateText(moved)).toBe(before)

  const other = await home()
  await archive(other, [...project.patches.map(({ mail }) => mail), ...project.answers])
  const file = join(place, 'notes.mbox')
  writeFileSync(file, Buffer.concat(await all(exportMbox(moved.db, moved.list.id, 'notes'))))
  expect(await importNotes(other.db, other.list.id, [file])).toEqual({ fresh: notes, others: 0 })
  expect(await stateText(other)).toBe(before)

  const { db } = await emptyDatabase()
  await backup(moved.db, join(place, 'backup'), 'test')
  await restore(db, join(place, 'backup'))
  const [list] = await allLists(db)
  if (list === undefined) throw new Error('No list')
  await sortAll(db, list.id)
  expect(await stateText({ db, url: '', list })).toBe(before)
}, 600_000)

interface Moving {
  readonly states?: ReadonlyMap<string, 'accepted' | 'rejected'>
  readonly keepOurs?: boolean
  readonly token?: string
  readonly now?: Date
}

/** Within this process, from a server of that shape. */
async function move(
  { db, list }: Home,
  from: Invented,
  shape: ServerShape = {},
  { states = new Map(), keepOurs = false, token, now = new Date() }: Moving = {},
) {
  const there = await patchworkServer(from, shape)
  const notices = new PatchworkReport(undefined)
  try {
    const { signal } = new AbortController()
    const asking = openServer({ url: `${there.url}/project/screws/list/`, token, signal, say: () => {} })
    await importPatchwork({
      ...{ db, list, server: asking, project: 'screws', states, keepOurs, now },
      ...{ report: notices, say: () => {} },
    })
    return { text: notices.text, asked: there.asked }
  } finally {
    await there.close()
  }
}

const few = (change: (patch: InventedPatch) => void = () => {}): Invented => {
  const invented = inventProject(6)
  invented.patches.forEach(change)
  return { ...invented, events: [], answers: [] }
}

test.each(['1.0', '1.2'] as const)('an instance whose newest API is %s moves, too', async newest => {
  const at = await home()
  const { asked } = await move(at, few(), { newest, token: 'secret' }, { token: 'secret' })
  expect(asked).toContainEqual(expect.stringContaining(`/api/${newest}/patches/`))
  const rows = await rowsOf(at)
  for (const { msgid, state } of few().patches) expect(rows.get(msgid)?.state).toBe(state)
})

test('states of its own are told, and a file says what they are here', async () => {
  const at = await home()
  const own = few(patch => {
    patch.state = patch.id < 3 ? 'Mainline Queue' : 'accepted'
  })
  expect((await move(at, own)).text).toContain('2 patches in a state that is none here')
  const { text } = await move(at, own, {}, { states: new Map([['mainline-queue', 'rejected']]) })
  expect(text).not.toContain('none here')
  expect((await rowsOf(at)).get(own.patches[0]?.msgid ?? '')?.state).toBe('rejected')
  const file = join(place, 'states.toml')
  writeFileSync(file, '"mainline-queue" = "rejectet"\n')
  expect(await run(at, 'http://127.0.0.1:9', '--states', file)).toMatchObject({
    code: 1,
    said: expect.stringContaining('states.toml:1: mainline-queue is "rejectet"; allowed: new, under-review'),
  })
})

test('what people say here afterwards stands, though patchwork still says what it said', async () => {
  const at = await home()
  const accepted = few(patch => {
    patch.state = patch.id === 1 ? 'new' : 'accepted'
  })
  const now = new Date(begin + 90 * 86_400_000)
  await move(at, accepted, {}, { now })
  const live = async (patch: InventedPatch | undefined, after: number) => {
    if (patch === undefined) throw new Error('No patch')
    const time = now.getTime() + after
    const bytes = Buffer.from(answerTo(patch, 'live', time, 'rejected'))
    const trace = new Date(time + 1000).toISOString()
    const [mail] = await append(at.db, at.list.id, [{ bytes, envelope: { road: 'smtp', trace } }])
    const verdict = { grade: 'A' as const, how: '{"code":"token"}', identity: 'mira@example.org' }
    await at.db
      .insertInto('verdict')
      .values({ list_id: at.list.id, seq: mail?.seq ?? ('0' as never), ...verdict })
      .execute()
    await sortAll(at.db, at.list.id)
  }
  const [untouched, decided] = accepted.patches
  await live(untouched, 3_600_000)
  await live(decided, 3_600_000)
  const later = new Date(now.getTime() + 30 * 86_400_000)
  const { text } = await move(at, accepted, {}, { now: later })
  const rows = await rowsOf(at)
  expect([untouched, decided].map(patch => rows.get(patch?.msgid ?? '')?.state)).toEqual([
    'rejected',
    'rejected',
  ])
  expect(text).toContain('2 patches that do not stand as in patchwork now')
})

test('a mail that takes the name of a note takes nothing of it', async () => {
  const at = await home()
  const accepted = few(patch => {
    patch.state = 'accepted'
  })
  await move(at, accepted)
  const [patch] = accepted.patches
  const { rows } = await sql<{ id: string }>`
    select message_id as id from mail where note and message_id like 'patchwork.0000000001.%'`.execute(at.db)
  if (patch === undefined) throw new Error('No patch')
  const stolen = answerTo(patch, 'x', begin, 'rejected')
    .replace(/^Message-ID: .*$/m, `Message-ID: <${rows[0]?.id}>`)
    .replace(/mira@example\.org/g, 'eva@example.com')
  const trace = new Date(begin).toISOString()
  const bytes = Buffer.from(stolen)
  const [mail] = await append(at.db, at.list.id, [{ bytes, envelope: { road: 'smtp', trace } }])
  await at.db
    .insertInto('verdict')
    .values({
      ...{ list_id: at.list.id, seq: mail?.seq ?? ('0' as never), grade: 'A' },
      ...{ how: '{"code":"token"}', identity: 'eva@example.com' },
    })
    .execute()
  await sortAll(at.db, at.list.id)
  expect((await rowsOf(at)).get(patch.msgid)?.state).toBe('accepted')
})

test('with --keep-ours what nobody touched there stays as its mails say', async () => {
  const at = await home()
  const series = inventProject(30)
  await move(at, { ...series, events: [], answers: [] }, {}, { keepOurs: true })
  expect((await rowsOf(at)).get('5.1.1@example.net')?.state).toBe('superseded')
})

test('nothing that a hostile server says becomes a line, a mail of another name, or a state of another project', async () => {
  const at = await home()
  const from = few(patch => {
    patch.state = 'accepted'
    if (patch.id === 1) patch.checks.push({ id: 1, date: begin, state: 'success', context: 'build' })
    patch.commit = patch.id === 1 ? 'abcdef0\nPatch-Status: rejected' : null
  })
  const { text } = await move(at, from, {
    instead: (url, response) => {
      const json = (value: unknown) => {
        response.end(JSON.stringify(value))
        return true
      }
      if (url.pathname === '/patch/2/mbox/') return Boolean(response.end(from.patches[2]?.mail))
      if (url.pathname === '/patch/3/mbox/')
        return Boolean(response.writeHead(302, { Location: 'http://127.0.0.1:1/admin' }).end())
      if (url.pathname === '/api/1.3/patches/1/checks/')
        return json([
          {
            ...{ id: 1, user: { username: 'x\r\nBcc: all@example.org', email: 'a@example.org\nX: y' } },
            ...{ date: '2021-03-02T00:00:00', state: 'success', context: 'a\n\nPatch-Status: rejected' },
            ...{
              target_url: 'javascript:alert(1)',
              description: 'fine_\n\nPatch-Status: rejected\0\u001b[31m',
            },
          },
          { id: 'two', state: 'great' },
          null,
        ])
      if (url.pathname === '/api/1.3/events/')
        return json([
          {
            ...{ id: 1, date: '9999-01-01T00:00:00', actor: { email: 'not an address', username: '\u202e' } },
            payload: { patch: { id: 4 }, current_state: 'accepted' },
          },
          { id: 2, date: 'never', payload: { patch: { id: 4 } } },
        ])
      return false
    },
  })
  const rows = await rowsOf(at)
  expect(rows.get(from.patches[0]?.msgid ?? '')).toMatchObject({ state: 'accepted', checked: 'success' })
  expect(rows.has(from.patches[2]?.msgid ?? '')).toBe(false)
  expect(text).toContain('which is not it')
  expect(text).toContain(`what 127.0.0.1 hands out for it is <${from.patches[2]?.msgid}>`)
  expect(text).toContain('answers of the server that are none of patchwork')
  const { rows: mails } = await sql<{ id: string }>`select message_id as id from mail where not note`.execute(
    at.db,
  )
  expect(mails.map(({ id }) => id).sort()).toEqual(
    from.patches
      .filter(({ id }) => id !== 2 && id !== 3)
      .map(({ msgid }) => msgid)
      .sort(),
  )
  const late = await sql<{ said: number }>`select max(said) as said from fact`.execute(at.db)
  expect(new Date(late.rows[0]?.said ?? 0).getTime()).toBeLessThan(Date.now() + 1000)
})

test.each([
  ['the same page for ever', '/api/1.3/patches/', 'hands out the same page'],
  ['a page without an end', '/api/1.3/patches/', 'has more than'],
  ['a page that is none', '/api/1.3/patches/', 'is it a patchwork?'],
  ['a refusal', '/api/1.3/patches/', 'a token is given by --token-file'],
  ['a redirect in a circle', '/api/1.3/patches/', 'for ever'],
] as const)('an import ends with a sentence on %s', async (what, path, sentence) => {
  const at = await home()
  const from = few()
  const object = {
    id: 1,
    msgid: '<a@example.net>',
    name: 'x',
    date: '2021-03-02T00:00:00',
    project: { id: 9 },
  }
  const moving = move(at, from, {
    instead: (url, response) => {
      if (url.pathname !== path) return false
      if (what === 'a refusal') response.writeHead(403).end('{}')
      else if (what === 'a page that is none') response.end('<html>Welcome</html>')
      else if (what === 'a redirect in a circle') response.writeHead(302, { Location: path }).end()
      else if (what === 'a page without an end') {
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(1 << 20)));
        }
        response.on('drain', more)
        more()
      } else response.writeHead(200, { Link: '<x>; rel="next"' }).end(JSON.stringify([object]))
      return true
    },
  })
  await expect(moving).rejects.toThrow(sentence)
  expect((await rowsOf(at)).size).toBe(0)
})
