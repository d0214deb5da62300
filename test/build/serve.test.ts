// `threadwork serve` with the runner beside it, as one who runs it sees it.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeClient } from '../../ci/client.ts'
import { builds } from '../../commands/doctor/builds.ts'
import { cancelBuild } from '../../sql/builds.ts'
import { addToken } from '../../sql/tokens.ts'
import { Repository } from '../ci/repository.ts'
import { until } from '../ingest/until.ts'
import { Instance, killed, processes } from './instance.ts'

let instance: Instance
beforeEach(async () => {
  instance = await Instance.open()
})
afterEach(() => instance.close())

const build = (number: string) =>
  instance.db.selectFrom('build').selectAll().where('number', '=', number).executeTakeFirstOrThrow()

async function ended(number: string) {
  await until(async () => (await build(number)).ended_at !== null)
  return build(number)
}

test('what runs builds beside the server holds neither its environment nor a token that others can read', async () => {
  await instance.start()
  const number = await instance.push('echo built')
  expect(await ended(number)).toMatchObject({ state: 'success', result: { tier: 'bwrap' } })
  expect(instance.log(number)).toBe('built\n')
  const child = instance.child()
  const seen = ['environ', 'cmdline'].map(file => readFileSync(`/proc/${child}/${file}`, 'utf8')).join('\0')
  expect(seen).toContain('PATH=')
  expect(seen).not.toMatch(/DATABASE_URL|postgres:|threadwork-[0-9a-f]{8}/)
  const [finding, runner] = await builds(instance.db)
  expect(finding).toMatchObject({ well: true, found: expect.stringMatching(/^0 in the queue; 0 run/) })
  expect(runner).toMatchObject({ well: true, found: 'is there with bwrap, and runs 0' })
})

test('serve that is asked to end stops what runs and gives it back, within ten seconds, and leaves nothing', async () => {
  await instance.start()
  const number = await instance.push('echo begun; sleep 4343')
  await until(async () => instance.log(number) === 'begun\n')
  const begin = performance.now()
  expect(await instance.stop()).toEqual([0])
  expect(performance.now() - begin).toBeLessThan(10_000)
  expect(await build(number)).toMatchObject({ state: 'queued' })
  expect(processes().filter(({ command }) => command.includes('\x004343\0'))).toEqual([])
  expect(readdirSync(instance.rooms)).toEqual([])
})

test('a runner whose server is killed ends with it, and what it built is built again when there is one', async () => {
  await instance.start()
  const number = await instance.push('echo begun; [ "$CI_ATTEMPT" = 2 ] || sleep 4344')
  await until(async () => instance.log(number) === 'begun\n')
  const child = instance.child()
  await killed(instance.serve)
  await until(async () => !existsSync(`/proc/${child}`))
  expect(processes().filter(({ command }) => command.includes('\x004344\0'))).toEqual([])
  await instance.start()
  expect(await ended(number)).toMatchObject({ state: 'success' })
})

test('a runner elsewhere fetches what it builds with its token, and nobody else can fetch it', async () => {
  await instance.close()
  instance = await Instance.open({ runners: 0 })
  await instance.start()
  await instance.startRemote()
  const number = await instance.push('echo begun; sleep 4345')
  await until(async () => instance.log(number) === 'begun\n')
  const { commit } = await build(number)
  const other = instance.repository.commit({ text: 'other' })
  const word = readFileSync(instance.at('token'), 'utf8')
  const address = `${instance.address}/-/git/tarn.git`
  const fetched = (wanted: string | null, token: string | null) => {
    const header = token === null ? [] : ['-c', `http.extraHeader=Authorization: Bearer ${token}`]
    const words = [...header, 'fetch', '--quiet', '--depth=1', address, wanted ?? '']
    return promisify(execFile)('git', ['-C', scratch.path, ...words]).then(
      () => true,
      () => false,
    )
  }
  const scratch = new Repository(mkdtempSync(instance.at('scratch-')))
  expect(await fetched(commit, word)).toBe(true)
  expect(await fetched(commit, null)).toBe(false)
  expect(await fetched(commit, `${word}0`)).toBe(false)
  expect(await fetched(other, word)).toBe(false)
  await cancelBuild(instance.db, number, 'Ada asked for it')
  await ended(number)
  expect(await fetched(commit, word)).toBe(false)
})

