import type { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import {
  claimBuild,
  endAttempt,
  endBuild,
  failedAttempts,
  forgottenAttempt,
  keepAttempt,
  overdueAttempt,
  requeueBuild,
} from '../../sql/build-attempts.ts'
import {
  addBuild,
  cancelBuild,
  type NewBuild,
  openBuildsOf,
  queueBuild,
  supersedeOlder,
} from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { testDatabase } from '../database.ts'

async function queue() {
  const { db } = await testDatabase()
  let count = 0
  const push = (more: Partial<NewBuild> = {}): NewBuild => ({
    key: `push:tarn:refs/heads/main:${++count}`,
    repository: 'tarn',
    ref: 'refs/heads/main',
    commit: '7c41e09b'.repeat(5),
    patchset: null,
    submitter: 'ada',
    state: 'queued',
    ...more,
  })
  const add = async (more?: Partial<NewBuild>) =>
    (await db.transaction().execute(trx => addBuild(trx, push(more)))).number
  const claim = (runner: number, more = {}) => claimBuild(db, { runner, ...usual, ...more })
  return { db, push, add, claim }
}

const usual = {
  leaseSeconds: 60,
  perSubmitterMax: 10,
  can: { push: [null, 'bwrap'], patchset: [null, 'bwrap'] },
}

async function runner(db: Kysely<Tables>, name: string): Promise<number> {
  const { id: token_id } = await db
    .insertInto('token')
    .values({ name, hash: name, scopes: ['runner'] })
    .returning('id')
    .executeTakeFirstOrThrow()
  const row = await db
    .insertInto('runner')
    .values({ token_id, local: true })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

const stateOf = async (db: Kysely<Tables>, number: string) =>
  (await db.selectFrom('build').select('state').where('number', '=', number).executeTakeFirstOrThrow()).state

test('the same build is added once, under one number', async () => {
  const { db, push } = await queue()
  const first = push()
  const added = await Promise.all([1, 2, 3].map(() => db.transaction().execute(trx => addBuild(trx, first))))
  expect(new Set(added.map(({ number }) => number)).size).toBe(1)
  expect(added.filter(({ known }) => !known)).toHaveLength(1)
  await db.transaction().execute(trx => addBuild(trx, first))
  expect(await db.selectFrom('build').selectAll().execute()).toHaveLength(1)
})

test('runners take builds in their order, each once', async () => {
  const { db, add, claim } = await queue()
  const [one, two] = [await runner(db, 'one'), await runner(db, 'two')]
  const numbers = [await add(), await add(), await add(), await add()]
  const claims = await Promise.all([claim(one), claim(two), claim(one), claim(two), claim(one)])
  expect(claims.flatMap(each => each?.build.number ?? []).sort()).toEqual(numbers)
  expect(await claim(two)).toBeNull()
})

test('who has many builds running lets others go first, and keeps no runner idle', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  const own = [await add(), await add()]
  const other = await add({ submitter: 'bob' })
  const claims: (string | undefined)[] = []
  for (let count = 0; count < 3; count++)
    claims.push((await claim(one, { perSubmitterMax: 1 }))?.build.number)
  expect(claims).toEqual([own[0], other, own[1]])
  expect(await openBuildsOf(db, 'ada')).toBe(2)
})

test('a runner gets only what it can hold', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  await add({ terms: { weakest: 'gvisor' } })
  expect(await claim(one)).toBeNull()
  const weaker = await add({ terms: { weakest: 'bwrap' } })
  expect((await claim(one, { can: { push: [null], patchset: [] } }))?.build.number).toBeUndefined()
  expect((await claim(one))?.build.number).toBe(weaker)
})

