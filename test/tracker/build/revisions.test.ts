// A posted series becomes a build, or waits; what approvers and authors ask of it; and what nobody can have built.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeLog } from '../../../base/log.ts'
import { type Policy, readPolicy } from '../../../ci/policy.ts'
import { publishedRepository } from '../../../ci/published.ts'
import type { BuildRow } from '../../../sql/builds.ts'
import { append } from '../../../sql/log.ts'
import { Applier } from '../../../tracker/build/applier.ts'
import { jobOf } from '../../../tracker/build/job-of.ts'
import { placeOf } from '../../../tracker/build/place.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import type { Verdict } from '../../../tracker/topic/verdict.ts'
import { makeApp } from '../../../web/app.ts'
import { dkimOf, onlyFrom } from '../../verdicts.ts'
import { author, lines, mailText, Project } from '../branch/project.ts'
import { judge } from '../project/judge.ts'

const maintainer = 'Marek Tolvanen <marek@example.org>'
const signed: Verdict = { grade: 'A', how: dkimOf('example.org') }
let project: Project
let policy: Policy
let applier: Applier

beforeEach(async () => {
  project = await Project.start({ people: [{ address: 'marek@example.org', role: 'maintainer' }] })
  policy = policyOf()
  applier = freshApplier()
  told.length = 0
})
afterEach(() => project.end())

/** `[[patches]]` with these lines besides, as an operator writes it. */
function policyOf(more = ''): Policy {
  const file = join(project.dir, 'policy.toml')
  const text = `[[repository]]
name = "tarn"
path = "${project.repository}"
list = "tarn"
[[patches]]
list = "tarn"
repository = "tarn"
prefixes = { next = "next" }
${more}
`
  writeFileSync(file, text)
  return readPolicy(file)
}
const allowed = 'allow = ["ines@example.org"]'

const freshApplier = () =>
  new Applier({
    db: project.db,
    data: project.dir,
    policy: () => policy,
    log: makeLog('error', false),
    tell,
    keepDays: 90,
  })

const told: string[] = []
const tell = async (_: unknown, { why }: BuildRow) => void told.push(why ?? '')

/** Looks until there is nothing more to do. */
const look = async () => {
  while (await applier.look());
}

const now = () => new Date().toUTCString().replace('GMT', '+0000')

/** As they come from elsewhere, each judged so. */
async function come(mails: readonly (Buffer | string)[], verdict: Verdict | null = signed, road = 'smtp') {
  const envelope = road === 'smtp' ? { road, trace: new Date().toISOString() } : { road }
  const entries = mails.map(mail => ({ bytes: Buffer.from(mail), envelope }))
  await append(project.db, project.list.id, entries)
  await sortAll(project.db, project.list.id)
  if (verdict === null) return
  await project.db.deleteFrom('verdict_due').execute()
  await judge(project.db, project.list, verdict)
}

function series(name: string, change: Record<string, string>, words: readonly string[] = [], base = 'main') {
  if (change === flush && usual !== null) return dated(usual)
  if (base === 'flush' && project.git('branch', '--list', base) === '') branchOf(base, flush)
  const sent = project.send(`${base}..${branchOf(name, change, base)}`, ...words)
  if (change === flush) usual = sent
  return dated(sent)
}

/** What most tests post: git writes it once, and its branch is made where another one is put on it. */
let usual: readonly Sent[] | null = null

type Sent = ReturnType<Project['send']>[number]
const dated = (sent: readonly Sent[]) =>
  sent.map(({ id, bytes }) => ({
    id,
    text: bytes.toString('latin1').replace(/^Date: .*$/m, `Date: ${now()}`),
  }))
const branchOf = (name: string, change: Record<string, string>, base = 'main') =>
  project.topicBranch(name, [{ title: `wal: ${name}`, files: change }], base)

const flush = { 'wal.c': lines(1, 40, { 7: 'flush();' }) }

