// Runners as processes of their own, with real sandboxes, against a server that may be away.
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startChild } from '../../commands/serve/runner-child.ts'
import { cancelBuild } from '../../sql/builds.ts'
import { revokeToken } from '../../sql/tokens.ts'
import { giveUpOverdue } from '../../tracker/build/finish.ts'
import { until } from '../ingest/until.ts'
import { BuildServer } from './rig.ts'
import { type RunnerParts, type RunnerProcess, startRunner } from './runner-process.ts'

let server: BuildServer
let runners: RunnerProcess[] = []
beforeEach(async () => {
  server = await BuildServer.open()
})
afterEach(async () => {
  await Promise.all(runners.splice(0).map(runner => runner.end('SIGTERM')))
  await server.close()
})

async function run(parts?: RunnerParts): Promise<RunnerProcess> {
  const runner = await startRunner(server, parts)
  runners = [...runners, runner]
  return runner
}

const running = (number: string, attempt = 1) =>
  until(async () => (await server.attempts(number)).length === attempt && begun(number, attempt))

function begun(number: string, attempt: number): boolean {
  try {
    return server.log(number, attempt).includes('begun\n')
  } catch {
    return false
  }
}

/** Runs until it is told to end, or for a long time. */
const long = 'echo begun; sleep 600'

test('a build runs in a sandbox, and its log and its result come back', async () => {
  await run()
  const number = await server.push({
    '.ci/build': '#!/bin/sh\necho one; echo two >&2; test "$CI_BUILD" = 1\n',
    '.ci/checks/style': '#!/bin/sh\necho untidy; exit 3\n',
  })
  expect(await server.ended(number)).toMatchObject({
    state: 'failure',
    why: 'style: It ended with exit code 3',
    result: {
      tier: 'bwrap',
      steps: [
        { name: 'build', outcome: 'success' },
        { name: 'style', exitCode: 3 },
      ],
    },
  })
  expect(server.log(number)).toBe('one\ntwo\n')
  expect(server.log(number, 1, 'style')).toBe('untidy\n')
})

test('what a build hands back lies beside its log', async () => {
  await run()
  const number = await server.push({
    '.ci/build': '#!/bin/sh\nhead -c 300000 /dev/urandom >big.out\n',
    '.ci/config.toml': 'artefacts = ["*.out"]\n',
  })
  const { result } = await server.ended(number)
  const tar = server.artefacts(number)
  expect(tar.length).toBeGreaterThan(300_000)
  expect(tar.toString('latin1', 0, 7)).toBe('big.out')
  expect(result).toMatchObject({ steps: [{ artefactBytes: tar.length }] })
})

test('two runners share a queue', async () => {
  const two = [await run({ name: 'one', atOnce: 2 }), await run({ name: 'two', atOnce: 2 })]
  const numbers: string[] = []
  for (let count = 0; count < 10; count++) numbers.push(await server.push('sleep 0.3; echo $CI_BUILD'))
  for (const number of numbers) expect(await server.ended(number)).toMatchObject({ state: 'success' })
  for (const number of numbers) expect(server.log(number)).toBe(`${number}\n`)
  const attempts = await server.db.selectFrom('build_attempt').select('runner_id').execute()
  expect(attempts).toHaveLength(10)
  expect(new Set(attempts.map(attempt => attempt.runner_id)).size).toBe(2)
  for (const runner of two) expect(await runner.end('SIGTERM')).toBe(0)
  expect(readdirSync(server.rooms)).toEqual([])
})

test('a build that somebody cancels is stopped where it runs', async () => {
  await run()
  const number = await server.push(long)
  await running(number)
  await cancelBuild(server.db, number, 'Ada asked for it')
  expect(await server.ended(number)).toMatchObject({ state: 'cancelled', why: 'Ada asked for it' })
  expect(readdirSync(server.rooms)).toEqual([])
  const next = await server.push('true')
  expect(await server.ended(next)).toMatchObject({ state: 'success' })
})

