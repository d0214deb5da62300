// A repository moves in, by the command, from a server with the shapes of GitHub's API, and from files that hold its answers.
// GITHUB=long (`npm run test:github`) takes 5,000 issues with 20,000 comments instead of a few dozen.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importGitHub } from '../../../ingest/github/import.ts'
import { GitHubReport } from '../../../ingest/github/report.ts'
import { openSaved } from '../../../ingest/github/saved.ts'
import { openServer } from '../../../ingest/github/server.ts'
import { type List, saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { readBytes } from '../../../sql/raw.ts'
import type { Tables } from '../../../sql/tables.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { testDatabase } from '../../database.ts'
import { all } from '../mails.ts'
import {
  begin,
  commentOn,
  commitsOf,
  hostile,
  type Invented,
  inventRepository,
  iso,
  type Json,
  patchesOf,
  shaOf,
} from './project.ts'
import { githubServer, type ServerShape } from './server.ts'

const root = join(import.meta.dirname, '../../..')
const isLong = process.env.GITHUB === 'long'
const size = isLong ? 5_000 : 30
const place = mkdtempSync(join(tmpdir(), 'github-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

interface Home {
  readonly db: Kysely<Tables>
  readonly url: string
  readonly list: List
}

async function home(): Promise<Home> {
  const { db, url } = await testDatabase()
  const [list] = await saveLists(db, [
    {
      ...{ name: 'tarn', address: 'tarn@lists.example.org' },
      people: [{ address: 'mira@example.org', role: 'maintainer' as const }],
    },
  ])
  if (list === undefined) throw new Error('No list')
  return { db, url, list }
}

function start({ url }: Home, words: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'main.ts'), 'import', 'github', ...words], {
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
  start(at, ['example/tarn', '--api', url, '--list', 'tarn', ...words]).end

const stateText = async ({ db, list }: Home) =>
  (await all(exportState(db, list.id, { numbers: true }))).join('')

interface Row {
  readonly kind: string
  readonly mails: readonly string[]
  readonly data: {
    readonly title: string
    readonly bug: { type: string; status: string; labels: string[]; target: string | null } | null
    readonly state: string
    readonly revisions: readonly Json[]
    readonly trailers: readonly { key: string; on: string; who: { name: string } }[]
    readonly claims: readonly { what: string; target: string }[]
    readonly delegate?: { person: { address: string } }
    readonly history: readonly Json[]
  }
}

/** By the numbers of their issues. */
async function rowsOf(at: Home): Promise<Map<number, Row>> {
  const { rows } = await sql<Row & { id: string }>`select id, kind, data from topic`.execute(at.db)
  const lines = (await stateText(at)).trim().split('\n')
  const mails = new Map(lines.map(line => JSON.parse(line)).map(({ id, mails }) => [id, mails]))
  return new Map(rows.map(row => [Number(row.id.split('.')[0]), { ...row, mails: mails.get(row.id) }]))
}

async function counted({ db }: Home) {
  const { rows } = await sql<{ mails: number; notes: number }>`
    select count(*) filter (where not note)::int as mails, count(*) filter (where note)::int as notes from mail`.execute(
    db,
  )
  return rows[0]
}

/** Within this process, from a server of that shape. */
async function move(
  { db, list }: Home,
  from: Invented,
  shape: ServerShape = {},
  name = 'example/tarn',
  token?: string,
  git: string | null = null,
) {
  const there = await githubServer(from, shape)
  const report = new GitHubReport(undefined)
  try {
    const { signal } = new AbortController()
    const asking = { repository: name, url: there.url, token, signal, say: () => {}, secondMs: 1 }
    const cut = (stream: string, sentence: string) => report.tell('cut', stream, sentence)
    const source = openServer({ ...asking, cut })
    await importGitHub({ db, list, source, repository: name, saved: null, git, report, say: () => {} })
    return { text: report.text, asked: there.asked, statuses: there.statuses }
  } finally {
    await there.close()
  }
}

const isPull = (issue: Json) => 'pull_request' in issue
const pick = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('None')
  return value
}

const repository = inventRepository(size)
const own = repository.issues.filter(issue => !isPull(issue))
const pulls = repository.pulls
const patches = pulls.reduce((sum, { number }) => sum + commitsOf(Number(number)), 0)
const spokenReviews = [...repository.reviews.values()].flat().filter(({ body }) => body !== '')
/** Of each, one mail. */
const texts =
  repository.issues.length + repository.comments.length + spokenReviews.length + repository.remarks.length
const allMails = texts + patches
const report = join(place, 'report.tsv')
let moved: Home
let server: Awaited<ReturnType<typeof githubServer>>
beforeAll(async () => {
  moved = await home()
  server = await githubServer(repository, { failsEvery: isLong ? 97 : 7 })
  // Killed among the mails, and in the long form among the notes, too.
  for (const share of isLong ? [0.3, 0.7] : [0.5]) {
    const { child, end } = start(moved, [
      'example/tarn',
      '--api',
      server.url,
      '--list',
      'tarn',
      '--report',
      report,
    ])
    const pages = (repository.issues.length * 2 + repository.comments.length + repository.events.length) / 100
    server.whenAsked(server.asked.length + Math.round(pages * share) + 3, () => child.kill('SIGKILL'))
    expect((await end).code).toBe(null)
  }
}, 1_800_000)
afterAll(() => server.close())

test('each issue stands as on GitHub, also when the import was killed', async () => {
  const { code, said } = await run(moved, server.url, '--report', report)
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('issues read') })
  expect(said).not.toContain('do not stand as on GitHub')
  const rows = await rowsOf(moved)
  expect(rows.size).toBe(repository.issues.length)
  expect((await counted(moved))?.mails).toBe(allMails)
  for (const issue of own) {
    const row = pick(rows.get(Number(issue.number)))
    expect([issue.number, row.kind, row.data.bug?.status]).toEqual([issue.number, 'bug', statusOf(issue)])
    const labels = (issue.labels as { name: string }[]).flatMap(({ name }) => words[name] ?? [])
    expect([issue.number, row.data.bug?.labels]).toEqual([issue.number, labels.sort()])
    expect(row.data.bug?.target ?? null).toBe(
      issue.milestone ? targets[(issue.milestone as { title: string }).title] : null,
    )
    const comments = repository.comments
      .filter(({ issue_url }) => issue_url === issue.url)
      .map(({ id }) => `comment-${id}.`)
    const mails = row.mails.map(id => id.replace(/\.example\..*$/, '.'))
    expect(mails.sort()).toEqual([`${issue.number}.`, ...comments].sort())
  }
}, 1_200_000)