let asked = 0
const says = (answers: string, line: string, from = maintainer) =>
  mailText(
    {
      From: from,
      To: 'tarn@lists.example.org',
      Subject: 'Re: [PATCH] wal: change',
      Date: now(),
      'Message-ID': `<asked-${++asked}@example.org>`,
      'In-Reply-To': `<${answers}>`,
    },
    `${line}\n`,
  )

const builds = (): Promise<BuildRow[]> =>
  project.db.selectFrom('build').selectAll().orderBy('number').execute()
const states = async () => (await builds()).map(({ state, version }) => `v${version} ${state}`)
const digestOf = async (id: string, version = 1) =>
  (await project.topic(id)).revisions.find(revision => revision.version === version)?.digest ?? ''

const published = (...words: string[]) =>
  execFileSync('git', ['-C', publishedRepository(project.dir), ...words], { encoding: 'utf8' }).trim()

describe('a series', () => {
  it('of a stranger is applied, published and waits; an approver lets in exactly that', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    const [build] = await builds()
    expect(build).toMatchObject({
      state: 'waiting',
      kind: 'patchset',
      version: 1,
      submitter: 'ines@example.org',
    })
    expect(build?.why).toContain('not built without asking')
    expect(build?.mails).toEqual([{ id: mail?.id, hash: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(published('rev-parse', build?.ref ?? '')).toBe(build?.commit)
    expect(published('show', `${build?.ref}:wal.c`)).toContain('flush();')
    expect(build?.digest).toBe(await digestOf(mail?.id ?? ''))
    await come([says(mail?.id ?? '', `CI: test ${build?.digest}`)])
    await look()
    const [released] = await builds()
    expect(released).toMatchObject({ state: 'queued', commit: build?.commit })
    expect(released?.evidence).toMatchObject({ by: 'approver', who: 'marek@example.org' })
    await look()
    applier = freshApplier()
    await look()
    expect(await states()).toEqual(['v1 queued'])
  })

  it('of an allowed author is built, unless it is not authenticated or changes how it is built', async () => {
    policy = policyOf(allowed)
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    const [script] = series('script', { Makefile: 'all:\n' })
    await come([script?.text ?? ''])
    const [unsigned] = series('unsigned', { 'wal.c': lines(1, 40, { 9: 'sync();' }) })
    await come([unsigned?.text ?? ''], onlyFrom)
    await look()
    const whys = new Map((await builds()).map(({ topic_id, state, why }) => [topic_id, `${state} ${why}`]))
    expect(whys.get(mail?.id ?? '')).toBe('queued null')
    expect(whys.get(script?.id ?? '')).toBe('waiting It changes Makefile')
    expect(whys.get(unsigned?.id ?? '')).toContain('is not authenticated')
    const { number } = (await builds()).find(build => build.topic_id === script?.id) as BuildRow
    const page = await (await makeApp({ db: project.db }).request(`/builds/${number}`)).text()
    expect(page).toContain('changed:</span> <code>Makefile</code>')
    expect((await builds()).find(build => build.topic_id === mail?.id)?.evidence).toMatchObject({
      by: 'author',
      who: 'ines@example.org',
    })
  })

  it('of an allowed author waits when it makes a script executable, or a link of it', async () => {
    mkdirSync(join(project.repository, '.ci'))
    project.file('.ci/build', '#!/bin/sh\n')
    project.git('add', '.')
    project.commit('ci: not yet')
    policy = policyOf(allowed)
    const posted = (name: string, change: (script: string) => void) => {
      project.git('checkout', '-q', '-b', name, 'main')
      change(join(project.repository, '.ci/build'))
      project.git('add', '.')
      project.gitAs(author, project.tick(), 'commit', '-q', '--signoff', '-m', `ci: ${name}`)
      project.git('checkout', '-q', 'main')
      const [mail] = project.send(`main..${name}`)
      return (mail?.bytes.toString('latin1') ?? '').replace(/^Date: .*$/m, `Date: ${now()}`)
    }
    await come([
      posted('mode', script => chmodSync(script, 0o755)),
      posted('link', script => {
        rmSync(script)
        symlinkSync('/etc/shadow', script)
      }),
    ])
    await look()
    const all = await builds()
    expect(all.map(({ state, why }) => `${state} ${why}`)).toEqual(
      Array(2).fill('waiting It changes .ci/build'),
    )
    const modes = all.map(({ commit }) => published('ls-tree', commit ?? '', '.ci/build').slice(0, 6))
    expect(modes.sort()).toEqual(['100755', '120000'])
  })

  it('of a signer is built whatever it changes', async () => {
    policy = policyOf('signers = ["ines@example.org"]')
    const [script] = series('script', { Makefile: 'all:\n' })
    await come([script?.text ?? ''])
    await look()
    expect(await states()).toEqual(['v1 queued'])
  })

  it('is looked at when it is all there and somebody looked who sent it', async () => {
    policy = policyOf(allowed)
    const branch = project.topicBranch('two', [
      { title: 'wal: one', files: { 'wal.c': lines(1, 40, { 3: 'one();' }) } },
      { title: 'wal: two', files: { 'wal.c': lines(1, 40, { 3: 'one();', 30: 'two();' }) } },
    ])
    const [one, two] = project
      .send(`main..${branch}`)
      .map(({ bytes }) => bytes.toString('latin1').replace(/^Date: .*$/m, `Date: ${now()}`))
    await come([one ?? ''])
    await look()
    expect(await states()).toEqual([])
    await come([two ?? ''], null)
    await look()
    expect(await states()).toEqual([])
    await judge(project.db, project.list, signed)
    // What is awaited is looked for after some seconds; who begins looks at all.
    applier = freshApplier()
    await look()
    expect(await states()).toEqual(['v1 queued'])
  })

  it('out of an archive starts nothing, and neither does its approval', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''], null, 'import')
    await come([says(mail?.id ?? '', `CI: test ${await digestOf(mail?.id ?? '')}`)])
    await look()
    expect(await states()).toEqual([])
  })
})

