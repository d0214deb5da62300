// Pictures of every kind of page: `npm run shots` fills a database with the demo archive, opens the pages in Chromium at the
// width of a desk and of a phone, light and dark, and of the narrowest phone, and writes shots/*.png; with the names of pages
// (`-- run list`) these alone. It fails when axe finds a fault of access, when a page scrolls sideways at 320 px, or when it
// says something on the browser's console.

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Kysely } from 'kysely'
import { type Browser, chromium, type Page } from 'playwright-core'
import { listId } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import type { Policy } from '../ci/policy.ts'
import { publishedRepository } from '../ci/published.ts'
import { importPaths } from '../ingest/import.ts'
import { saveLists } from '../sql/lists.ts'
import { oweMail } from '../sql/outbox.ts'
import { openDatabase } from '../sql/server.ts'
import type { Tables } from '../sql/tables.ts'
import { topicColumns, wholeTopic } from '../sql/topic-row.ts'
import { resultKey } from '../tracker/build/report.ts'
import { paths } from '../web/paths.ts'
import { startWeb } from '../web/serve.ts'
import { Repository, script } from './ci/repository.ts'
import { BuildYard, resultOf, stepOf } from './web/builds.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'shots')
const list = 'demo'
const views = [
  { name: '1280', width: 1280, height: 1600, dark: false },
  { name: '390', width: 390, height: 844, dark: false },
  { name: '1280-dark', width: 1280, height: 1600, dark: true },
  { name: '390-dark', width: 390, height: 844, dark: true },
] as const

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const data = mkdtempSync(join(tmpdir(), 'threadwork-shots-'))
  // PostgreSQL runs under another account when we are root.
  chmodSync(data, 0o711)
  const log = { info: () => {}, warn: console.warn, error: console.error }
  const database = await openDatabase({ data, dataChosen: true, database: null }, log)
  const builds = { queue: {} as never, data }
  const place = { policy: () => policy, data }
  const url = 'https://tracker.example.org'
  const web = await startWeb({ db: database.db, host: '127.0.0.1', port: 0, log, builds, place, url })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  try {
    await fill(database.db)
    const pages = await choosePages(database.db, await addBuilds(database.db, data))
    const named = process.argv.slice(2)
    if (named.length > 0) for (const name of [...pages.keys()]) if (!named.includes(name)) pages.delete(name)
    const problems = await shoot(browser, `http://127.0.0.1:${web.port}`, pages)
    for (const problem of problems) console.error(problem)
    console.log(`${pages.size} pages in ${folder}`)
    process.exitCode = problems.length > 0 ? 1 : 0
  } finally {
    await browser.close()
    await web.close()
    await database.close()
    rmSync(data, { recursive: true, force: true })
  }
}

async function fill(db: Kysely<Tables>): Promise<void> {
  const [saved] = await saveLists(db, [
    { name: list, address: 'demo@localhost', description: 'An invented project to look around in' },
  ])
  if (saved === undefined) throw new Error('The list was not saved')
  const silent = { show: () => {}, say: console.error, finish: () => {} }
  await importPaths({
    db,
    list: saved,
    paths: [join(root, 'ingest', 'demo.mbox')],
    signal: new AbortController().signal,
    progress: silent,
  })
}

const policy: Policy = {
  file: '/policy.toml',
  repositories: [
    {
      ...{ name: 'tarn', path: '/', list, mail: [], refs: [], keep: [], proofs: [], offer: [] },
      ...{ network: false, weakest: null, limits: { seconds: 1_200 }, secrets: [] },
    },
  ],
  ...{ signers: [], keys: null, revoked: null, gitoliteUsers: [], openPerSubmitterMax: 20 },
  patches: [
    {
      ...{ list, repository: 'tarn', branch: 'main', prefixes: {}, allow: [], signers: [] },
      ...{ buildFiles: [], nightly: true },
    },
  ],
}

/** What is published of mailed patches: two commits, of which the second brings a check, and what is hard to read. */
function publish(data: string, night: string): { base: string; commit: string } {
  mkdirSync(publishedRepository(data))
  const repository = new Repository(publishedRepository(data))
  const base = repository.commit({ '.ci/build': script('make'), '.ci/checks/style': script('make style') })
  const commit = repository.commit({
    '.ci/checks/late': script('make late'),
    'table.txt': `${'0, '.repeat(200)}\n`,
  })
  repository.git('update-ref', night, commit)
  return { base, commit }
}

