// What a runner may say to the server, word by word.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Client, makeClient } from '../../ci/client.ts'
import type { Result } from '../../ci/result.ts'
import type { Health, Offer } from '../../ci/wire.ts'
import { cancelBuild, supersedeOlder } from '../../sql/builds.ts'
import { listRunners } from '../../sql/runners.ts'
import { revokeToken } from '../../sql/tokens.ts'
import { giveUpOverdue } from '../../tracker/build/finish.ts'
import { until } from '../ingest/until.ts'
import { BuildServer } from './rig.ts'

let server: BuildServer
beforeEach(async () => {
  server = await BuildServer.open()
})
afterEach(() => server.close())

const never = new AbortController().signal
const health: Health = {
  ...{ tiers: ['bwrap'], atOnce: 2, cpus: 4, memoryFreeBytes: 1_000_000, version: '1', launcher: null },
}
const result = (outcome: Result['outcome'], why: string | null = null): Result => ({
  ...{ outcome, why, tier: 'bwrap', seconds: 1, steps: [] },
})

async function take(client: Client, held: readonly string[] = []): Promise<Offer> {
  const offer = await client.next(health, held, never)
  if (offer === null) throw new Error('There was nothing to build')
  return offer
}

const append = (client: Client, fence: string, offset: number, text: string) =>
  client.append({ fence, step: 'build', offset }, Buffer.from(text), never)

test('a build goes out as a job and comes back as an end, with its log', async () => {
  const client = await server.client()
  const number = await server.push('true')
  const { fence, attempt, job } = await take(client)
  expect(job).toMatchObject({
    id: `build-${number}-1`,
    repository: server.repository.path,
    kind: 'push',
    limits: { cpus: 1 },
    environment: { CI_BUILD: number, CI_ATTEMPT: '1' },
  })
  expect(attempt).toBe(1)
  expect(await append(client, fence, 0, 'one\n')).toBe(4)
  expect(await append(client, fence, 4, 'two\n')).toBe(8)
  expect(
    await client.done({ fence, result: result('failure', 'build: It ended with exit code 1') }, never),
  ).toBe(true)
  expect(await server.build(number)).toMatchObject({
    state: 'failure',
    why: 'build: It ended with exit code 1',
    result: { tier: 'bwrap' },
    ended_at: expect.any(Date),
  })
  expect(server.log(number)).toBe('one\ntwo\n')
})

test('a piece of a log that comes again changes nothing, in whatever size, and one from too far on is asked for again', async () => {
  const client = await server.client()
  const number = await server.push('true')
  const { fence } = await take(client)
  const pieces: [number, string][] = [
    [0, 'one\n'],
    [0, 'one\n'],
    [0, 'one\ntwo\n'],
    [4, 'two\n'],
    [20, 'late\n'],
    [2, 'e\n'],
  ]
  const sizes: unknown[] = []
  for (const [offset, text] of pieces) sizes.push(await append(client, fence, offset, text))
  expect(sizes).toEqual([4, 4, 8, 8, 8, 8])
  expect(server.log(number)).toBe('one\ntwo\n')
})

test('a runner that is given up and comes back changes nothing', async () => {
  const [one, two] = [await server.client('one'), await server.client('two')]
  const number = await server.push('true')
  const first = await take(one)
  await append(one, first.fence, 0, 'first\n')
  await server.db
    .updateTable('build_attempt')
    .set({ lease_until: new Date(0) })
    .execute()
  expect(await giveUpOverdue(server.db, async () => {})).toBe(1)
  const second = await take(two)
  expect(second).toMatchObject({ number, attempt: 2 })
  expect(await one.done({ fence: first.fence, result: result('failure') }, never)).toBe(false)
  expect(await one.done({ fence: second.fence, result: result('failure') }, never)).toBe(false)
  expect(await append(one, first.fence, 6, 'late\n')).toBeNull()
  expect(await one.alive(first.fence, never)).toBeNull()
  expect(await two.done({ fence: second.fence, result: result('success') }, never)).toBe(true)
  expect(await two.done({ fence: second.fence, result: result('failure') }, never)).toBe(false)
  expect(await server.build(number)).toMatchObject({ state: 'success' })
  expect(await server.attempts(number)).toMatchObject([{ how: 'lost' }, { how: 'done' }])
  expect(server.log(number, 1)).toBe('first\n')
})