const words: Readonly<Record<string, string>> = {
  bug: 'bug',
  enhancement: 'enhancement',
  'good first issue': 'good-first-issue',
  'area/pump': 'area/pump',
  'needs: triage': 'needs:-triage',
}
const targets: Readonly<Record<string, string>> = {
  '1.0': '1.0',
  'Next -- maybe': 'Next - maybe',
  none: '"none"',
}
/** What a merged pull request closes and is open all the same was reopened. */
const closedByPulls = new Set(
  repository.pulls.flatMap(({ merged_at, body }) =>
    merged_at === null
      ? []
      : [...String(body).matchAll(/(?:Fixes|closes:) #(\d+)/g)].map(([, issue]) => Number(issue)),
  ),
)

const statusOf = ({ state, state_reason, number }: Json): string => {
  if (state === 'open' && closedByPulls.has(Number(number))) return 'reopened'
  if (state === 'open') return state_reason === 'reopened' && Number(number) % 6 !== 0 ? 'reopened' : 'new'
  return (
    ({ not_planned: 'wontfix', duplicate: 'invalid' } as Record<string, string>)[String(state_reason)] ??
    'fixed'
  )
}

test('the history says who did what, when, and from where', async () => {
  const closed = pick(
    repository.events.find(({ event, commit_id }) => event === 'closed' && commit_id !== null),
  )
  const issue = closed.issue as Json
  const { data } = pick((await rowsOf(moved)).get(Number(issue.number)))
  expect(data.history).toContainEqual(
    expect.objectContaining({
      value: `fixed in ${closed.commit_id}`,
      who: expect.objectContaining({
        address: `${String((closed.actor as Json).login).replace('[bot]', '-bot')}@127.0.0.1.github.invalid`,
      }),
      said: Date.parse(String(closed.created_at)),
      vouch: expect.objectContaining({ grade: 'I', how: { code: 'brought', from: '127.0.0.1' } }),
    }),
  )
})

test('each pull request is a patchset of its commits, with its reviews at the lines that they speak of', async () => {
  const rows = await rowsOf(moved)
  for (const pull of pulls) {
    const n = Number(pull.number)
    const { kind, data } = pick(rows.get(n))
    expect([n, kind, data.state]).toEqual([n, 'patchset', stateOf(pull)])
    expect(data.revisions).toMatchObject([
      {
        ...{ version: 1, total: commitsOf(n), completeness: 'complete', pullRequest: false },
        patches: Array.from({ length: commitsOf(n) }, (_, at) => ({
          ...{ number: at + 1, author: { name: 'Zoë Lund', address: `zoe${n}@example.com` } },
          files: [`src/part${n}.c`],
        })),
      },
    ])
    const approved = pick(repository.reviews.get(n)).filter(
      ({ state, commit_id }) => state === 'APPROVED' && commit_id === (pull.head as Json).sha,
    )
    const given = data.trailers.filter(({ key }) => key === 'Reviewed-by')
    expect([n, given.map(({ who }) => who.name).sort()]).toEqual([
      n,
      approved.map(({ user }) => (user as Json | null)?.login ?? 'ghost').sort(),
    ])
    const closes = data.claims
      .filter(({ what, target }) => what === 'closes' && target.includes('@'))
      .map(({ target }) => Number(target.split('.')[0]))
    expect([n, closes.sort((a, b) => a - b)]).toEqual([n, n % 4 === 3 ? [] : [n - 6, n - 5]])
  }
  const { rows: answers } = await sql<{ id: string; above: string }>`
    select message_id as id, data->'references'->>0 as above from fact join mail using (list_id, seq)
    where message_id like 'remark-%'`.execute(moved.db)
  expect(answers.length).toBe(repository.remarks.length)
  for (const { id, above } of answers)
    expect([id, above]).toEqual([id, expect.stringMatching(/1\.example/.test(id) ? /^remark-/ : /^commit-/)])
})

const stateOf = (pull: Json): string => {
  if (pull.merged_at !== null) return 'accepted'
  if (pull.state === 'closed') return expect.stringMatching(/^(?:rejected|withdrawn)$/) as unknown as string
  return pull.draft
    ? 'rfc'
    : (expect.stringMatching(/^(?:new|changes-requested|under-review)$/) as unknown as string)
}

test('every object is accounted for', async () => {
  const lines = readFileSync(report, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.split('\t'))
  const told = (kind: string) =>
    new Set(lines.filter(line => line[0] === kind).map(line => line.slice(1).join(' ')))
  const ofPull = ({ issue }: Json) => isPull(issue as Json)
  const merged = ({ issue }: Json) => ((issue as Json).pull_request as Json).merged_at !== null
  const unknown = repository.events.filter(
    event =>
      event.event === 'subscribed' ||
      (ofPull(event) &&
        (/label|mile|renamed/.test(String(event.event)) || (event.event === 'closed' && merged(event)))),
  )
  expect(told('event').size).toBe(unknown.length)
  const nameless = repository.events.filter(
    event => !ofPull(event) && (event.label as Json | undefined)?.name === '🐛',
  )
  expect(told('label').size).toBe(nameless.length)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from mail where note and message_id like 'event-%'`.execute(moved.db)
  expect(rows[0]?.n).toBe(repository.events.length - unknown.length - nameless.length)
  expect(told('approved').size).toBe(pulls.length)
})

test('a second import asks only for what changed and adds nothing, and a rebuild gives the same', async () => {
  const before = await stateText(moved)
  const counts = await counted(moved)
  const first = server.asked.length
  const { code, said } = await run(moved, server.url)
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('issues read: 0 new') })
  expect(server.asked.length - first).toBeLessThan(15)
  expect(await counted(moved)).toEqual(counts)
  await rebuild(moved.db, moved.list.id)
  expect(await stateText(moved)).toBe(before)
}, 600_000)

test('nothing that people write there is a command, a review or a posting here', async () => {
  const { rows } = await sql<{ facts: Json; id: string }>`
    select data as facts, message_id as id from fact join mail using (list_id, seq)
    where not note and message_id not like 'commit-%'`.execute(moved.db)
  expect(rows.length).toBe(texts)
  const numbers = new Set(pulls.map(({ number }) => `${number}`))
  for (const { facts, id } of rows) {
    const isCover = numbers.has(id.split('.')[0] ?? '')
    expect({ id, ...facts }).toMatchObject({
      ...{
        id,
        tags: [],
        trailers: [],
        checks: [],
        applied: null,
        changeId: null,
        pullRequest: null,
        files: [],
      },
      ...{ posting: isCover ? 'cover' : 'none', robot: isCover ? 'moved-posting' : 'moved' },
      references: /^\w+-/.test(id)
        ? [expect.stringMatching(/^(?:\d+|remark-\d+|commit-.*)\.example\.tarn@/)]
        : [],
      author: { address: expect.stringMatching(/\.invalid$/) },
    })
    expect(facts).not.toHaveProperty('relations')
  }
  const { rows: heads } = await sql<{ n: number }>`
    select count(*)::int as n from fact where data->'sender'->>'address' not like '%.invalid'`.execute(
    moved.db,
  )
  expect(heads[0]?.n).toBe(0)
})

test('what was edited, renamed, relabelled and closed since comes with the next import', async () => {
  const at = await home()
  const small = inventRepository(5, 1)
  await move(at, small)
  const now = begin + 900 * 86_400_000
  const issue = pick(small.issues.find(({ number }) => number === 1)) as Json as Parameters<
    typeof commentOn
  >[0]
  Object.assign(issue, {
    title: '#2 is what it is',
    state: 'closed',
    state_reason: 'not_planned',
    closed_at: iso(now),
    updated_at: iso(now),
    labels: ['bug'],
  })
  small.comments.push(commentOn(issue, 777, now, 'One more.'))
  Object.assign(pick(small.comments[0]), { body: 'Other words.\nBug-Status: fixed', updated_at: iso(now) })
  const { text } = await move(at, small)
  expect(text).toContain('1 edited texts')
  const { data, mails } = pick((await rowsOf(at)).get(1))
  expect(data).toMatchObject({ title: '#2 is what it is', bug: { status: 'wontfix', labels: ['bug'] } })
  expect(mails.length).toBe(4)
  expect((await rowsOf(at)).get(2)?.data.title).toBe('the pump of part 2 stops')
  const again = await move(at, small)
  expect(again.text).toContain('0 edited texts and 0 notes')
  const third = await move(at, small)
  expect(third.statuses.filter(status => status === 304).length).toBeGreaterThan(1)
})

const openPull = () => {
  const there = inventRepository(17, 0)
  const pull = pick(there.pulls.find(({ number }) => number === 17))
  return { there: { ...there, issues: [], pulls: [pull], events: [], remarks: [], reviews: new Map() }, pull }
}

test('what is pushed later is the next revision, and an approval counts for the one that it saw', async () => {
  const at = await home()
  const { there, pull } = openPull()
  await move(at, there)
  const now = iso(begin + 900 * 86_400_000)
  const old = (pull.head as Json).sha
  Object.assign(pull, {
    head: { ...(pull.head as Json), sha: shaOf('new head') },
    updated_at: now,
    draft: false,
  })
  there.patches.set(17, patchesOf(17, 'again'))
  const review = (id: number, commit_id: unknown) => ({
    ...{ id, user: { login: `r${id}` }, body: '', state: 'APPROVED', commit_id, submitted_at: now },
    ...{ pull_request_url: pull.url, html_url: `${pull.html_url}#r${id}` },
  })
  there.reviews.set(17, [review(1, old), review(2, shaOf('new head'))])
  const { text } = await move(at, there)
  expect(text).toContain('3 patches are new')
  const { data } = pick((await rowsOf(at)).get(17))
  expect(data.revisions).toMatchObject([
    { version: 1, total: 3, completeness: 'complete', state: 'superseded' },
    { version: 2, total: 3, completeness: 'complete' },
  ])
  expect(data.trailers.map(({ who, on }) => [who.name, on.split('.')[0]])).toEqual([
    ['r1', '17'],
    ['r2', `push-17-${shaOf('new head').slice(0, 16)}`],
  ])
  const before = await counted(at)
  await move(at, there)
  expect(await counted(at)).toEqual(before)
})