/** Builds of the newest patchset, of a single patch and of branches, with the addresses of their pages. */
async function addBuilds(db: Kysely<Tables>, data: string): Promise<Map<string, string>> {
  const topics = (await db.selectFrom('topic').select(topicColumns).orderBy('mails', 'desc').execute()).map(
    wholeTopic,
  )
  const series = topics.find(({ kind, revisions }) => kind === 'patchset' && revisions.length > 1)
  const single = topics.find(({ revisions }) => revisions.length === 1 && revisions[0]?.patches.length === 1)
  const newest = series?.revisions.at(-1)
  const alone = single?.revisions[0]
  if (!series || !newest || !single || !alone) throw new Error('The demo archive has no patchset to build')
  const yard = new BuildYard(db, data, 1)
  const unit = `${Array.from({ length: 400 }, (_, at) => `t_${at} ok   0.${at} s   ${at} faults`).join('\n')}
t_group FAIL 0.09 s 14 faults
  t_group.c:88: batch 2, writer 5
    wanted -5 (EIO)
    got     0
make: *** [Makefile:141: unit] Error 1
`
  const tests = { passed: 411, failed: 1, skipped: 3, failing: ['t_group'] }
  const steps = [
    stepOf('build', 'success', { seconds: 108 }),
    stepOf('style', 'success', { seconds: 2.9 }),
    stepOf('unit', 'failure', { seconds: 67, tests }),
  ]
  const ofSeries = yard.patchset(
    series.id,
    newest.patches.map(({ id }) => id),
    newest.version,
  )
  const logs = { build: 'cc -c wal.c\n', style: 'no remarks\n', unit }
  const night = `refs/ci/${list}/nightly/2026-03-02`
  const { base, commit } = publish(data, night)
  for (let at = 0; at < 12; at++)
    await yard.build('success', {
      result: resultOf('success', stepOf('build', 'success', { seconds: 90 + at }), ...steps.slice(1, 2)),
      build: { ref: `refs/heads/${at < 9 ? 'next' : `topic/${at}`}` },
    })
  await yard.build('queued', { build: { ref: 'refs/heads/next' } })
  const main = await yard.build('failure', { result: resultOf('failure', ...steps), logs })
  await yard.build('success', {
    result: resultOf('success', steps[0] ?? stepOf('build', 'success')),
    logs,
    build: { ref: 'refs/heads/release/1.0' },
  })
  const failed = await yard.build('failure', { result: resultOf('failure', ...steps), logs, build: ofSeries })
  await db
    .insertInto('application')
    .values({
      ...{ list_id: 1, topic_key: indexKey(series.id), version: newest.version, digest: '7c41e09b' },
      ...{
        repository: 'tarn',
        branch: 'main',
        base: 'c08e51d3'.repeat(5),
        found_by: 'blobs',
        outcome: 'applied',
      },
    })
    .execute()
  const running = await yard.build('running', { logs: { build: 'cc -c wal.c\n' }, build: ofSeries })
  await yard.build('failure', {
    result: resultOf('failure', ...steps),
    build: { ref: night, commit, base, nightly: true, submitter: 'nightly' },
  })
  const { key } = await db
    .selectFrom('build')
    .select('key')
    .where('number', '=', failed)
    .executeTakeFirstOrThrow()
  await db.transaction().execute(trx =>
    oweMail(trx, {
      ...{ key: resultKey(key), list: listId(1), to: series.author.address, subject: 'Re: result' },
      ...{ body: 'Test-Label: unit\nTest-Status: FAILURE\n\nStep unit failed.\n', kind: 'result' as const },
    }),
  )
  const [patch] = alone.patches
  const waiting = await yard.build('waiting', {
    why: `Patches of ${single.author.address} are not built without asking`,
    build: {
      ...yard.patchset(single.id, [patch?.id ?? single.id], 1),
      ...{ base, commit, submitter: single.author.address, evidence: { guarded: ['.ci/checks/late'] } },
    },
  })
  await yard.build('waiting', { build: ofSeries })
  const refused = await yard.build('refused', {
    why: 'The commit is not signed by anybody whom the policy names',
    build: {
      submitter: 'somebody',
      evidence: { proof: null, signer: null, key: null, said: ['[GNUPG:] NO_PUBKEY 5BA735860D2F2A91'] },
    },
  })
  const passed = await yard.build('success', {
    result: resultOf('success', ...steps.slice(0, 2)),
    logs,
    build: {
      ref: 'refs/heads/next',
      evidence: { proof: 'commit-signature', signer: 'Ines Oduya', key: '5BA7 3586' },
    },
  })
  return new Map([
    ['run', paths.build(failed)],
    ['run-push', paths.build(main)],
    ['run-running', paths.build(running)],
    ['run-waiting', paths.build(waiting)],
    ['run-refused', paths.build(refused)],
    ['run-passed', paths.build(passed)],
    ['run-log', paths.buildLog(failed, 'unit', { from: 201 })],
    ['run-whole-log', paths.wholeLog(failed)],
    ['builds', paths.builds(list)],
    ['builds-branch', paths.buildsOfBranch('tarn', 'refs/heads/next')],
    ['builds-patchset', paths.buildsOfPatchset(list, series.id)],
    ['builds-branches', paths.buildBranches(list)],
    ['queue', paths.queue()],
    ['queue-ended', paths.buildsIn('ended')],
  ])
}

