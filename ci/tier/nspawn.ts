// systemd-nspawn: namespaces, a root file system of the builds' own for reading only, account numbers of the room's own,
// no capabilities. It needs root, and no systemd that runs (--register=no --keep-unit).
import { join } from 'node:path'
import { places } from '../entry.ts'
import { findProgram } from '../program.ts'
import { accountsPerRoom, buildUser, type Room } from '../room.ts'
import { withDisk } from '../wrap.ts'
import { rootMissing } from './root.ts'
import { type Ground, type Launch, networkFiles, scratchBytes, type Tier } from './tier.ts'

export const nspawn: Tier = {
  name: 'nspawn',
  own: { pids: 4, memoryBytes: 16_000_000 },
  missing({ root }) {
    if (!findProgram('systemd-nspawn')) return 'there is no systemd-nspawn: apt-get install systemd-container'
    return rootMissing('systemd-nspawn', root)
  },
  places: () => places,
  command: (room, launch, ground) => [
    // Its state is in /run, on the host; each build has one of its own, in the mounts that only it sees.
    ...withDisk('/run/systemd/nspawn', 'size=1m,mode=755'),
    'systemd-nspawn',
    ...['--quiet', '--register=no', '--keep-unit', '--as-pid2', '--console=pipe', '--kill-signal=SIGKILL'],
    ...[
      '--read-only',
      `--directory=${ground.root}`,
      '--hostname=build',
      '--link-journal=no',
      '--timezone=off',
    ],
    ...['--no-new-privileges=yes', '--drop-capability=all'],
    // The files of the root stay nobody's: they are only read, and no file system has to map their owners.
    ...[
      `--private-users=${room.account.uid - buildUser.uid}:${accountsPerRoom}`,
      '--private-users-ownership=off',
    ],
    ...(launch.network ? networkOptions(ground) : ['--private-network', '--resolv-conf=off']),
    ...disks(launch),
    ...binds(room),
    ...resourceLimits(launch),
    ...[`--user=${buildUser.name}`, `--chdir=${places.home}`, '--', '/bin/sh', ...launch.words],
  ],
}

function disks(launch: Launch): string[] {
  const { tmp, shm } = scratchBytes(launch)
  const disk = (bytes: number, place: string) => `--tmpfs=${place}:size=${bytes},mode=1777,nosuid,nodev`
  return [disk(shm, '/dev/shm'), disk(tmp, '/tmp'), disk(launch.diskBytes, places.home)]
}

const binds = ({ given, etc }: Room): string[] => [
  `--bind-ro=${given}:${places.given}`,
  ...['passwd', 'group'].map(name => `--bind-ro=${join(etc, name)}:/etc/${name}`),
]

/** NPROC as the control group's second: it counts by account, and the account is the room's alone. */
const resourceLimits = ({ single, diskBytes, filesMax }: Launch): string[] => [
  '--rlimit=CORE=0',
  `--rlimit=NOFILE=${filesMax}`,
  `--rlimit=FSIZE=${diskBytes}`,
  ...(single === null ? [] : [`--rlimit=NPROC=${single.pids}`, `--rlimit=DATA=${single.memoryBytes}`]),
]

const networkOptions = (ground: Ground): string[] => [
  '--resolv-conf=off',
  ...networkFiles(ground).map(path => `--bind-ro=${path}`),
]