test('a build begins soon after it is wanted', async () => {
  await instance.start()
  await ended(await instance.push('true'))
  const seconds: number[] = []
  for (let count = 0; count < 5; count++) {
    const number = await instance.push(`date +%s.%N; : ${count}`)
    const { queued_at } = await ended(number)
    seconds.push(Number(instance.log(number)) - (queued_at?.getTime() ?? 0) / 1_000)
  }
  const median = medianOf(seconds)
  console.log(`from the queue to the first line of the script: ${median.toFixed(2)} s (median of 5)`)
  // 0.4 s where others kept both processors busy; the sandbox has most of it.
  expect(median).toBeLessThan(5)
})

test('the script of a push begins soon after git push began', async () => {
  const bare = instance.at('fell.git')
  instance.repository.commit({ text: 'first' })
  instance.repository.git('clone', '--quiet', '--bare', '.', bare)
  const policy = `\n[[repository]]\nname = "fell"\npath = "${bare}"\nrequire = "any"\n`
  appendFileSync(instance.at('ci-policy.toml'), policy)
  await instance.start()
  await instance.command('hook', 'install', bare)
  const seconds: number[] = []
  for (let count = 0; count < 6; count++) {
    const commit = instance.repository.commit({ '.ci/build': `#!/bin/sh\ndate +%s.%N\n: ${count}\n` })
    const begin = Date.now() / 1_000
    await promisify(execFile)('git', [
      '-C',
      instance.repository.path,
      'push',
      '--quiet',
      bare,
      'HEAD:refs/heads/main',
    ])
    const found = () =>
      instance.db.selectFrom('build').selectAll().where('commit', '=', commit).executeTakeFirst()
    await until(async () => (await found())?.state === 'success')
    seconds.push(Number(instance.log((await found())?.number ?? '')) - begin)
  }
  // The first one waits for the runner to come up.
  const median = medianOf(seconds.slice(1))
  console.log(`from git push to the first line of the script: ${median.toFixed(2)} s (median of 5)`)
  expect(median).toBeLessThan(5)
})

const medianOf = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

test('a sandbox that nobody has keeps builds in the queue, and doctor says what to do', async () => {
  await instance.start()
  const number = await instance.push('true', { terms: { weakest: 'gvisor' } })
  await ended(await instance.push('echo other'))
  expect(await build(number)).toMatchObject({ state: 'queued' })
  const hoursLater = new Date(Date.now() + 7_200_000)
  await instance.db
    .updateTable('build')
    .set({ queued_at: new Date(Date.now() - 7_200_000) })
    .execute()
  expect((await builds(instance.db))[0]).toMatchObject({
    well: false,
    found: expect.stringMatching(/^1 in the queue, the oldest for 72\d\d s/),
    mend: expect.stringContaining('a stronger sandbox'),
  })
  expect((await builds(instance.db, hoursLater))[0]).toMatchObject({
    well: false,
    mend: expect.stringContaining('threadwork runner'),
  })
})

test('serve that leaves all builds to others has no runner beside it', async () => {
  await instance.close()
  instance = await Instance.open({ runners: 0 })
  await instance.start()
  expect(instance.child()).toBeNull()
  const [code] = await Promise.all([once(instance.serve ?? process, 'exit'), instance.stop()])
  expect(code[0]).toBe(0)
})

test('the end of a build is told though a mistake was made in the policy while it ran', async () => {
  await instance.close()
  instance = await Instance.open({ runners: 0 })
  await instance.start()
  const number = await instance.push('exit 1')
  const word = await addToken(instance.db, { name: 'one', scopes: ['runner'], expiresAt: null })
  const client = makeClient(instance.address, word ?? '')
  const never = new AbortController().signal
  const health = { atOnce: 1, cpus: 1, memoryFreeBytes: 0, version: '1', launcher: null }
  const offer = await client.next({ ...health, tiers: ['bwrap'] }, [], never)
  appendFileSync(instance.at('ci-policy.toml'), 'wrong = [\n')
  const result = { outcome: 'failure', why: null, tier: 'bwrap', seconds: 1, steps: [] } as const
  expect(await client.done({ fence: offer?.fence ?? '', result: { ...result, steps: [] } }, never)).toBe(true)
  expect(await build(number)).toMatchObject({ state: 'failure' })
  expect(await instance.db.selectFrom('outbox').select('recipient').execute()).toEqual([
    { recipient: 'ada@example.org' },
  ])
})