test('commits come from a clone where it has them, whatever their messages hold', async () => {
  const at = await home()
  const { there, pull } = openPull()
  const clone = join(place, 'clone')
  const git = (...words: string[]) =>
    execFileSync(
      'git',
      ['-C', clone, '-c', 'user.name=Zoë Lund', '-c', 'user.email=zoe@example.com', ...words],
      {
        encoding: 'utf8',
      },
    ).trim()
  execFileSync('git', ['init', '-q', '-b', 'main', clone])
  const commit = (text: string, message: string) => {
    writeFileSync(join(clone, 'wal.c'), text)
    git('add', '.')
    git('commit', '-q', '-m', message)
    return git('rev-parse', 'HEAD')
  }
  const base = commit('one\n', 'begin')
  const second = commit(
    'two\n',
    `wal: two\n\nFrom ${shaOf('x')} Mon Sep 17 00:00:00 2001\nFrom: Mira <mira@example.org>\nSubject: [PATCH] other\n\nSee #3.\n`,
  )
  const head = commit('three, see #3\n', 'wal: three')
  Object.assign(pull, { head: { sha: head, label: 'ada:x' }, base: { sha: base, ref: 'main' } })
  there.patches.clear()
  await move(at, there, {}, 'example/tarn', undefined, clone)
  const { data } = pick((await rowsOf(at)).get(17))
  expect(data.revisions).toMatchObject([
    {
      total: 2,
      completeness: 'complete',
      patches: [
        { title: 'wal: two', author: { address: 'zoe@example.com' }, files: ['wal.c'] },
        { title: 'wal: three', author: { address: 'zoe@example.com' }, files: ['wal.c'] },
      ],
    },
  ])
  // What comes out is what went in.
  const { rows } = await sql<{ raw_hash: Buffer }>`
    select raw_hash from mail where message_id like 'commit-%' order by message_id like ${`commit-${second.slice(0, 16)}%`} desc`.execute(
    at.db,
  )
  const mails = await readBytes(
    at.db,
    rows.map(row => row.raw_hash),
  )
  git('checkout', '-q', base)
  for (const mail of mails.values()) {
    writeFileSync(join(place, 'one.eml'), mail)
    git('am', '-q', join(place, 'one.eml'))
  }
  expect(git('diff', head)).toBe('')
  expect(git('log', '-2', '--format=%an %ae %s')).toBe(
    'Zoë Lund zoe@example.com wal: three\nZoë Lund zoe@example.com wal: two',
  )
})