describe('what an approver names', () => {
  it('is not the v2 that came meanwhile, which waits for itself', async () => {
    const [first] = series('flush', flush)
    await come([first?.text ?? ''])
    await look()
    const digits = await digestOf(first?.id ?? '')
    const [second] = series('other', { 'wal.c': lines(1, 40, { 7: 'flush(2);' }) }, [
      '-v2',
      `--in-reply-to=${first?.id}`,
    ])
    await come([(second?.text ?? '').replace('wal: other', 'wal: flush')])
    await look()
    expect(await states()).toEqual(['v1 superseded', 'v2 waiting'])
    await come([says(second?.id ?? '', `CI: test ${digits}`)])
    await look()
    expect(await states()).toEqual(['v1 superseded', 'v2 waiting', 'v1 queued'])
  })

  it('is not another text under the same id', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''], onlyFrom)
    await look()
    const [build] = await builds()
    await come([(mail?.text ?? '').replace('+flush();', '+evil();')], signed)
    await come([says(mail?.id ?? '', `CI: test ${build?.digest}`)])
    await look()
    const all = await builds()
    expect(all.map(({ state }) => state)).toEqual(['superseded', 'waiting'])
    expect(all[1]?.digest).not.toBe(build?.digest)
    expect(published('show', `${build?.commit}:wal.c`)).not.toContain('evil')
  })
})

describe('a text that comes under the id of one that was let in', () => {
  it('is not built in its place, and waits for itself', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''], onlyFrom)
    await look()
    const [first] = await builds()
    await come([says(mail?.id ?? '', `CI: test ${first?.digest}`)])
    await look()
    expect(await states()).toEqual(['v1 queued'])
    await come([(mail?.text ?? '').replace('+flush();', '+evil();')], signed)
    await look()
    const [one, two, ...more] = await builds()
    expect(more).toEqual([])
    expect(one).toMatchObject({ commit: first?.commit, digest: first?.digest, mails: first?.mails })
    expect(two).toMatchObject({ state: 'waiting', version: 1 })
    expect(two?.digest).not.toBe(first?.digest)
    expect(published('show', `${first?.commit}:wal.c`)).toContain('flush();')
    expect(published('show', `${two?.commit}:wal.c`)).toContain('evil();')
  })
})

