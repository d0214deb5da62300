// `threadwork serve` with the runner beside it, and without one, as one who runs it sees it. `npm run delay` says how long it takes
// from a push to the first line of its script.
import { execFile } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeClient } from '../../ci/client.ts'
import { builds } from '../../commands/doctor/builds.ts'
import { cancelBuild } from '../../sql/builds.ts'
import { addToken } from '../../sql/tokens.ts'
import { Repository } from '../ci/repository.ts'
import { until } from '../ingest/until.ts'
import { Instance, killed, processes } from './instance.ts'

const long = process.env.DELAY === 'long'

let instance: Instance

const build = (number: string) =>
  instance.db.selectFrom('build').selectAll().where('number', '=', number).executeTakeFirstOrThrow()

async function ended(number: string) {
  await until(async () => (await build(number)).ended_at !== null)
  return build(number)
}

/** Of these processes and of those below them that have ended (proc(5)), however busy others keep the machine. */
const processorSeconds = (pids: readonly number[]): number =>
  pids
    .map(pid => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    .map(stat =>
      stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 15),
    )
    .reduce((sum, ticks) => sum + ticks.map(Number).reduce((one, other) => one + other) / 100, 0)

const medianOf = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

describe('with a runner beside it', () => {
  beforeAll(async () => {
    instance = await Instance.open()
    await instance.start()
  })
  afterAll(() => instance.close())

  test('what builds holds neither its environment nor a token that others can read', async () => {
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

  test('the script of a push begins soon after git push began', { timeout: 240_000 }, async () => {
    const bare = instance.at('fell.git')
    instance.repository.commit({ text: 'first' })
    instance.repository.git('clone', '--quiet', '--bare', '.', bare)
    appendFileSync(
      instance.at('ci-policy.toml'),
      `\n[[repository]]\nname = "fell"\npath = "${bare}"\nrequire = "any"\n`,
    )
    await instance.command('hook', 'install', bare)
    const push = async (count: number) => {
      const commit = instance.repository.commit({ '.ci/build': `#!/bin/sh\ndate +%s.%N\n: ${count}\n` })
      const begin = Date.now() / 1_000
      const words = ['push', '--quiet', bare, 'HEAD:refs/heads/main']
      await promisify(execFile)('git', ['-C', instance.repository.path, ...words])
      const found = () =>
        instance.db.selectFrom('build').selectAll().where('commit', '=', commit).executeTakeFirst()
      await until(async () => (await found())?.state === 'success')
      const { number = '', queued_at } = (await found()) ?? {}
      const first = Number(instance.log(number))
      return { fromPush: first - begin, fromQueue: first - (queued_at?.getTime() ?? 0) / 1_000 }
    }
    const used = () => processorSeconds([instance.serve?.pid ?? 0, instance.child() ?? 0])
    await push(0)
    const before = used()
    const times = []
    for (let count = 1; count <= (long ? 20 : 3); count++) times.push(await push(count))
    const each = (used() - before) / times.length
    const [fromPush, fromQueue] = [
      medianOf(times.map(time => time.fromPush)),
      medianOf(times.map(time => time.fromQueue)),
    ]
    const figures = [
      `from git push to the first line of the script ${fromPush.toFixed(2)} s`,
      `from the queue ${fromQueue.toFixed(2)} s (medians of ${times.length})`,
      `${each.toFixed(2)} s of processors for a push, its build included`,
    ]
    console.log(figures.join(', '))
    expect(each).toBeLessThan(1)
    if (long) expect(fromPush).toBeLessThan(1)
  })

  test('a sandbox that nobody has keeps builds in the queue, and doctor says what to do', async () => {
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
    await cancelBuild(instance.db, number, 'Ada asked for it')
  })

  test('whose server is killed it ends with it, and what it built is built again when there is one', async () => {
    const number = await instance.push('echo begun; [ "$CI_ATTEMPT" = 2 ] || sleep 4344')
    await until(async () => instance.log(number) === 'begun\n')
    const child = instance.child()
    await killed(instance.serve)
    await until(async () => !existsSync(`/proc/${child}`))
    expect(processes().filter(({ command }) => command.includes('\x004344\0'))).toEqual([])
    await instance.start()
    expect(await ended(number)).toMatchObject({ state: 'success' })
  })

  test('serve that is asked to end stops what runs and gives it back, within ten seconds, and leaves nothing', async () => {
    const number = await instance.push('echo begun; sleep 4343')
    await until(async () => instance.log(number) === 'begun\n')
    const begin = performance.now()
    expect(await instance.stop()).toEqual([0])
    expect(performance.now() - begin).toBeLessThan(10_000)
    expect(await build(number)).toMatchObject({ state: 'queued' })
    expect(processes().filter(({ command }) => command.includes('\x004343\0'))).toEqual([])
    expect(readdirSync(instance.rooms)).toEqual([])
  })
})

describe('without one', () => {
  beforeAll(async () => {
    instance = await Instance.open({ runners: 0 })
    await instance.start()
  })
  afterAll(() => instance.close())

  test('all builds are left to others', () => {
    expect(instance.child()).toBeNull()
  })

  test('the end of a build is told though a mistake was made in the policy while it ran', async () => {
    const policy = readFileSync(instance.at('ci-policy.toml'), 'utf8')
    const number = await instance.push('exit 1')
    const word = await addToken(instance.db, { name: 'one', scopes: ['runner'], expiresAt: null })
    const client = makeClient(instance.address, word ?? '')
    const never = new AbortController().signal
    const health = { atOnce: 1, cpus: 1, memoryFreeBytes: 0, version: '1', launcher: null }
    const offer = await client.next({ ...health, tiers: ['bwrap'] }, [], never)
    appendFileSync(instance.at('ci-policy.toml'), 'wrong = [\n')
    const result = { outcome: 'failure', why: null, tier: 'bwrap', seconds: 1, steps: [] } as const
    expect(await client.done({ fence: offer?.fence ?? '', result: { ...result, steps: [] } }, never)).toBe(
      true,
    )
    expect(await build(number)).toMatchObject({ state: 'failure' })
    expect(await instance.db.selectFrom('outbox').select('recipient').execute()).toEqual([
      { recipient: 'ada@example.org' },
    ])
    writeFileSync(instance.at('ci-policy.toml'), policy)
  })

  test('a runner elsewhere fetches what it builds with its token, and nobody else can fetch it', async () => {
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

  test('it ends well when it is asked to', async () => {
    expect(await instance.stop()).toEqual([0, 0])
  })
})