test('a repository that was renamed is the same one', async () => {
  const at = await home()
  const small = inventRepository(4, 1)
  await move(at, small)
  const before = await counted(at)
  const renamed: Invented = {
    ...small,
    ...JSON.parse(
      JSON.stringify({ ...small, reviews: 0, patches: 0 }).replaceAll('example/tarn', 'example/lake'),
    ),
    reviews: new Map(),
    patches: small.patches,
  }
  await move(at, renamed, { renamedFrom: 'example/tarn' })
  await move(at, renamed, {}, 'example/lake')
  expect(await counted(at)).toEqual(before)
})

test('what people decide here afterwards stands, though GitHub still says what it said', async () => {
  const at = await home()
  const small = inventRepository(3, 1)
  await move(at, small)
  const time = Date.now()
  const letter = `From: Mira Holt <mira@example.org>\nTo: tarn@lists.example.org\nSubject: Re: it\nDate: ${new Date(time).toUTCString()}\nMessage-ID: <live@example.org>\nIn-Reply-To: <1.example.tarn@127.0.0.1.github.invalid>\n\nBug-Status: wontfix\n`
  const [mail] = await append(at.db, at.list.id, [
    { bytes: Buffer.from(letter), envelope: { road: 'smtp', trace: new Date(time).toISOString() } },
  ])
  const verdict = { grade: 'A' as const, how: '{"code":"token"}', identity: 'mira@example.org' }
  await at.db
    .insertInto('verdict')
    .values({ list_id: at.list.id, seq: pick(mail).seq, ...verdict })
    .execute()
  await sortAll(at.db, at.list.id)
  const { text } = await move(at, small)
  expect((await rowsOf(at)).get(1)?.data.bug?.status).toBe('wontfix')
  expect(text).toContain('issue 1: Bug-Status: reopened')
})

