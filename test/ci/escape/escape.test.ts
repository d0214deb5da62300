// Hostile builds in every sandbox. `npm run test:sandbox` runs each attack as a build of its own; `npm test` puts those that
// only look around into one. Those of a wall run at once, as far as
// that goes: most of their time they wait for an end.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TierName } from '../../../ci/job.ts'
import { makeRoom } from '../../../ci/room.ts'
import { jobOf } from '../job-of.ts'
import { script } from '../repository.ts'
import { Machine } from '../rig.ts'
import { type Attack, attacks } from './attacks.ts'
import { type Host, makeHost } from './host.ts'

const long = process.env.SANDBOX === 'long'
const walls: readonly { name: TierName; what: string; own?: true }[] = [
  { name: 'gvisor', what: 'gvisor' },
  { name: 'nspawn', what: 'nspawn' },
  { name: 'bwrap', what: 'bwrap' },
  { name: 'bwrap', what: "bwrap over the machine's own /usr", own: true },
]
const rounds: readonly Attack[] = long
  ? attacks
  : [
      {
        name: attacks.map(({ name }) => name).join(', '),
        script: host => attacks.map(attack => attack.script(host)).join('\n'),
      },
    ]

/** All in one need more than each alone; what comes of too much has tests of its own. */
const bounds = long ? {} : { limits: { memoryBytes: 400_000_000, seconds: 60 } }

let machine: Machine
let overOwn: Machine
let host: Host
beforeAll(async () => {
  machine = await Machine.open()
  overOwn = await Machine.open('bwrap')
}, 600_000)
afterAll(() => {
  machine.remove()
  overOwn.remove()
})
const openHost = async () => {
  const room = makeRoom(machine.rooms)
  host = await makeHost(machine.directory, room.account)
  room.end()
}

const breaches = (log: string): string[] => log.split('\n').filter(line => line.startsWith('BREACH'))
const whole = (attack: Attack): string => `exec 2>&1\n${attack.script(host)}\necho "all tried"\nexit 0`

/** add_key and keyctl, by their numbers; -3 is the session's keyring, 1 joins a new one, 10 searches, 11 reads. */
const [add, control] = process.arch === 'arm64' ? [217, 219] : [248, 250]
const addKey = `$t = "user"; $n = "threadwork"; $s = "host-secret"; syscall(${control}, 1, 0);
  syscall(${add}, $t, $n, $s, length $s, -3) > 0 or die; exec @ARGV`
const readKey = `$t = "user"; $n = "threadwork"; $b = "x" x 64; $k = syscall(${control}, 10, -3, $t, $n, 0);
  print(($k > 0 && syscall(${control}, 11, $k, $b, 64) > 0) ? "BREACH: $b\\n" : "nothing\\n")`

describe('without a sandbox', () => {
  // What is killed here was alive before.
  beforeEach(openHost)
  afterEach(() => host.close())

  test('a build can read the keys of the session of the runner', () => {
    const { stdout } = spawnSync('perl', ['-e', addKey, 'perl', '-e', readKey], { encoding: 'utf8' })
    expect(stdout).toContain('BREACH: host-secret')
  })

  test.each(attacks.filter(({ control }) => control))('a build can $name', attack => {
    const { uid, gid } = host.account
    const { stdout } = spawnSync('sh', ['-c', whole(attack)], {
      cwd: machine.directory,
      encoding: 'utf8',
      uid,
      gid,
    })
    expect(breaches(stdout)).not.toEqual([])
  })
})

