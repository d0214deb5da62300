// Control groups: the ones of this machine, and, in the long form, those of version 2 under a kernel of their own, since a
// machine has one version for all (user-mode-linux, which runs as a program over the same files).
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { cgroupBase, makeCgroup } from '../../ci/cgroup.ts'
import { enter } from '../../ci/wrap.ts'
import { buildRoot } from './build-root.ts'

const long = process.env.SANDBOX === 'long'
const directory = mkdtempSync(join(tmpdir(), 'threadwork-cgroup-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('all that is in a group ends with it, and the group is gone', async () => {
  const base = cgroupBase()
  if (base === null) throw new Error('No control group for us; run this as root')
  const group = makeCgroup(base, `test-${process.pid}`, { memoryBytes: 32_000_000, pids: 32, cpus: 1 })
  const [program = '', ...words] = enter(group.enter, base.version)
  const child = spawn(program, [...words, 'sh', '-c', 'setsid sleep 600 & setsid sleep 600 & echo; wait'])
  await once(child.stdout, 'data')
  const ended = once(child, 'exit')
  await group.end()
  await ended
  expect(group.enter.map(file => existsSync(dirname(file)))).toEqual(group.enter.map(() => false))
})

const ways = [
  { who: 'root', sandbox: 'bwrap' },
  { who: 'root', sandbox: 'nspawn' },
  { who: 'an account with a group of its own', sandbox: 'bwrap' },
]

test.each(long ? ways : [])(
  'version 2 bounds a build of $who in $sandbox',
  { timeout: 300_000 },
  async ({ who, sandbox }) => {
    const program = join(import.meta.dirname, 'version-two.ts')
    const words = [process.execPath, program, '/run/rooms', buildRoot(), sandbox]
      .map(word => `'${word}'`)
      .join(' ')
    const run =
      who === 'root'
        ? words
        : `sh -c 'echo 0 >/sys/fs/cgroup/service/cgroup.procs; exec setpriv --reuid=61234 \\
    --regid=61234 --clear-groups "$@"' sh ${words}`
    const init = join(directory, 'init')
    writeFileSync(init, firstProgram(run), { mode: 0o755 })
    const { stdout } = await promisify(execFile)(
      'linux.uml',
      [
        'quiet',
        'loglevel=1',
        'rootfstype=hostfs',
        'rootflags=/',
        'ro',
        `init=${init}`,
        'mem=1280M',
        'con=null',
        'con0=null,fd:1',
      ],
      { env: { PATH: process.env.PATH, HOME: directory, TMPDIR: directory }, maxBuffer: 10_000_000 },
    )
    const results = [...stdout.matchAll(/^\{"name".*\}/gm)].map(([line]) => JSON.parse(line))
    expect(results, stdout).toEqual([
      { name: 'ends', outcome: 'failure', why: 'build: It ended with exit code 7', tier: sandbox },
      { name: 'forks', outcome: 'failure', why: 'build: It started more than 64 processes', tier: sandbox },
      {
        name: 'memory',
        outcome: 'failure',
        why: 'build: It needed more memory than 96000000 bytes',
        tier: sandbox,
      },
      { name: 'left', rooms: [], groups: [] },
    ])
  },
)

/** Of a kernel that has started. It ends by reboot(2), for which a bare machine has no program. */
const firstProgram = (run: string): string => `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs tmp /tmp; mount -t tmpfs run /run
mount -t cgroup2 cgroup /sys/fs/cgroup
echo '+memory +pids +cpu' >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/service /run/rooms; chmod 777 /run/rooms; chown -R 61234 /sys/fs/cgroup/service
${run}
perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc)'
`