test('what a runner does not know of any more goes to the next one at once', async () => {
  const client = await server.client()
  const numbers = [await server.push('true'), await server.push('true')]
  const kept = await take(client)
  const forgotten = await take(client, [kept.fence])
  expect([kept.number, forgotten.number]).toEqual(numbers)
  expect(await take(client, [kept.fence])).toMatchObject({ number: forgotten.number, attempt: 2 })
  expect(await server.attempts(kept.number)).toMatchObject([{ how: null }])
})

test('a build that is lost three times ends with an error; one that is given back goes on as often as it takes', async () => {
  const client = await server.client()
  const number = await server.push('true')
  for (let count = 0; count < 4; count++) {
    const { fence } = await take(client)
    await client.done({ fence, returned: 'The runner was stopped' }, never)
  }
  for (let count = 0; count < 3; count++) {
    expect(await server.build(number)).toMatchObject({ state: 'queued' })
    await take(client)
    await server.db
      .updateTable('build_attempt')
      .set({ lease_until: new Date(0) })
      .execute()
    await giveUpOverdue(server.db, async () => {})
  }
  expect(await server.build(number)).toMatchObject({
    state: 'error',
    why: 'The runner said nothing for too long',
  })
})

test('only an error of ours is tried again, later each time', async () => {
  const client = await server.client()
  const [failing, broken] = [await server.push('false'), await server.push('true')]
  for (const outcome of ['failure', 'error'] as const)
    await client.done({ fence: (await take(client)).fence, result: result(outcome, 'why') }, never)
  expect(await server.build(failing)).toMatchObject({ state: 'failure' })
  for (const rest of [30, 60]) {
    const { state, queued_at } = await server.build(broken)
    expect(state).toBe('queued')
    expect((queued_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan((rest - 10) * 1_000)
    expect((queued_at?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(rest * 1_000)
    await server.db.updateTable('build').set({ queued_at: new Date() }).where('number', '=', broken).execute()
    const { fence } = await take(client)
    await client.done({ fence, result: result('error', 'no sandbox works') }, never)
  }
  expect(await server.build(broken)).toMatchObject({ state: 'error', why: 'no sandbox works' })
  expect(await server.attempts(broken)).toHaveLength(3)
})

test('a wish to end a build reaches its runner at once, and is its end whatever it says', async () => {
  const client = await server.client()
  const number = await server.push('true')
  const { fence } = await take(client)
  const asked = client.alive(fence, never)
  await cancelBuild(server.db, number, 'Ada asked for it')
  expect(await asked).toEqual({ cancel: true })
  await client.done({ fence, result: result('success') }, never)
  expect(await server.build(number)).toMatchObject({ state: 'cancelled', why: 'Ada asked for it' })
})

test('a build that is superseded while it runs ends as superseded, and is not tried again', async () => {
  const client = await server.client()
  const older = await server.push('true')
  const { fence } = await take(client)
  const newer = await server.push('true')
  await supersedeOlder(server.db, newer)
  await client.done({ fence, result: result('cancelled') }, never)
  expect(await server.build(older)).toMatchObject({ state: 'superseded', superseded_by: newer })
  expect((await take(client)).number).toBe(newer)
})

test('a build that waits is handed out as soon as it is there', async () => {
  const client = await server.client()
  const offer = take(client)
  const number = await server.push('true')
  const begin = performance.now()
  expect((await offer).number).toBe(number)
  expect(performance.now() - begin).toBeLessThan(1_000)
})

test('a runner that went away while it waited is given nothing', async () => {
  const [one, two] = [await server.client('one'), await server.client('two')]
  const gone = new AbortController()
  const asked = one.next(health, [], gone.signal)
  await until(async () =>
    (await listRunners(server.db)).some(({ name, seenAt }) => name === 'one' && seenAt !== null),
  )
  gone.abort()
  await expect(asked).rejects.toThrow()
  const number = await server.push('true')
  expect(await take(two)).toMatchObject({ number, attempt: 1 })
})

test('what cannot become a job is an error with its reason, and the next build is not held up by it', async () => {
  const client = await server.client()
  const place = server.place
  const broken = await server.push('true', { repository: 'gone' })
  const fine = await server.push('true')
  server.place = async build =>
    build.repository === 'gone' ? 'Cannot build: the policy names no repository "gone"' : place(build)
  expect((await take(client)).number).toBe(fine)
  const [attempt] = await server.attempts(broken)
  expect(attempt).toMatchObject({ result: { outcome: 'error', why: expect.stringContaining('"gone"') } })
})

test('while the queue is held builds wait, and none is used up by that', async () => {
  const client = await server.client()
  server.isHeld = true
  const number = await server.push('true')
  const offer = take(client)
  await until(async () => (await listRunners(server.db))[0]?.seenAt !== null)
  server.isHeld = false
  const next = await server.push('true')
  expect(await offer).toMatchObject({ number, attempt: 1 })
  expect(await server.build(next)).toMatchObject({ state: 'queued' })
})

test('a runner whose token is revoked while it waits is given nothing', async () => {
  const [one, two] = [await server.client('one'), await server.client('two')]
  const gone = new AbortController()
  const waits = one.next(health, [], gone.signal).catch(() => 'gave up')
  await until(async () => (await listRunners(server.db))[0]?.seenAt !== null)
  await revokeToken(server.db, 'one')
  const number = await server.push('true')
  const offer = await Promise.race([waits, two.next(health, [], gone.signal)])
  expect(offer).toMatchObject({ number })
  const [attempt] = await server.attempts(number)
  const runners = await listRunners(server.db)
  expect(runners.map(({ id, name }) => ({ id, name }))).toEqual([{ id: attempt?.runner_id, name: 'two' }])
  gone.abort()
  await waits
})

test('a door that is asked wrongly says so, and nothing is done', async () => {
  const word = await server.token()
  await server.push('true')
  const ask = async (
    path: string,
    headers: Record<string, string>,
    body: string | Uint8Array<ArrayBuffer> = '{}',
  ) => (await fetch(`${server.address}/-/runner/${path}`, { method: 'POST', headers, body })).status
  const mine = { Authorization: `Bearer ${word}` }
  expect(await ask('next', {})).toBe(401)
  expect(await ask('next', { Authorization: `Bearer ${word.slice(0, -1)}x` })).toBe(401)
  expect(await ask('next', { Authorization: `Basic ${word}` })).toBe(401)
  expect(await ask('next', mine)).toBe(400)
  expect(await ask('next', mine, 'no json')).toBe(400)
  expect(await ask('done', mine, JSON.stringify({ fence: '1; drop table build', result: {} }))).toBe(400)
  expect(await ask('log?fence=1&offset=0&step=..%2F..%2Fetc%2Fpasswd', mine, 'x')).toBe(400)
  expect(await ask('log?fence=1&offset=-1&step=build', mine, 'x')).toBe(400)
  expect(await ask('log?fence=1&offset=0&step=build', mine, 'x')).toBe(409)
  expect(await ask('log?fence=1&offset=0&step=build', mine, new Uint8Array(3_000_000))).toBe(413)
  expect(await server.attempts('1')).toEqual([])
})

test('a step of a result is no path to another file of the server', async () => {
  const client = await server.client()
  await server.push('true')
  const { fence } = await take(client)
  const step = {
    ...({ outcome: 'failure', why: null, exitCode: 1, startSeconds: null, seconds: 1 } as const),
    ...{ outputBytes: 0, leftOutBytes: 0, artefactBytes: 0 },
  }
  for (const name of ['../../../keys/secret', '/var/log/mail', '.hidden', 'a\nb', ''])
    await expect(
      client.done({ fence, result: { ...result('failure'), steps: [{ ...step, name }] } }, never),
    ).rejects.toThrow('400')
  const done = { fence, result: { ...result('failure'), steps: [{ ...step, name: 'build' }] } }
  expect(await client.done(done, never)).toBe(true)
})

test('a token that was revoked or has expired lets nobody in', async () => {
  const revoked = await server.token('revoked')
  await revokeToken(server.db, 'revoked')
  const expired = await server.token('expired', new Date(Date.now() - 1_000))
  for (const word of [revoked, expired])
    await expect(makeClient(server.address, word).next(health, [], never)).rejects.toThrow('401')
})