test('saved answers and what gh prints give the same as the server', async () => {
  const there = inventRepository(14, 2)
  const from = await home()
  await move(from, there)
  const pages = join(place, 'pages')
  mkdirSync(join(pages, 'deep'), { recursive: true })
  writeFileSync(
    join(pages, 'deep/issues.json'),
    `${JSON.stringify(there.issues.slice(0, 9))}${JSON.stringify(there.issues.slice(9))}`,
  )
  writeFileSync(join(pages, 'comments.json'), JSON.stringify([there.comments]))
  writeFileSync(join(pages, 'events.jsonl'), there.events.map(event => JSON.stringify(event)).join('\n'))
  writeFileSync(join(pages, 'pulls.json'), JSON.stringify(there.pulls))
  writeFileSync(join(pages, 'reviews.json'), JSON.stringify([...there.reviews.values(), there.remarks]))
  for (const [number, patch] of there.patches) writeFileSync(join(pages, `${number}.patch`), patch)
  const saved = async (at: Home, path: string) => {
    const told = new GitHubReport(undefined)
    const source = openSaved({ path, host: '127.0.0.1', strange: () => {} })
    await importGitHub({
      ...at,
      source,
      repository: 'example/tarn',
      saved: path,
      git: null,
      report: told,
      say: () => {},
    })
    return told.text
  }
  const at = await home()
  await saved(at, pages)
  expect(await stateText(at)).toBe(await stateText(from))
  expect(await saved(at, pages)).toContain('0 edited texts and 0 notes')

  const gh = join(place, 'gh.json')
  const listed = there.issues.filter(issue => !isPull(issue))
  writeFileSync(gh, JSON.stringify(listed.map(issue => ghOf(issue, there.comments))))
  const printed = await home()
  expect(await saved(printed, gh)).toContain(`${listed.length} issues read`)
  const [rows, others] = [await rowsOf(printed), await rowsOf(from)]
  expect([...rows.keys()].sort()).toEqual(listed.map(({ number }) => number).sort())
  for (const [number, { data, mails }] of rows) {
    const { status = '', labels } = pick(others.get(number)).data.bug ?? {}
    expect([number, data.bug]).toMatchObject([
      number,
      { status: status === 'reopened' ? 'new' : status, labels },
    ])
    expect(mails).toEqual(pick(others.get(number)).mails)
  }
  const archive = join(place, 'archive')
  mkdirSync(archive)
  for (const [name, objects] of Object.entries(archiveOf({ ...there, issues: listed })))
    writeFileSync(join(archive, `${name}_000001.json`), JSON.stringify(objects))
  const unpacked = await home()
  const text = await saved(unpacked, archive)
  expect(text).toContain(`${listed.length} issues read: ${listed.length} new`)
  const kept = await rowsOf(unpacked)
  for (const { number } of listed) {
    const [there, here] = [pick(others.get(Number(number))), pick(kept.get(Number(number)))]
    expect([number, here.mails]).toEqual([number, there.mails])
    const { labels, target } = there.data.bug ?? {}
    expect([number, here.data.bug]).toMatchObject([number, { labels, target }])
  }
  // Its bytes are the server's, so the one may follow the other.
  expect(await saved(at, archive)).toContain('0 edited texts')
  expect(await saved(at, gh)).toContain('0 edited texts')
})