test('a runner that is stopped gives back what it builds, and the next one builds it', async () => {
  const first = await run({ name: 'one' })
  const number = await server.push(`[ "$CI_ATTEMPT" = 2 ] || { ${long}; }`)
  await running(number)
  expect(await first.end('SIGTERM')).toBe(0)
  expect(await server.build(number)).toMatchObject({ state: 'queued' })
  expect(readdirSync(server.rooms)).toEqual([])
  await run({ name: 'two' })
  expect(await server.ended(number)).toMatchObject({ state: 'success' })
  expect(await server.attempts(number)).toMatchObject([{ how: 'returned' }, { how: 'done' }])
})

test('a runner that is killed loses its build to the next one, which tidies up', async () => {
  const first = await run({ name: 'one' })
  const number = await server.push(`[ "$CI_ATTEMPT" = 2 ] || { ${long}; }`)
  await running(number)
  await first.end('SIGKILL')
  expect(readdirSync(server.rooms)).toHaveLength(1)
  await run({ name: 'two' })
  await server.db
    .updateTable('build_attempt')
    .set({ lease_until: new Date(0) })
    .execute()
  await giveUpOverdue(server.db, async () => {})
  expect(await server.ended(number)).toMatchObject({ state: 'success' })
  expect(await server.attempts(number)).toMatchObject([{ how: 'lost' }, { how: 'done' }])
  expect(readdirSync(server.rooms)).toEqual([])
})

test('a server that is away while a build runs and ends gets its whole log and its result', async () => {
  const runner = await run()
  const number = await server.push('echo begun; for i in $(seq 50); do echo line $i; sleep 0.02; done')
  await running(number)
  await server.stop()
  await until(
    async () => runner.log().includes('"The server is away') || readdirSync(server.rooms).length === 0,
  )
  await server.start()
  expect(await server.ended(number)).toMatchObject({ state: 'success' })
  expect(server.log(number).split('\n')).toHaveLength(52)
  expect(await server.attempts(number)).toHaveLength(1)
})

test('a runner whose build was given to another one stops it', async () => {
  await run({ name: 'one' })
  const number = await server.push(long)
  await running(number)
  await server.db
    .updateTable('build_attempt')
    .set({ lease_until: new Date(0) })
    .execute()
  await giveUpOverdue(server.db, async () => {})
  await running(number, 2)
  await until(async () => readdirSync(server.rooms).length === 1)
})

test('a runner whose token is revoked ends and says why', async () => {
  const runner = await run()
  await server.db.updateTable('token').set({ revoked_at: new Date() }).execute()
  // It is let in no more when it asks for the next build.
  await server.push('true')
  expect(await runner.end('SIGCONT')).toBe(1)
  expect(runner.log()).toContain('401')
})

test('a launcher that is not there, or starts nothing, is told at once', async () => {
  const failing = { '["/nowhere/srun"]': 'ENOENT', '["false"]': 'false: it ended with exit code 1' }
  for (const [launcher, said] of Object.entries(failing)) {
    const begun = startRunner(server, { name: said.slice(0, 5), settings: `launcher = ${launcher}` })
    await expect(begun).rejects.toThrow(said)
  }
})

test('what a launcher says itself is no word of a build', async () => {
  const noise = `echo waiting; echo '{"result":{}}'; echo '{"log":["build"]}'; exec "$0" "$@"`
  await run({ settings: `launcher = ["sh", "-c", ${JSON.stringify(noise)}]` })
  const number = await server.push('echo built')
  expect(await server.ended(number)).toMatchObject({ state: 'success' })
  expect(server.log(number)).toBe('built\n')
})

test('the runner beside a server whose token was revoked says so once, and is not started again', async () => {
  const word = await server.token('built-in example')
  await revokeToken(server.db, 'built-in example')
  const said: unknown[][] = []
  const note = (...words: unknown[]) => void said.push(words)
  const order = {
    ...{ server: server.address, token: word, atOnce: 1, launcher: null, logLevel: 'error' as const },
    ground: { sandbox: 'bwrap' as const, root: null, rooms: server.rooms },
  }
  const child = startChild(order, 'built-in example', { warn: note, error: note })
  await child.ended
  expect(said).toEqual([
    [{ token: 'built-in example' }, expect.stringMatching(/revoked.*Start "threadwork serve" again/s)],
  ])
  await child.close()
})