describe('other wishes', () => {
  it('are to build once more, and to end it', async () => {
    policy = policyOf(allowed)
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    await come([says(mail?.id ?? '', 'CI: retest build, unit', author)])
    await look()
    const [first, second] = await builds()
    expect(second).toMatchObject({
      state: 'queued',
      commit: first?.commit,
      terms: { checks: ['build', 'unit'] },
    })
    await come([says(mail?.id ?? '', 'CI: cancel', author)])
    await look()
    expect(await states()).toEqual(['v1 cancelled', 'v1 cancelled'])
    expect((await builds())[0]?.why).toContain('ines@example.org asked for it')
  })

  it('are done once, also when an approver is needed besides', async () => {
    const branch = project.topicBranch('later', [
      { title: 'wal: later', files: { 'wal.c': lines(1, 40, { 6: 'x', 7: 'y' }) } },
    ])
    project.git('checkout', '-q', branch)
    const [mail] = series('on-later', { 'wal.c': lines(1, 40, { 6: 'x', 7: 'z' }) }, [], branch)
    project.git('checkout', '-q', 'main')
    await come([(mail?.text ?? '').replace(/^index .*$/m, 'index 1234567..89abcde 100644')])
    await look()
    project.git('merge', '-q', '--ff-only', branch)
    await come([says(mail?.id ?? '', 'CI: retest', author)])
    await look()
    await come([says(mail?.id ?? '', `CI: test ${(await builds())[1]?.digest}`)])
    await look()
    await look()
    expect(await states()).toEqual(['v1 conflict', 'v1 queued'])
    expect((await builds())[1]?.evidence).toMatchObject({ by: 'approver', who: 'marek@example.org' })
  })

  it('are not more at once than a submitter may have', async () => {
    policy = { ...policyOf(allowed), openPerSubmitterMax: 3 }
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    await come(Array.from({ length: 6 }, () => says(mail?.id ?? '', 'CI: retest', author)))
    await look()
    expect(await states()).toEqual(['v1 queued', 'v1 queued', 'v1 queued'])
    await project.db.updateTable('build').set({ state: 'success', ended_at: new Date() }).execute()
    applier = freshApplier()
    await look()
    expect(await states()).toHaveLength(6)
  })

  it('of the author build nothing that was not let in', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    await come([says(mail?.id ?? '', 'CI: retest', author)])
    await look()
    expect(await states()).toEqual(['v1 waiting'])
  })

  it('are forgotten when nobody answers for a month', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    await project.db
      .updateTable('build')
      .set({ made_at: new Date(Date.now() - 31 * 24 * 3_600_000) })
      .execute()
    await look()
    expect(await states()).toEqual(['v1 cancelled'])
  })
})