/** One address for each kind of page, taken from what the archive holds. */
async function choosePages(
  db: Kysely<Tables>,
  builds: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const rows = await db.selectFrom('topic').select(topicColumns).orderBy('mails', 'desc').execute()
  const topics = rows.map(wholeTopic)
  const patchset = topics.find(({ kind, revisions }) => kind === 'patchset' && revisions.length > 1)
  const single = topics.find(({ revisions }) => revisions.length === 1 && revisions[0]?.patches.length === 1)
  const bug = topics.find(({ kind }) => kind === 'bug')
  const discussion = topics.find(({ kind }) => kind === 'discussion')
  const newest = patchset?.revisions.at(-1)
  const oldest = patchset?.revisions[0]
  const reply = patchset?.mails.findLast(({ role }) => role === 'reply')
  const mails = {
    series: newest?.cover,
    'series-old': oldest?.cover ?? oldest?.patches[0]?.id,
    patch: newest?.patches.at(-1)?.id,
    'single-patch': single?.revisions[0]?.patches[0]?.id,
    bug: bug?.id,
    message: reply?.id,
    discussion: discussion?.id,
  }
  const pages = new Map([
    ['lists', paths.lists()],
    ['list', paths.list(list)],
    ['bugs', paths.bugs(list)],
    ['archive', paths.topics(list, 'all')],
    ['closed', paths.topics(list, 'closed')],
    ['search', paths.search(list, 'wal')],
    ['search-empty', paths.search(list, 'dfn:nothing.c')],
    ['milestones', paths.milestones(list)],
    ['milestone', paths.milestone(list, '1.0')],
    ['triage', paths.triage(list)],
    ['waits', paths.waits(list)],
    ['missing', paths.mail(list, 'nobody@example.org')],
    ...builds,
  ])
  for (const [name, id] of Object.entries(mails)) {
    if (!id) throw new Error(`The demo archive has no mail for the page "${name}"`)
    pages.set(name, paths.mail(list, id))
  }
  if (reply) pages.set('thread', paths.thread(list, reply.id))
  if (bug) pages.set('person', paths.person(list, bug.author.address))
  const head = newest?.cover ?? newest?.patches[0]?.id
  if (head) pages.set('compare', paths.compare(list, head, 'v1', 'v2'))
  return pages
}

async function shoot(browser: Browser, base: string, pages: ReadonlyMap<string, string>): Promise<string[]> {
  const problems: string[] = []
  for (const { name: view, width, height, dark } of views) {
    const colorScheme = dark ? 'dark' : 'light'
    // Our own policy forbids every script, axe's too.
    const tab = await browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true })
    // A 404 page is asked for on purpose, and Chromium says so.
    tab.on('console', message => {
      if (!message.text().includes('404')) problems.push(`${tab.url()}: ${message.text()}`)
    })
    for (const [name, path] of pages) {
      await tab.goto(base + path)
      await tab.screenshot({ path: join(folder, `${name}-${view}.png`), fullPage: true })
      problems.push(...(await faults(tab)).map(fault => `The page "${name}" at ${view}: ${fault}`))
    }
    await tab.close()
  }
  const narrow = await browser.newPage({ viewport: { width: 320, height: 640 } })
  for (const [name, path] of pages) {
    await narrow.goto(base + path)
    const width = await narrow.evaluate<number>('document.documentElement.scrollWidth')
    await narrow.screenshot({ path: join(folder, `${name}-320.png`), fullPage: true })
    if (width > 320) problems.push(`The page "${name}" is ${width} px wide at 320 px`)
  }
  return problems
}

/** What axe finds against WCAG 2.2 A and AA and its own best practice, each with its first place. */
async function faults(tab: Page): Promise<string[]> {
  await tab.evaluate(axe.source)
  const found = await tab.evaluate<{ id: string; target: string }[]>(
    `axe.run({ runOnly: ${JSON.stringify(rules)} }).then(result =>
      result.violations.map(({ id, nodes }) => ({ id, target: String(nodes[0]?.target) })))`,
  )
  return found.map(({ id, target }) => `${id} at ${target}`)
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

await main()
