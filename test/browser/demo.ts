// The demo archive with builds beside it, and an address for each kind of page: what pictures are taken of and what a browser
// tries.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { listId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Policy } from '../../ci/policy.ts'
import { publishedRepository } from '../../ci/published.ts'
import { importPaths } from '../../ingest/import.ts'
import { saveLists } from '../../sql/lists.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { resultKey } from '../../tracker/build/report.ts'
import { paths } from '../../web/paths.ts'
import { Repository, script } from '../ci/repository.ts'
import { BuildYard, resultOf, stepOf } from '../web/builds.ts'

const list = 'demo'

/** What pages of builds ask. */
export const policy: Policy = {
  file: '/policy.toml',
  repositories: [
    {
      ...{ name: 'tarn', path: '/', list, mail: [], refs: [], keep: [], proofs: [], offer: [] },
      ...{ network: false, weakest: null, limits: { seconds: 1_200 }, secrets: [] },
    },
  ],
  ...{
    signers: [],
    keys: null,
    revoked: null,
    gitoliteUsers: [],
    gitoliteAddresses: {},
    openPerSubmitterMax: 20,
  },
  patches: [
    {
      ...{ list, repository: 'tarn', branch: 'main', prefixes: {}, allow: [], signers: [] },
      ...{ buildFiles: [], push: [], nightly: true },
    },
  ],
}

/** Fills the list `demo`, and answers one address for each kind of page, by the name of its picture. */
export async function fillDemo(db: Kysely<Tables>, data: string): Promise<Map<string, string>> {
  await importDemo(db)
  return choosePages(db, await addBuilds(db, data))
}

async function importDemo(db: Kysely<Tables>): Promise<void> {
  const [saved] = await saveLists(db, [
    { name: list, address: 'demo@localhost', description: 'An invented project to look around in' },
  ])
  if (saved === undefined) throw new Error('The list was not saved')
  const silent = { show: () => {}, say: console.error, finish: () => {} }
  await importPaths({
    db,
    list: saved,
    paths: [join(import.meta.dirname, '../../ingest/demo.mbox')],
    signal: new AbortController().signal,
    progress: silent,
  })
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
    ['bugs-filtered', paths.bugs(list, { order: 'severity', severity: 'high' })],
    ['list-since', `${paths.list(list)}?since=2026-03-14`],
    ['applied', paths.applied(list)],
    ['statistics', paths.statistics(list)],
    ['take-part', paths.takePart(list)],
    ['about', paths.about(list)],
    ['archive', paths.topics(list, 'all')],
    ['closed', paths.topics(list, 'closed')],
    ['search', paths.search(list, 'wal')],
    ['search-topics', paths.search(list, 'is:open is:patch')],
    ['search-unread', paths.search(list, 'is:opn')],
    ['search-spelled', paths.search(list, 'pagre')],
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
  if (reply) {
    pages.set('thread', paths.thread(list, reply.id))
    pages.set('thread-since', `${paths.thread(list, reply.id)}?since=2026-03-14`)
  }
  if (bug) pages.set('missing-near', paths.mail(list, bug.id.slice(0, -4)))
  if (bug) pages.set('person', paths.person(list, bug.author.address))
  const head = newest?.cover ?? newest?.patches[0]?.id
  if (head) pages.set('compare', paths.compare(list, head, 'v1', 'v2'))
  return pages
}