describe('where it is put', () => {
  const applications = () =>
    project.db
      .selectFrom('application')
      .select(['found_by', 'outcome', 'file', 'branch'])
      .orderBy('id')
      .execute()

  it('is the commit whose blobs it names, though the branch went on', async () => {
    const [mail] = series('flush', flush)
    const base = project.git('rev-parse', 'main')
    project.file('wal.c', lines(1, 40, { 7: 'other();' }))
    project.git('add', '.')
    project.commit('wal: other')
    await come([mail?.text ?? ''])
    await look()
    const [build] = await builds()
    expect(build).toMatchObject({ state: 'waiting', base })
    expect(await applications()).toEqual([
      { found_by: 'blobs', outcome: 'applied', file: null, branch: 'main' },
      { found_by: 'moved', outcome: 'conflict', file: 'wal.c', branch: 'main' },
    ])
  })

  it('is told when no base takes it, and when the base has it already', async () => {
    const [mail] = series('flush', flush)
    const bare = (mail?.text ?? '').replace(/^index .*$/m, 'index 1234567..89abcde 100644')
    await come([bare.replace(' int line_6;', ' int line_6(void);')])
    project.file('wal.c', flush['wal.c'])
    project.git('add', '.')
    project.commit('wal: by another way')
    const [there] = series('there', { 'wal.c': lines(1, 40, { 7: 'flush();', 30: 'x' }) })
    project.git('checkout', '-q', 'main')
    project.git('merge', '-q', '--squash', 'there')
    project.commit('wal: squashed')
    await come([(there?.text ?? '').replace(/^index .*$/m, 'index 1234567..89abcde 100644')])
    await look()
    const all = await builds()
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({ state: 'conflict', commit: null })
    expect(all[0]?.why).toMatch(/^It does not apply to main at [0-9a-f]{12}: wal\.c$/)
    expect(told).toEqual([all[0]?.why])
    expect((await applications()).map(({ outcome }) => outcome)).toContain('already')
  })

  it('is tried again when its author asks, once the branch takes it', async () => {
    const branch = project.topicBranch('later', [
      { title: 'wal: later', files: { 'wal.c': lines(1, 40, { 6: 'x', 7: 'y' }) } },
    ])
    project.git('checkout', '-q', branch)
    const [mail] = series('on-later', { 'wal.c': lines(1, 40, { 6: 'x', 7: 'z' }) }, [], branch)
    project.git('checkout', '-q', 'main')
    await come([(mail?.text ?? '').replace(/^index .*$/m, 'index 1234567..89abcde 100644')])
    await look()
    expect(await states()).toEqual(['v1 conflict'])
    project.git('merge', '-q', '--ff-only', branch)
    await come([says(mail?.id ?? '', 'CI: retest', author)])
    await look()
    expect(await states()).toEqual(['v1 conflict', 'v1 waiting'])
    expect((await builds())[1]?.evidence).toMatchObject({ by: 'request', who: 'ines@example.org' })
  })

  it('is the patchset that it needs, once that was let in', async () => {
    policy = policyOf(allowed)
    const [below] = series('flush', flush)
    await come([below?.text ?? ''])
    await look()
    const [above] = series('above', { 'wal.c': lines(1, 40, { 7: 'flush(now);' }) }, [], 'flush')
    const needs = (above?.text ?? '').replace(/^---$/m, `---\nDepends-on: <${below?.id}>\n`)
    await come([needs])
    await look()
    const [first, second] = await builds()
    expect(second).toMatchObject({ state: 'queued', base: first?.commit })
  })

  it('is the open patchset of the title that it names, when one alone has it', async () => {
    policy = policyOf(allowed)
    const [below] = series('flush', flush)
    await come([below?.text ?? ''])
    await look()
    const [above] = series('above', { 'wal.c': lines(1, 40, { 7: 'flush(now);' }) }, [], 'flush')
    const needing = (text = '') => text.replace(/^---$/m, `---\nDepends-on: series-118 ("wal: flush")\n`)
    await come([needing(above?.text)])
    await look()
    const [first, second] = await builds()
    expect(second).toMatchObject({ state: 'queued', base: first?.commit })

    const [twin] = series('twin', { 'wal.h': 'void flush(void);\n' })
    await come([(twin?.text ?? '').replace('wal: twin', 'wal: flush').replace(author, maintainer)])
    const [third] = series('third', { 'wal.c': lines(1, 40, { 7: 'flush(later);' }) }, [], 'flush')
    await come([needing(third?.text)])
    await look()
    const unclear = (await builds()).find(({ topic_id }) => topic_id === third?.id)
    expect(unclear).toMatchObject({
      state: 'conflict',
      why: expect.stringMatching(
        /it needs "wal: flush", which is ambiguous: 2 open patchsets have this title$/,
      ),
    })
    const page = await (await makeApp({ db: project.db }).request(`/builds/${unclear?.number}`)).text()
    expect(page).toMatch(/is not clear<.*ambiguous: 2 open patchsets have this title/s)
    expect(page).not.toContain('is not known here')
  })

  it('is no commit that another patchset became, until that was let in', async () => {
    policy = policyOf(allowed)
    const [below] = series('flush', flush)
    await come([(below?.text ?? '').replace(author, 'Eve <eve@example.org>')])
    await look()
    const [strange] = await builds()
    const [above] = series('above', { 'wal.c': lines(1, 40, { 7: 'flush(now);' }) }, [], 'flush')
    const said = (above?.text ?? '').replace(/^---$/m, `---\nbase-commit: ${strange?.commit}\n`)
    await come([said])
    await look()
    expect((await builds()).map(({ state }) => state)).toEqual(['waiting', 'conflict'])
    await come([says(below?.id ?? '', `CI: test ${strange?.digest}`)])
    await look()
    await come([says(above?.id ?? '', 'CI: retest', author)])
    await look()
    expect((await builds())[2]).toMatchObject({ state: 'queued', base: strange?.commit })
  })
})