test('a fence that is stale changes nothing', async () => {
  const { db, add, claim } = await queue()
  const [one, two] = [await runner(db, 'one'), await runner(db, 'two')]
  const number = await add()
  const first = await claim(one, { leaseSeconds: -1 })
  expect(await db.transaction().execute(overdueAttempt)).toMatchObject({ build: number, number: 1 })
  const lost = { how: 'lost', why: 'no word' } as const
  expect(await keepAttempt(db, two, first?.fence ?? '', 60)).toBeNull()
  expect(await endAttempt(db, two, first?.fence ?? '', lost)).toBeNull()
  expect(await keepAttempt(db, one, first?.fence ?? '', 60)).toMatchObject({ cancel: false })
  expect(await endAttempt(db, one, first?.fence ?? '', lost)).toMatchObject({ attempt: 1 })
  await requeueBuild(db, number, 0)
  const second = await claim(two)
  expect(second).toMatchObject({ attempt: 2, build: { number } })
  expect(await keepAttempt(db, one, first?.fence ?? '', 60)).toBeNull()
  expect(await endAttempt(db, one, first?.fence ?? '', { how: 'done', result: {} })).toBeNull()
  expect(await failedAttempts(db, number)).toBe(1)
})

test('what a runner has and does not know of is found', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  await add()
  await add()
  const [first, second] = [await claim(one), await claim(one)]
  const [firstFence, secondFence] = [first?.fence ?? '', second?.fence ?? '']
  expect(await forgottenAttempt(db, one, [firstFence])).toMatchObject({ fence: secondFence })
  expect(await forgottenAttempt(db, one, [])).toMatchObject({ fence: firstFence })
  expect(await forgottenAttempt(db, one, [firstFence, secondFence])).toBeNull()
})

test('a build that waits longer before it is tried again is not taken', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  const number = await add()
  await claim(one)
  await requeueBuild(db, number, 600)
  expect(await claim(one)).toBeNull()
})

test('a cancelled build ends at once while nobody has it, and else its runner is told', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  const number = await add()
  expect(await cancelBuild(db, number, 'Ada asked for it')).toBe(true)
  expect(await cancelBuild(db, number, 'Ada asked for it')).toBe(false)
  expect(await stateOf(db, number)).toBe('cancelled')
  expect(await claim(one)).toBeNull()
  const running = await add()
  const taken = await claim(one)
  expect(await keepAttempt(db, one, taken?.fence ?? '', 60)).toMatchObject({ cancel: false })
  expect(await cancelBuild(db, running, 'Ada asked for it')).toBe(true)
  expect(await stateOf(db, running)).toBe('running')
  expect(await keepAttempt(db, one, taken?.fence ?? '', 60)).toMatchObject({ cancel: true })
})

test('a newer build of a ref ends the older ones, of other refs and repositories none', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  const topic = { ref: 'refs/heads/topic' }
  const running = await add(topic)
  const taken = await claim(one)
  const queued = await add(topic)
  const others = [await add(), await add({ ...topic, repository: 'fell' })]
  const newest = await add(topic)
  expect(await supersedeOlder(db, newest)).toEqual([running, queued])
  expect(await Promise.all([running, queued, ...others, newest].map(each => stateOf(db, each)))).toEqual([
    'running',
    'superseded',
    'queued',
    'queued',
    'queued',
  ])
  expect(await keepAttempt(db, one, taken?.fence ?? '', 60)).toMatchObject({ cancel: true })
})

test('what waits is built when somebody approves, once, and an end is for good', async () => {
  const { db, add, claim } = await queue()
  const one = await runner(db, 'one')
  const number = await add({ state: 'waiting' })
  expect(await claim(one)).toBeNull()
  expect(await queueBuild(db, number, { approved: 'by Ada' })).toBe(true)
  expect(await queueBuild(db, number, { approved: 'by Bob' })).toBe(false)
  expect((await claim(one))?.build).toMatchObject({ number, evidence: { approved: 'by Ada' } })
  await endBuild(db, number, { state: 'success', why: null, result: {} })
  await endBuild(db, number, { state: 'failure', why: 'late', result: {} })
  expect(await stateOf(db, number)).toBe('success')
})
