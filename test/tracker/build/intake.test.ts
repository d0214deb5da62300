// From a push to its row, by real git, GnuPG, PostgreSQL and the hook.
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { installHook } from '../../../ci/hook.ts'
import { makeSpool } from '../../../ci/spool.ts'
import { saveLists } from '../../../sql/lists.ts'
import type { Tables } from '../../../sql/tables.ts'
import { startIntake } from '../../../tracker/build/intake.ts'
import { openPolicy } from '../../../tracker/build/policy-file.ts'
import { Bare } from '../../ci/bare.ts'
import { Keys } from '../../ci/keys.ts'
import { testDatabase } from '../../database.ts'

let keys: Keys
let ada: string
beforeAll(() => {
  keys = new Keys()
  ada = keys.openpgp('ada')
  keys.openpgp('eve')
})
afterAll(() => keys.remove())

interface Site {
  readonly bare: Bare
  readonly db: Kysely<Tables>
  readonly spool: string
  /** What the intake said. */
  readonly said: string[]
  policy(more: string): void
  /** Resolves when all that lay in the spool was taken. */
  taken(): Promise<void>
}

const any = 'require = "any"\nrefs = ["refs/*"]\n'
const signed = () => `list = "demo"\n[[signer]]\nname = "Ada"\nopenpgp = "${ada}"\n`

/** `before` is what happens while there is no server. */
async function site(more: string, before: (bare: Bare) => void = () => {}): Promise<Site> {
  const bare = new Bare()
  const { db } = await testDatabase()
  await saveLists(db, [{ name: 'demo', address: 'demo@example.org' }])
  const spool = join(bare.directory, 'spool')
  makeSpool(spool)
  await installHook(bare.path, spool)
  const file = join(bare.directory, 'policy.toml')
  const policy = (text: string) =>
    writeFileSync(
      file,
      `open_per_submitter_max = 30\nkeys = ${JSON.stringify(keys.public)}\n[[repository]]\nname = "tarn"\npath = "tarn.git"\n${text}`,
    )
  policy(more)
  before(bare)
  const said: string[] = []
  const note = (...words: readonly unknown[]) => void said.push(String(words.at(-1)))
  const intake = startIntake({
    ...{ db, spool, policy: openPolicy(file), homes: join(bare.directory, 'homes') },
    log: { info: note, warn: note, error: note },
  })
  onTestFinished(() => intake.close())
  const empty = () => readdirSync(spool).length === 0
  return {
    bare,
    db,
    spool,
    said,
    policy,
    taken: () => vi.waitUntil(empty, { timeout: 20_000 }).then(() => {}),
  }
}

const builds = (db: Kysely<Tables>) => db.selectFrom('build').selectAll().orderBy('number').execute()
const statesOf = async (db: Kysely<Tables>, ref: string) =>
  (await builds(db)).filter(build => build.ref === ref).map(({ commit, state }) => [commit, state])

/** One after the other, so that each is taken before the next. */
async function pushed({ bare, taken }: Site, text: string, ref: string): Promise<string> {
  const commit = bare.commit(text)
  bare.push('--force', `HEAD:${ref}`)
  await taken()
  return commit
}

test('a signed push is queued, with its list, what the ref was, and the evidence', async () => {
  const here = await site(signed())
  const { bare, db, taken } = here
  bare.git(...keys.openpgpWords('ada'), 'commit', '--quiet', '-S', '--allow-empty', '-m', 'one')
  bare.push('main')
  await taken()
  const first = bare.git('rev-parse', 'HEAD')
  bare.git(...keys.openpgpWords('ada'), 'commit', '--quiet', '-S', '--allow-empty', '-m', 'two')
  bare.push('main')
  await taken()
  const [list] = await db.selectFrom('list').select('id').execute()
  const common = {
    ...{ kind: 'push', repository: 'tarn', ref: 'refs/heads/main', list_id: list?.id, submitter: 'Ada' },
    ...{ state: 'queued', why: null, topic_id: null },
    evidence: { proof: 'commit-signature', signer: 'Ada', key: ada, user: null, said: expect.any(Array) },
  }
  const second = bare.git('rev-parse', 'HEAD')
  expect(await builds(db)).toMatchObject([
    { ...common, commit: first, base: null, key: `push:tarn:refs/heads/main:${first}` },
    { ...common, commit: second, base: first },
  ])
})

test('an unsigned push, one of a stranger, and one that was tampered with are refused, each with its reason', async () => {
  const { bare, db, taken } = await site(signed())
  bare.commit('one')
  bare.push('HEAD:refs/heads/unsigned')
  bare.git(...keys.openpgpWords('eve'), 'commit', '--quiet', '-S', '--allow-empty', '-m', 'two')
  bare.push('HEAD:refs/heads/stranger')
  await taken()
  const refused = { state: 'refused', submitter: 'nobody', ended_at: expect.any(Date) }
  expect(await builds(db)).toMatchObject([
    { ...refused, ref: 'refs/heads/unsigned', why: 'The newest commit is not signed' },
    { ...refused, ref: 'refs/heads/stranger', why: expect.stringContaining("which is no signer's") },
  ])
})

