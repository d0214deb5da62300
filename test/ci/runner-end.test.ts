// A runner that is killed while a build runs, the one that comes after it, and one that has no privileges.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cgroupBase } from '../../ci/cgroup.ts'
import { type Result, resultSchema } from '../../ci/result.ts'
import { makeRoom, reapRooms, roomName } from '../../ci/room.ts'
import { until } from '../ingest/until.ts'
import { buildRoot } from './build-root.ts'
import { jobOf } from './job-of.ts'
import { script } from './repository.ts'
import { Machine } from './rig.ts'

const program = join(import.meta.dirname, 'one-job.ts')

let machine: Machine
let runner: ChildProcess | undefined
afterEach(() => runner?.kill('SIGKILL'))
beforeAll(async () => {
  machine = await Machine.open('bwrap')
}, 60_000)
afterAll(() => machine.remove())

test.each(['gvisor', 'nspawn', 'bwrap', 'none'] as const)(
  'a runner in %s that is killed takes its build with it, and the next one tidies up',
  async sandbox => {
    const mark = `4444${process.pid}`
    const repository = machine.repository()
    const commit = repository.commit({
      '.ci/build': script(`trap "" TERM HUP; sleep ${mark} & echo begun; wait`),
    })
    const job = JSON.stringify(jobOf({ repository: repository.path, commit }))
    runner = spawn(process.execPath, [program, job, machine.rooms, sandbox, buildRoot()])
    await begun(runner)
    const [room = ''] = readdirSync(machine.rooms)
    const marks = [`sleep\0${mark}\0`, roomName(join(machine.rooms, room))]
    await until(async () => processesWith(marks).length > 0)
    expect(await reapRooms(machine.rooms, cgroupBase())).toBe(0)

    runner.kill('SIGKILL')
    await once(runner, 'exit')
    await until(async () => processesWith(marks).length === 0)
    expect(machine.remains()).not.toEqual([])
    expect(await reapRooms(machine.rooms, cgroupBase())).toBe(1)
    expect(machine.remains()).toEqual([])
    expect(processesWith(marks)).toEqual([])
  },
)

test('a room whose owner lives is left alone, and one without an owner for as long as it may be in the making', async () => {
  const room = makeRoom(machine.rooms)
  mkdirSync(join(machine.rooms, 'new-abc'))
  expect(await reapRooms(machine.rooms, null)).toBe(0)
  room.end()
  expect(readdirSync(machine.rooms)).toEqual(['new-abc'])
})

test('an account without privileges builds in bwrap, and its bombs are bounded', async () => {
  const rooms = join(machine.directory, 'rooms-of-nobody')
  mkdirSync(rooms)
  chmodSync(rooms, 0o777)
  const run = async (text: string): Promise<{ result: Result; log: string }> => {
    const repository = machine.repository()
    const commit = repository.commit({ '.ci/build': script(text) })
    const job = JSON.stringify(jobOf({ repository: repository.path, commit }))
    chmodSync(repository.path, 0o755)
    const words = [
      '--reuid=61234',
      '--regid=61234',
      '--clear-groups',
      process.execPath,
      program,
      job,
      rooms,
      'best',
    ]
    const { stdout } = await promisify(execFile)('setpriv', words)
    const lines = stdout.trim().split('\n')
    return { result: resultSchema.parse(JSON.parse(lines.at(-1) ?? '')), log: lines.slice(0, -1).join('\n') }
  }
  expect(await run('id -un; id -u; touch /usr/x || touch /x || echo closed')).toMatchObject({
    result: { outcome: 'success', tier: 'bwrap' },
    log: expect.stringMatching(/^ci\n1000\n.*closed$/s),
  })
  const forks = await run('i=0; while [ $i -lt 500 ]; do sleep 30 & i=$((i + 1)); done; wait')
  expect(forks).toMatchObject({ result: { outcome: 'failure' }, log: expect.stringContaining('Cannot fork') })
  const memory = await run('head -c 400000000 /dev/zero | tail | wc -c')
  expect(memory).toMatchObject({ log: expect.stringMatching(/memory exhausted|Cannot allocate/) })
})

async function begun(runner: ChildProcess): Promise<void> {
  let text = ''
  for await (const chunk of runner.stdout ?? []) {
    text += chunk
    if (text.startsWith('begun\n')) return
  }
  throw new Error(`The runner ended: ${text}`)
}

/** Their command lines. Of what runs in gVisor the host sees only gVisor, which is told the room's name. */
function processesWith(marks: readonly string[]): string[] {
  return readdirSync('/proc')
    .filter(each => /^\d+$/.test(each))
    .map(commandOf)
    .filter(command => marks.some(mark => command.includes(mark)))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
