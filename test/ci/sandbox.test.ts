// What a job comes back as, in every sandbox: the outcome, the sentence, the log, the files that it hands back.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TierName } from '../../ci/job.ts'
import { script } from './repository.ts'
import { Machine } from './rig.ts'

let machine: Machine
let bare: Machine
beforeAll(async () => {
  machine = await Machine.open()
  bare = await Machine.open('none')
}, 600_000)
afterAll(() => {
  machine.remove()
  bare.remove()
})

const walls = ['gvisor', 'nspawn', 'bwrap'] as const

test.each(walls)('%s starts here', name => {
  expect(machine.probed.tiers.find(({ tier }) => tier.name === name)).toMatchObject({ why: null })
})

describe.each([...walls, 'none'] as const)('in %s', (name: TierName) => {
  const inside = () => (name === 'none' ? bare : machine.only(name))
  const build: Machine['build'] = (...given) => inside().build(...given)

  test('exit code 0 is success, 250 a warning, all else a failure, by a signal, too', async () => {
    const ends = async (text: string) => (await build(text)).result
    expect(await ends('true')).toMatchObject({ outcome: 'success', why: null, tier: name })
    expect(await ends('exit 250')).toMatchObject({ outcome: 'warning' })
    expect(await ends('exit 7')).toMatchObject({
      outcome: 'failure',
      why: 'build: It ended with exit code 7',
      steps: [{ name: 'build', exitCode: 7 }],
    })
    expect(await ends('kill -9 $$')).toMatchObject({ outcome: 'failure', why: 'build: It ended by signal 9' })
  })

  test('the script is in a fresh clone, with an environment of its own, and its output comes in order', async () => {
    const { log, result } = await build({
      'lamp.c': 'on\n',
      '.ci/build': script(
        'cat lamp.c; echo to stderr >&2; echo to stdout; git log --format=%s; git status --short; env | sort; cat',
      ),
    })
    expect(result.outcome).toBe('success')
    const [before = '', environment = ''] = log.split(/^(?=CI=)/m)
    expect(before).toBe('on\nto stderr\nto stdout\nchange\n')
    const names = environment.split('\n').map(line => line.split('=')[0])
    expect(names.filter(each => each !== 'OLDPWD')).toEqual([
      ...['CI', 'CI_COMMIT', 'CI_REF', 'HOME', 'LANG', 'PATH', 'PWD', ''],
    ])
  })

  test('what runs too long is a timeout, what is cancelled is cancelled, and both are gone', async () => {
    const late = await build('trap "" TERM; echo begun; (trap "" TERM; setsid sleep 60) & sleep 60', {
      limits: { seconds: 4 },
    })
    expect(late.result).toMatchObject({ outcome: 'timeout', steps: [{ outcome: 'timeout', exitCode: null }] })
    expect(late.result.why).toMatch(/^build: It ran longer than [1-4](?:\.\d)? s$/)
    expect(late.log).toBe('begun\n')
    const stop = new AbortController()
    const cancelled = build('echo begun; sleep 60', {}, stop.signal)
    setTimeout(() => stop.abort(), 1_000)
    expect((await cancelled).result).toMatchObject({ outcome: 'cancelled' })
    expect(inside().remains()).toEqual([])
  })

  test('the build hands back the files that it names, as a tar, within bounds', async () => {
    const config = 'artefacts = ["out/*.txt", "none-of-these"]\n'
    const build_ = script('mkdir out; echo one >out/one.txt; echo two >"out/a b.txt"; echo no >out/x.log')
    const { artefacts, result } = await build({ '.ci/config.toml': config, '.ci/build': build_ })
    expect(result.outcome).toBe('success')
    const listed = execFileSync('tar', ['--list'], { input: artefacts, encoding: 'utf8' })
    expect(listed.trim().split('\n').sort()).toEqual(['out/a b.txt', 'out/one.txt'])
    const large = await build(
      { '.ci/config.toml': 'artefacts = ["big"]\n', '.ci/build': script('head -c 3000000 /dev/zero >big') },
      {},
    )
    expect(large.artefacts.length).toBeLessThanOrEqual(1_000_000)
    expect(large.log).toContain('more than 1000000 bytes')
  })

  test('there is network where both the server and the project say so, and never for mailed code', async () => {
    const server = createServer(socket => socket.on('error', () => {}).end('reached'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const reach = script(
      `timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && head -c 7 <&3' 2>/dev/null || echo no`,
    )
    const wants = { '.ci/config.toml': 'network = true\n', '.ci/build': reach }
    expect((await build(wants, { network: true })).log).toBe('reached')
    if (name !== 'none') {
      expect((await build(wants, { network: false })).log).toBe('no\n')
      expect((await build({ '.ci/build': reach }, { network: true })).log).toBe('no\n')
      expect((await build(wants, { network: true, kind: 'patchset' })).log).toBe('no\n')
    }
    server.close()
  })

  test('a secret is there for the script, and in no log', async () => {
    const { log } = await build('test "$TOKEN" = "hunter2 and more"; echo "$? $TOKEN"', {
      secrets: { TOKEN: 'hunter2 and more' },
    })
    expect(log).toBe('0 ***\n')
  })
})