test('pushes that were made while there was no server are built when there is one', async () => {
  let commit = ''
  const { db, taken } = await site(any, bare => {
    commit = bare.commit('one')
    bare.push('main')
  })
  await taken()
  expect(await statesOf(db, 'refs/heads/main')).toEqual([[commit, 'queued']])
})

test('a push that comes twice, and a commit that was built, are one build', async () => {
  let copy = ''
  const { bare, db, spool, taken } = await site(any, before => {
    before.commit('one')
    before.push('main')
    const [name = ''] = readdirSync(join(before.directory, 'spool'))
    copy = join(before.directory, 'copy')
    copyFileSync(join(before.directory, 'spool', name), copy)
    copyFileSync(copy, join(before.directory, 'spool', 'push.second'))
  })
  await taken()
  await db.updateTable('build').set({ state: 'success', ended_at: new Date() }).execute()
  copyFileSync(copy, join(spool, 'push.third'))
  await taken()
  expect(await statesOf(db, 'refs/heads/main')).toEqual([[bare.git('rev-parse', 'HEAD'), 'success']])
})

test('a newer push takes the place of an older one of its branch, but never on main', async () => {
  const here = await site(any)
  const { db } = here
  const wip = [await pushed(here, '1', 'refs/heads/wip'), await pushed(here, '2', 'refs/heads/wip')]
  const main = [await pushed(here, '3', 'refs/heads/main'), await pushed(here, '4', 'refs/heads/main')]
  expect(await statesOf(db, 'refs/heads/wip')).toEqual([
    [wip[0], 'superseded'],
    [wip[1], 'queued'],
  ])
  expect(await statesOf(db, 'refs/heads/main')).toEqual(main.map(commit => [commit, 'queued']))
})

test('of pushes that come together each one of main is built, and of another branch the last', async () => {
  const all: string[] = []
  const { db, taken } = await site(any, bare => {
    for (const text of ['1', '2', '3']) {
      all.push(bare.commit(text))
      bare.push('HEAD:refs/heads/main', 'HEAD:refs/heads/wip')
    }
  })
  await taken()
  expect(await statesOf(db, 'refs/heads/main')).toEqual(all.map(commit => [commit, 'queued']))
  expect(await statesOf(db, 'refs/heads/wip')).toEqual([[all[2], 'queued']])
})

test('a branch that is forced back to a commit that made way has that built again, one that was built does not', async () => {
  const here = await site(any)
  const { bare, db, taken } = here
  const first = await pushed(here, '1', 'refs/heads/wip')
  const second = await pushed(here, '2', 'refs/heads/wip')
  bare.push('--force', `${first}:refs/heads/wip`)
  await taken()
  expect(await statesOf(db, 'refs/heads/wip')).toEqual([
    [first, 'superseded'],
    [second, 'superseded'],
    [first, 'queued'],
  ])
  await db
    .updateTable('build')
    .set({ state: 'success', ended_at: new Date() })
    .where('ended_at', 'is', null)
    .execute()
  const third = await pushed(here, '3', 'refs/heads/wip')
  bare.push('--force', `${first}:refs/heads/wip`)
  await taken()
  expect((await statesOf(db, 'refs/heads/wip')).slice(2)).toEqual([
    [first, 'success'],
    [third, 'cancelled'],
  ])
})

test('what waits of a branch that is deleted is not built; a deleted branch of main’s kind keeps its builds', async () => {
  const here = await site(`${any}keep = ["refs/heads/kept"]\n`)
  const { bare, db, taken } = here
  const [wip, kept] = [await pushed(here, '1', 'refs/heads/wip'), await pushed(here, '2', 'refs/heads/kept')]
  bare.push('--delete', 'wip', 'kept')
  await taken()
  expect(await statesOf(db, 'refs/heads/wip')).toEqual([[wip, 'cancelled']])
  expect(await statesOf(db, 'refs/heads/kept')).toEqual([[kept, 'queued']])
})

test('of an annotated tag its commit is built, and of what leads to no commit nothing', async () => {
  const { bare, db, taken } = await site(any)
  const commit = bare.commit('one')
  bare.git('tag', '--annotate', '--message', 'one', 'v1')
  bare.git('tag', '--annotate', '--message', 'tree', 'tree', 'HEAD^{tree}')
  bare.push('v1', 'tree')
  await taken()
  expect(await builds(db)).toMatchObject([{ ref: 'refs/tags/v1', commit, base: null, state: 'queued' }])
})

test('only refs that the policy names are built, and of very many some', async () => {
  const { bare, db, taken } = await site('require = "any"\n')
  bare.commit('one')
  for (let number = 0; number < 25; number++) bare.git('branch', `b${number}`)
  bare.git('tag', 'v1')
  bare.push('--all')
  bare.push('--tags')
  await taken()
  const refs = (await builds(db)).map(({ ref }) => ref)
  expect(refs).toHaveLength(20)
  expect(refs.every(ref => ref.startsWith('refs/heads/'))).toBe(true)
})