/** As an owner exports it: everything is named by its address. */
function archiveOf({ issues, comments, events }: Invented): Record<string, Json[]> {
  const person = (user: unknown) => `https://github.com/${(user as Json | null)?.login ?? 'ghost'}`
  const titles = new Map(
    issues.flatMap(({ milestone }) => (milestone ? [[(milestone as Json).title, 0]] : [])),
  )
  const milestone = (value: unknown) =>
    value &&
    `https://github.com/example/tarn/milestones/${[...titles.keys()].indexOf((value as Json).title as never)}`
  const label = (value: unknown) =>
    `https://github.com/example/tarn/labels/${encodeURIComponent(String((value as Json).name))}`
  const numbers = new Map(issues.map(({ url, html_url }) => [url, html_url]))
  return {
    milestones: [...titles.keys()].map((title, at) => ({
      ...{ type: 'milestone', title, url: `https://github.com/example/tarn/milestones/${at}` },
    })),
    issues: issues.map(({ html_url, title, body, user, created_at, closed_at, ...issue }) => ({
      ...{ type: 'issue', url: html_url, title, body, user: person(user), created_at, closed_at },
      ...{ repository: 'https://github.com/example/tarn', milestone: milestone(issue.milestone) },
      labels: (issue.labels as unknown[]).map(label),
      assignees: (issue.assignees as unknown[]).map(person),
    })),
    issue_comments: comments
      .filter(({ issue_url }) => numbers.has(issue_url))
      .map(({ html_url, issue_url, user, body, created_at }) => ({
        ...{ type: 'issue_comment', url: html_url, issue: numbers.get(issue_url), body, created_at },
        user: person(user),
      })),
    issue_events: events
      .filter(({ issue }) => numbers.has((issue as Json).url))
      .map(({ id, issue, event, actor, created_at, commit_id, ...more }) => ({
        ...{
          type: 'issue_event',
          url: `${(issue as Json).html_url}#event-${id}`,
          event,
          created_at,
          commit_id,
        },
        ...{
          issue: (issue as Json).html_url,
          actor: person(actor),
          subject: more.assignee && person(more.assignee),
        },
        ...{
          label_name: (more.label as Json | undefined)?.name,
          milestone_title: (more.milestone as Json | undefined)?.title,
        },
        ...{ rename: more.rename },
      })),
  }
}

