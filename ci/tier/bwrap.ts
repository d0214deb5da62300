// bubblewrap: user namespaces without privileges, over the host's own /usr or a root file system of the operator's. It is
// never started as root: root's bwrap keeps root's right to read every file of the host, whatever --uid says (measured:
// it read /etc/shadow). As root we become the room's account first.
import { chmodSync, existsSync, lstatSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { places } from '../entry.ts'
import { findProgram } from '../program.ts'
import { buildUser, type Room } from '../room.ts'
import { seccompFilter } from '../seccomp.ts'
import { asAccount, singleLimits } from '../wrap.ts'
import { type Launch, networkFiles, scratchBytes, type Tier } from './tier.ts'

export const bwrap: Tier = {
  name: 'bwrap',
  own: { pids: 2, memoryBytes: 0 },
  missing: () => (findProgram('bwrap') ? null : 'there is no bwrap: apt-get install bubblewrap'),
  places: () => places,
  command: (room, launch, ground) => [
    ...asAccount(room.account),
    ...singleLimits(launch),
    ...withFilter(room),
    ...['bwrap', '--seccomp', '3'],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    // Without the explicit --unshare-user the second is refused; with it the build makes no namespaces of its own.
    ...[
      '--unshare-user',
      '--disable-userns',
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-uts',
      '--unshare-cgroup-try',
    ],
    ...(launch.network ? [] : ['--unshare-net']),
    ...['--uid', String(buildUser.uid), '--gid', String(buildUser.gid), '--hostname', 'build'],
    ...(ground.root === null ? hostRoot() : ['--ro-bind', ground.root, '/']),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...disks(launch),
    ...['--ro-bind', room.given, places.given],
    ...identity(room),
    ...(launch.network ? readable(networkFiles(ground)) : []),
    ...(ground.root === null ? ['--remount-ro', '/'] : []),
    ...['--remount-ro', '/dev', '--chdir', places.home, '--', '/bin/sh', ...launch.words],
  ],
}

/** As file descriptor 3. */
function withFilter({ tier }: Room): string[] {
  const file = join(tier, 'filter')
  writeFileSync(file, seccompFilter())
  chmodSync(tier, 0o755)
  chmodSync(file, 0o644)
  return ['/bin/sh', '-c', 'exec 3<"$1"; shift; exec "$@"', 'sh', file]
}

function disks(launch: Launch): string[] {
  const { tmp, shm } = scratchBytes(launch)
  const disk = (bytes: number, place: string) => ['--size', String(bytes), '--tmpfs', place]
  return [...disk(shm, '/dev/shm'), ...disk(tmp, '/tmp'), ...disk(launch.diskBytes, places.home)]
}

const identity = ({ etc }: Room): string[] =>
  ['passwd', 'group'].flatMap(name => ['--ro-bind', join(etc, name), `/etc/${name}`])

/** Programs and what they need to be found; nothing of /etc that is this machine's own. */
function hostRoot(): string[] {
  const tops = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].filter(existsSync)
  const linked = tops.flatMap(top =>
    lstatSync(top).isSymbolicLink() ? ['--symlink', readlinkSync(top), top] : ['--ro-bind', top, top],
  )
  const etc = [
    '/etc/alternatives',
    '/etc/ld.so.cache',
    '/etc/ld.so.conf',
    '/etc/ld.so.conf.d',
    '/etc/ssl/certs',
    '/etc/nsswitch.conf',
    '/etc/services',
  ]
  return ['--ro-bind', '/usr', '/usr', ...linked, ...readable(etc)]
}

const readable = (paths: readonly string[]): string[] => paths.flatMap(path => ['--ro-bind-try', path, path])
