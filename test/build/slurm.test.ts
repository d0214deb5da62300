// Builds that Slurm places, limits and accounts: two nodes of it run on this machine.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { cancelBuild } from '../../sql/builds.ts'
import { until } from '../ingest/until.ts'
import { BuildServer } from './rig.ts'
import { type RunnerProcess, startRunner } from './runner-process.ts'
import { Slurm } from './slurm.ts'

let slurm: Slurm
let server: BuildServer
let runners: RunnerProcess[] = []
beforeAll(async () => {
  slurm = await Slurm.open()
}, 60_000)
afterAll(() => slurm?.close())
beforeEach(async () => {
  server = await BuildServer.open()
})
afterEach(async () => {
  await Promise.all(runners.splice(0).map(runner => runner.end('SIGTERM')))
  await server.close()
})

async function run(name: string, atOnce: number, settings = ''): Promise<RunnerProcess> {
  const runner = await startRunner(server, { name, atOnce, settings })
  runners = [...runners, runner]
  return runner
}

const launched = () => run('slurm', 10, `launcher = ${JSON.stringify(slurm.launcher)}`)

const attemptsOf = async (name: string) => {
  const rows = await server.db
    .selectFrom('build_attempt')
    .innerJoin('runner', 'runner.id', 'runner_id')
    .innerJoin('token', 'token.id', 'token_id')
    .select(['build', 'token.name'])
    .execute()
  return rows.filter(row => row.name === name)
}

test('two runners and ten jobs through Slurm share a queue', async () => {
  await launched()
  const before = slurm.nodes().length
  await Promise.all([run('one', 1), run('two', 1)])
  const numbers: string[] = []
  for (let count = 0; count < 16; count++) numbers.push(await server.push('echo $CI_BUILD; sleep 1'))
  for (const number of numbers) {
    expect(await server.ended(number)).toMatchObject({ state: 'success', result: { tier: 'bwrap' } })
    expect(server.log(number)).toBe(`${number}\n`)
    expect(await server.attempts(number)).toHaveLength(1)
  }
  expect((await attemptsOf('slurm')).length).toBeGreaterThanOrEqual(10)
  expect((await attemptsOf('one')).length).toBeGreaterThan(0)
  expect((await attemptsOf('two')).length).toBeGreaterThan(0)
  await until(async () => slurm.jobs().length === 0)
  expect(new Set(slurm.nodes().slice(before))).toEqual(new Set(['n1', 'n2']))
  expect(readdirSync(server.rooms)).toEqual([])
}, 120_000)

test('what a build does through Slurm comes back as from anywhere else', async () => {
  await launched()
  const number = await server.push({
    '.ci/build': '#!/bin/sh\nseq 200000; head -c 200000 /dev/zero >out; exit 3\n',
    '.ci/config.toml': 'artefacts = ["out"]\n',
  })
  expect(await server.ended(number)).toMatchObject({
    state: 'failure',
    why: 'build: It ended with exit code 3',
    result: { steps: [{ exitCode: 3 }] },
  })
  expect(server.log(number)).toMatch(/^1\n2\n.*bytes are left out here.*\n199999\n200000\n$/s)
  expect(server.artefacts(number).length).toBeGreaterThan(200_000)
})

test('a build that is cancelled, and one whose runner is killed, end in Slurm, too', async () => {
  const runner = await launched()
  const numbers = [
    await server.push('echo begun; sleep 4141'),
    await server.push('echo begun; sleep 4142'),
  ] as const
  await until(async () => sleeping('4141') && sleeping('4142'))
  await cancelBuild(server.db, numbers[0], 'Ada asked for it')
  expect(await server.ended(numbers[0])).toMatchObject({ state: 'cancelled' })
  await until(async () => !sleeping('4141') && slurm.jobs().length === 1)
  await runner.end('SIGKILL')
  await until(async () => !sleeping('4142') && slurm.jobs().length === 0)
  expect(readdirSync(server.rooms)).toEqual([])
})

/** Whether such a `sleep` runs anywhere on this machine. */
const sleeping = (seconds: string): boolean =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .some(pid => commandOf(pid) === `sleep\0${seconds}\0`)

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
