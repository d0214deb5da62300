// Logs on disk: what becomes of them in the end, and when there is no room for them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startKeeper } from '../../tracker/build/keeper.ts'
import { dropLogs } from '../../tracker/build/logs.ts'
import { until } from '../ingest/until.ts'
import { BuildServer } from './rig.ts'
import { startRunner } from './runner-process.ts'

let server: BuildServer
beforeEach(async () => {
  server = await BuildServer.open()
})
afterEach(() => server.close())

test('a disk without room for the log is an error of ours, and the build is to be tried again', async () => {
  mkdirSync(server.data)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', server.data])
  const runner = await startRunner(server)
  try {
    expect(await server.ended(await server.push('seq 2000; exit 1'))).toMatchObject({ state: 'failure' })
    const large = await server.push('seq 30000; exit 1')
    await until(async () => (await server.attempts(large))[0]?.how === 'done')
    expect((await server.attempts(large))[0]?.result).toMatchObject({
      outcome: 'error',
      why: 'The server has no room for the log',
    })
    expect(await server.build(large)).toMatchObject({ state: 'queued' })
  } finally {
    await runner.end('SIGTERM')
    execFileSync('umount', [server.data])
  }
})

test('logs are dropped with all of their build when nothing was written to it for long enough', async () => {
  const file = (build: string, name: string, daysAgo: number) => {
    const path = join(server.data, 'builds', build, '1', name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, 'text\n')
    const at = Date.now() / 1_000 - daysAgo * 86_400
    for (const each of [path, join(path, '..'), join(path, '../..')]) utimesSync(each, at, at)
    return path
  }
  const [old, tar] = [file('1', 'build.log', 100), file('1', 'artefacts.tar', 95)]
  const [early, late] = [file('2', 'build.log', 100), file('2', 'style.log', 80)]
  expect(await dropLogs(server.data, new Date(Date.now() - 90 * 86_400_000))).toBe(1)
  expect([old, tar, early, late].map(path => existsSync(path))).toEqual([false, false, true, true])
  expect(await dropLogs(join(server.data, 'nowhere'), new Date())).toBe(0)
})

test('a refused push is forgotten as long after it as a log, and nothing else that was built is', async () => {
  const of = (key: string, state: 'refused' | 'conflict') => server.push('true', { key, state })
  const [old, fresh, other] = [
    await of('old', 'refused'),
    await of('fresh', 'refused'),
    await of('other', 'conflict'),
  ]
  await server.db
    .updateTable('build')
    .set({ ended_at: new Date(Date.now() - 91 * 86_400_000) })
    .where('number', '!=', fresh)
    .execute()
  const quiet = { info: () => {}, warn: () => {} }
  const keeper = startKeeper({
    ...{ db: server.db, queue: { giveUp: async () => 0 }, data: server.data, log: quiet, keepDays: 90 },
  })
  const left = async () =>
    (await server.db.selectFrom('build').select('number').orderBy('number').execute()).map(
      ({ number }) => number,
    )
  await until(async () => !(await left()).includes(old))
  await keeper.close()
  expect(await left()).toEqual([fresh, other])
})