describe('what is published', () => {
  const refs = () => published('for-each-ref', '--format=%(refname)', 'refs/ci/tarn/').split('\n')
  const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000)
  /** All that was built and said was so long ago. */
  const letPass = async (count: number) => {
    await project.db
      .updateTable('build')
      .set({ ended_at: days(count) })
      .where('ended_at', 'is not', null)
      .execute()
    applier = freshApplier()
    await look()
  }

  it('stays while its patchset is open and the newest, and goes when it is done with; a retest puts it anew', async () => {
    policy = policyOf(allowed)
    const [first] = series('flush', flush)
    await come([first?.text ?? ''])
    await look()
    const [second] = series('other', { 'wal.c': lines(1, 40, { 7: 'flush(2);' }) }, [
      '-v2',
      `--in-reply-to=${first?.id}`,
    ])
    await come([(second?.text ?? '').replace('wal: other', 'wal: flush')])
    await look()
    const [one, two] = await builds()
    expect(refs()).toEqual([one?.ref, two?.ref])
    await project.db.updateTable('build').set({ state: 'success', ended_at: new Date() }).execute()
    await letPass(89)
    expect(refs()).toEqual([one?.ref, two?.ref])
    await letPass(91)
    expect(refs()).toEqual([two?.ref])
    expect(await states()).toEqual(['v1 success', 'v2 success'])

    await come([says(second?.id ?? '', 'Patch-Status: rejected')])
    await letPass(91)
    expect(published('for-each-ref', 'refs/ci/')).toBe('')
    // As git does it after a quarter of a year.
    published('-c', 'gc.reflogExpire=now', 'gc', '--quiet', '--prune=now')
    await come([says(second?.id ?? '', 'CI: retest', author)])
    await look()
    expect((await builds())[2]).toMatchObject({
      state: 'queued',
      version: 2,
      ref: two?.ref,
      commit: two?.commit,
    })
    expect(refs()).toEqual([two?.ref])
  })

  it('of nights are the last seven', async () => {
    policy = policyOf(`${allowed}\nnightly = true`)
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    const [, today = ''] = refs().sort().reverse()
    const night = refs().find(ref => ref.includes('/nightly/')) ?? today
    const before = Array.from({ length: 9 }, (_, at) => `refs/ci/tarn/nightly/2020-01-0${at + 1}`)
    for (const ref of before) published('update-ref', ref, night)
    published('update-ref', '-d', night)
    applier = freshApplier()
    await look()
    expect(refs().filter(ref => ref.includes('/nightly/'))).toEqual([...before.slice(-6), night])
  })

  it('and where a branch stood before it moved is not kept for every move', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    for (const text of ['one', 'two', 'three']) {
      project.file('other', text)
      project.git('add', '.')
      project.commit(text)
      applier = freshApplier()
      await look()
    }
    const rows = await project.db
      .selectFrom('application')
      .select(['found_by', 'base'])
      .orderBy('id')
      .execute()
    expect(rows.map(({ found_by }) => found_by)).toEqual(['blobs', 'moved'])
    expect(rows[1]?.base).toBe(project.git('rev-parse', 'main'))
  })
})