describe.each(walls)('in $what', ({ name, own }) => {
  const inside = () => (own ? overOwn : machine).only(name)
  // Programs start slowly in gVisor, and the long form has many builds: at once they would need more time than they have.
  const each = long || name === 'gvisor' ? test : test.concurrent
  beforeAll(openHost)
  afterAll(() => host.close())

  each.each(rounds)('a build cannot $name', async attack => {
    const { log, result } = await inside().build(whole(attack), bounds)
    expect(breaches(log)).toEqual([])
    expect(result, log).toMatchObject({ outcome: 'success', tier: name })
    expect(log).toContain('all tried')
    expect(host.alive()).toBe(true)
  })

  each('a build that forks without end is a failure that says so, and the machine goes on', async () => {
    const many = await inside().build('i=0; while [ $i -lt 500 ]; do sleep 30 & i=$((i + 1)); done; wait')
    expect(many.result).toMatchObject({ outcome: 'failure', why: 'build: It started more than 64 processes' })
    const bomb = await inside().build('b() { b | b & b; }; b', { limits: { seconds: 3 } })
    expect(['failure', 'timeout']).toContain(bomb.result.outcome)
    expect(bomb.result.seconds).toBeLessThan(15)
  })

  each('a build that takes memory without end is a failure that says so', async () => {
    const { result } = await inside().build('head -c 400000000 /dev/zero | tail | wc -c >&2; exit 9')
    expect(result).toMatchObject({
      outcome: 'failure',
      why: 'build: It needed more memory than 96000000 bytes',
    })
  })

  each('a build that fills every disk it finds fills its own', async () => {
    const { log, result } = await inside().build(
      `for each in . /tmp /dev/shm /var/tmp /run /dev /dev/mqueue "$HOME"; do
        head -c 50000000 /dev/zero >"$each/big" 2>/dev/null && echo "BREACH: $each"
        rm -f "$each/big"
      done
      truncate -s 10G sparse && echo "BREACH: sparse"
      head -c 50000000 /dev/zero >big; exit 5`,
      { limits: { memoryBytes: 128_000_000 } },
    )
    expect(breaches(log)).toEqual([])
    expect(log).toMatch(/No space left on device|File too large|File size limit/)
    expect(result).toMatchObject({ outcome: 'failure', why: 'build: It ended with exit code 5' })
  })

  each('a tree that does not fit on its disk is a failure that says so', async () => {
    const big = { 'big.txt': 'x'.repeat(3_000_000), '.ci/build': script('true') }
    const { result } = await inside().build(big, { limits: { diskBytes: 2_000_000 } })
    expect(result).toMatchObject({ outcome: 'failure' })
    expect(result.why).toContain('The clone does not work within 2000000 bytes of disk')
  })

  each('a build that writes without end is stopped, and its log is as long as allowed', async () => {
    const { log, result } = await inside().build('echo first; yes a line')
    expect(result).toMatchObject({
      outcome: 'failure',
      why: 'build: It wrote more than 1280000 bytes of output',
    })
    expect(log).toMatch(/^first\na line\n/)
    expect(log.length).toBeLessThan(65_000)
  })

  each('a build that writes to us behind its log, or kills the shell above it, gains nothing', async () => {
    const flood = await inside().build('yes >/proc/$PPID/fd/1; exit 0', { limits: { seconds: 5 } })
    expect(flood.artefacts).toHaveLength(0)
    expect(flood.result.outcome).not.toBe('error')
    const { result } = await inside().build('kill -9 $PPID; sleep 1; exit 0')
    expect(result.outcome).not.toBe('success')
  })

  each('nothing of a build is there for the next one, and none outlives its end', async () => {
    const mark = `4242${process.pid}`
    const first = await inside().build(
      `for each in . /tmp /dev/shm /var/tmp /run /usr/local/bin "$HOME"; do echo x >"$each/poison-${mark}" 2>/dev/null; done
      git config --global alias.status '!echo poisoned'
      (setsid sleep ${mark} &) ; nohup setsid sh -c 'trap "" TERM HUP; sleep ${mark}; :' >/dev/null 2>&1 &
      exit 0`,
    )
    expect(first.result.outcome).toBe('success')
    expect(processesWith(mark)).toEqual([])
    const next = await inside().build(
      `find / -path /proc -prune -o -path '/usr/[!l]*' -prune -o -path /usr/lib -prune -o -name 'poison-*' -print 2>/dev/null
      git status --short`,
    )
    expect(next).toMatchObject({ log: '', result: { outcome: 'success' } })
  })

  each('of two builds at once, one that kills all it sees does not see the other', async () => {
    const mark = `4343${process.pid}`
    const victim = inside().build(
      `echo begun; sh -c 'exec sleep 3 ${mark}s' & sleep 3; kill -0 $! && echo there`,
    )
    const killer = inside().build(
      `sleep 1; grep -als '[4]${mark.slice(1)}' /proc/[0-9]*/cmdline && echo BREACH; kill -KILL -1; sleep 1; exit 0`,
    )
    expect(breaches((await killer).log)).toEqual([])
    expect((await killer).result.outcome).not.toBe('error')
    expect(await victim).toMatchObject({ log: 'begun\nthere\n', result: { outcome: 'success' } })
    expect(host.alive()).toBe(true)
  })

  each('what a repository holds runs nothing and leads nowhere, on the host and within', async () => {
    const repository = inside().repository()
    const pwned = join(machine.directory, `pwned-${name}-${own}`)
    const commit = repository.commit({
      leak: { link: host.secret },
      up: { link: '../../../../../../../..' },
      '.gitattributes': '*.txt filter=evil\n',
      '.gitmodules': `[submodule "m"]\n\tpath = m\n\turl = ext::sh -c touch% ${pwned}\n[submodule "n"]\n\tpath = n\n\turl = -u./x\n`,
      'a.txt': 'a\n',
      '--upload-pack=x': 'x\n',
      '.ci/build': script(
        `cat leak 2>/dev/null && echo "BREACH: link"; cat up${host.secret} 2>/dev/null && echo "BREACH: up"
        ls .git/hooks 2>/dev/null | grep -q . && echo "BREACH: hooks"; cat a.txt; git status --short; exit 0`,
      ),
    })
    const refs = repository.git('show-ref')
    for (const hook of ['post-checkout', 'post-merge', 'reference-transaction'])
      writeFileSync(join(repository.path, '.git/hooks', hook), script(`touch ${pwned}; exit 0`), {
        mode: 0o755,
      })
    repository.git('config', 'core.fsmonitor', `touch ${pwned}`)
    repository.git('config', 'uploadpack.packObjectsHook', `touch ${pwned};`)
    repository.git('config', 'filter.evil.smudge', `touch ${pwned}`)
    const { log, result } = await inside().run({ repository: repository.path, commit })
    expect({ log, outcome: result.outcome }).toEqual({ log: 'a\n', outcome: 'success' })
    expect(existsSync(pwned)).toBe(false)
    rmSync(join(repository.path, '.git/config'))
    expect(repository.git('show-ref')).toBe(refs)
  })

  each('a build cannot read the keys of the session of the runner', async () => {
    const repository = inside().repository()
    const commit = repository.commit({ '.ci/build': script(`perl -e '${readKey}'; echo tried; exit 0`) })
    const job = JSON.stringify(jobOf({ repository: repository.path, commit }))
    const { rooms, root } = inside().probed.ground
    const runner = [
      process.execPath,
      join(import.meta.dirname, '../one-job.ts'),
      job,
      rooms,
      name,
      root ?? '',
    ]
    const { stdout } = await promisify(execFile)('perl', ['-e', addKey, ...runner])
    expect(breaches(stdout)).toEqual([])
    expect(stdout).toMatch(/^(?:nothing\n)?tried\n\{/)
  })

  test('nothing is left of all of them', () => {
    expect(inside().remains()).toEqual([])
  })
})

function processesWith(word: string): string[] {
  return readdirSync('/proc')
    .filter(each => /^\d+$/.test(each))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word)
      } catch {
        return false
      }
    })
}