test.each(['$(id)', '--upload-pack=x', 'a;id', '`id`', "it's", '<script>', 'grün', '%s%n', '#2'])(
  'a branch that is called %s is built',
  async name => {
    const { bare, db, taken } = await site(any)
    const commit = bare.commit('one')
    bare.push(`HEAD:refs/heads/${name}`)
    await taken()
    expect(await statesOf(db, `refs/heads/${name}`)).toEqual([[commit, 'queued']])
  },
)

test('who has many builds that wait gets no more, and a newer push of one of his branches still counts', async () => {
  const here = await site(any)
  writeFileSync(
    join(here.bare.directory, 'policy.toml'),
    `open_per_submitter_max = 2\n[[repository]]\nname = "tarn"\npath = "tarn.git"\n${any}`,
  )
  for (const name of ['a', 'b', 'c']) await pushed(here, name, `refs/heads/${name}`)
  await pushed(here, 'd', 'refs/heads/a')
  const states = (await builds(here.db)).map(({ ref, state, why }) => [ref, state, why])
  expect(states).toEqual([
    ['refs/heads/a', 'superseded', expect.any(String)],
    ['refs/heads/b', 'queued', null],
    ['refs/heads/c', 'refused', 'account 0 has 2 builds that wait or run; allowed: 2'],
    ['refs/heads/a', 'queued', null],
  ])
})

test('what was refused is built when it is pushed again by the word of a policy that allows it', async () => {
  const here = await site(signed())
  const commit = await pushed(here, '1', 'refs/heads/wip')
  here.bare.push('--delete', 'wip')
  await here.taken()
  here.policy(any)
  here.bare.push('HEAD:refs/heads/wip')
  await here.taken()
  expect(await statesOf(here.db, 'refs/heads/wip')).toEqual([
    [commit, 'refused'],
    [commit, 'queued'],
  ])
})

test('while the policy is wrong pushes wait, and are taken when it is mended', async () => {
  const { bare, db, policy, said, spool, taken } = await site(any)
  policy('require = "trust"\n')
  bare.commit('one')
  bare.push('main')
  await vi.waitUntil(() => said.some(text => text.includes('cannot be taken')), { timeout: 20_000 })
  expect(readdirSync(spool)).toHaveLength(1)
  policy(any)
  await taken()
  expect(await builds(db)).toHaveLength(1)
})

test('lies in the spool start nothing and hold nothing up', async () => {
  const { bare, db, said, spool, taken } = await site(any)
  const commit = bare.commit('one')
  bare.push('main')
  await taken()
  const zeros = '0'.repeat(40)
  const lie = (name: string, repository: string, line: string) =>
    writeFileSync(
      join(spool, `push.${name}`),
      `threadwork-push 1\nrepository ${repository}\n\n${line}\nend\n`,
    )
  const other = bare.commit('two')
  bare.push('HEAD:refs/hidden/x')
  lie('a', '/etc', `${zeros} ${commit} refs/heads/main`)
  lie('b', bare.path, `${zeros} ${'1'.repeat(40)} refs/heads/main`)
  lie('c', bare.path, `${zeros} ${other} refs/heads/main`)
  bare.push('HEAD~1:refs/heads/refs/heads/none')
  lie('d', bare.path, `${zeros} ${commit} refs/heads/none`)
  lie('e', bare.path, `${commit} ${zeros} refs/heads/main`)
  writeFileSync(join(spool, 'push.f'), '\0'.repeat(1_000))
  await taken()
  expect(await statesOf(db, 'refs/heads/main')).toEqual([[commit, 'queued']])
  expect((await builds(db)).map(({ ref }) => ref)).toEqual([
    'refs/heads/main',
    'refs/hidden/x',
    'refs/heads/refs/heads/none',
  ])
  expect(said.filter(text => text.includes('no push'))).toHaveLength(1)
})

test('a push that cannot be decided now waits, and others do not wait for it', async () => {
  const { bare, db, policy, said, spool } = await site(any)
  const bad = new Bare()
  bad.commit('one')
  bad.push('main')
  policy(
    `${any}[[repository]]\nname = "bad"\npath = ${JSON.stringify(bad.path)}\nrequire = "commit-signature"\n`,
  )
  const commit = bad.git('rev-parse', 'HEAD')
  // Of a newer git than this one.
  bad.there('config', 'core.repositoryFormatVersion', '99')
  writeFileSync(
    join(spool, 'push.aaaaaaaaaa'),
    `threadwork-push 1\nrepository ${bad.path}\n\n${'0'.repeat(40)} ${commit} refs/heads/main\nend\n`,
  )
  bare.commit('one')
  bare.push('main')
  await vi.waitUntil(async () => (await builds(db)).length === 1, { timeout: 20_000 })
  expect(said.some(text => text.includes('waits in the spool'))).toBe(true)
  expect(readdirSync(spool)).toEqual(['push.aaaaaaaaaa'])
})