const loginOf = (user: unknown) => ({ login: (user as Json | null)?.login ?? '' })
function ghOf(issue: Json, comments: readonly Json[]): Json {
  const { number, title, body, html_url, created_at, updated_at, closed_at, labels, milestone } = issue
  return {
    ...{
      number,
      title,
      body: body ?? '',
      url: html_url,
      createdAt: created_at,
      updatedAt: updated_at,
      closedAt: closed_at,
    },
    ...{ labels, milestone, author: loginOf(issue.user), state: String(issue.state).toUpperCase() },
    stateReason: String(issue.state_reason ?? '').toUpperCase(),
    assignees: (issue.assignees as Json[]).map(loginOf),
    reactionGroups: [],
    comments: comments
      .filter(({ issue_url }) => issue_url === issue.url)
      .map(comment => ({
        ...{
          id: comment.node_id,
          author: loginOf(comment.user),
          body: comment.body,
          createdAt: comment.created_at,
        },
        ...{ url: comment.html_url, includesCreatedEdit: comment.updated_at !== comment.created_at },
        ...{ isMinimized: 'minimized' in comment, minimizedReason: 'off-topic', reactionGroups: [] },
      })),
  }
}

test('a hostile server sends nobody elsewhere, and what it says is told', async () => {
  const at = await home()
  const few = inventRepository(2, 1)
  const elsewhere = move(at, few, {
    instead: (url, response) =>
      url.pathname.endsWith('/comments') &&
      Boolean(response.writeHead(302, { Location: 'http://127.0.0.1:1/admin' }).end()),
  })
  await expect(elsewhere).rejects.toThrow('which is not it')
  const { text } = await move(at, few, {
    instead: (url, response) => {
      if (url.pathname.endsWith('/events') || url.pathname.endsWith('/comments')) return false
      if (!url.pathname.endsWith('/issues')) return false
      const strange = [
        null,
        7,
        { number: 'x' },
        { ...few.issues[0], html_url: 'https://github.com/other/thing/issues/1' },
      ]
      response.setHeader('Content-Type', 'application/json')
      return Boolean(response.end(JSON.stringify(strange)))
    },
  })
  expect(text).toContain('of other/thing')
  await expect(move(at, few, { token: 'secret' }, 'example/tarn', 'wrong')).rejects.toThrow('Bad credentials')
  expect(hostile.length).toBeGreaterThan(5)
})