it('offers once a day what was let in and applies together, and builds it as mailed code', async () => {
  policy = policyOf(`${allowed}\nnightly = true`)
  const [one] = series('one', { 'wal.c': lines(1, 40, { 3: 'one();' }) })
  const [two] = series('two', { 'wal.c': lines(1, 40, { 3: 'two();' }) })
  const [three] = series('three', { 'wal.c': lines(1, 40, { 30: 'three();' }) })
  const [script] = series('script', { Makefile: 'all:\n' })
  for (const mail of [one, two, three, script]) await come([mail?.text ?? ''])
  await look()
  const [ref = '', ...others] = published(
    'for-each-ref',
    '--format=%(refname)',
    'refs/ci/tarn/nightly/',
  ).split('\n')
  expect(others).toEqual([])
  expect(ref).toBe(`refs/ci/tarn/nightly/${new Date().toISOString().slice(0, 10)}`)
  // The newest are looked at first, so of two that exclude each other the one that was let in first is in.
  const text = published('show', `${ref}:wal.c`)
  expect(text).toContain('three();')
  expect(Number(text.includes('one();')) + Number(text.includes('two();'))).toBe(1)
  expect(published('ls-tree', '--name-only', ref)).not.toContain('Makefile')
  const [night, ...more] = (await builds()).filter(({ kind }) => kind === 'nightly')
  expect(more).toEqual([])
  const commit = published('rev-parse', ref)
  expect(night).toMatchObject({ state: 'queued', ref, commit, base: project.git('rev-parse', 'main').trim() })
  const directory = publishedRepository(project.dir)
  const place = placeOf({ policy: () => policy, data: project.dir })
  const job = await jobOf(
    { build: night as BuildRow, attempt: 1, fence: '1' },
    { local: true, cpus: 1 },
    place,
  )
  expect(job).toMatchObject({ kind: 'patchset', repository: directory, commit, secrets: {} })
  const page = await (await makeApp({ db: project.db }).request('/tarn/builds/')).text()
  expect(page).toContain(`nightly of ${new Date().toISOString().slice(0, 10)}`)
  expect((await makeApp({ db: project.db }).request(`/builds/${night?.number}`)).status).toBe(200)
  // The same on another day is known to build.
  published('update-ref', '-d', ref)
  applier = freshApplier()
  await look()
  expect(published('rev-parse', ref)).toBe(commit)
  expect((await builds()).filter(({ kind }) => kind === 'nightly')).toHaveLength(1)
})

describe('the pages', () => {
  const page = async (path: string) => (await makeApp({ db: project.db }).request(path)).text()

  it('say whether it still applies, and which file is in the way', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    const patchset = `/tarn/${mail?.id}/`
    expect(await page(patchset)).toMatch(/applies to <bdi>main<\/bdi> at <code>[0-9a-f]{40}</)
    project.file('wal.c', lines(1, 40, { 7: 'other();' }))
    project.git('add', '.')
    project.commit('wal: other')
    applier = freshApplier()
    await look()
    expect(await page(patchset)).toContain('needs rebase: <code>wal.c</code>')
    expect(await page('/tarn/')).toContain('needs rebase: wal.c')
  })

  it('list for robots what waits for results', async () => {
    const [mail] = series('flush', flush)
    await come([mail?.text ?? ''])
    await look()
    const [build] = await builds()
    expect(JSON.parse(await page('/tarn/pending.json'))).toEqual({
      list: 'tarn',
      git: '/-/git/ci.git',
      revisions: [
        {
          build: Number(build?.number),
          state: 'waiting',
          topic: mail?.id,
          title: 'wal: flush',
          version: 1,
          digest: build?.digest,
          mails: [mail?.id],
          ref: build?.ref,
          commit: build?.commit,
          base: build?.base,
          mbox: `/tarn/${mail?.id}/t.mbox.gz`,
          since: expect.stringMatching(/^\d{4}-/),
        },
      ],
    })
  })
})
