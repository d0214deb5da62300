// gVisor: a kernel of its own, in user space, between the build and the host's kernel. `runsc run` with a bundle (OCI
// runtime specification 1.0) of the builds' own root file system; never `runsc do`, which shows the host's.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { places } from '../entry.ts'
import { findProgram, searchPath } from '../program.ts'
import { buildUser, type Room } from '../room.ts'
import { rootMissing } from './root.ts'
import { type Ground, type Launch, networkFiles, scratchBytes, type Tier } from './tier.ts'

export const gvisor: Tier = {
  name: 'gvisor',
  // Its kernel is a Go program with threads of its own, and its ptrace platform has a host process for each of the build's.
  own: { pids: 128, memoryBytes: 64_000_000 },
  missing({ root }) {
    if (!findProgram('runsc')) return 'there is no runsc: apt-get install runsc'
    return rootMissing('runsc', root)
  },
  places: () => places,
  command(room, launch, ground) {
    const bundle = join(room.tier, 'bundle')
    mkdirSync(bundle, { recursive: true, mode: 0o700 })
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(bundleOf(room, launch, ground)), {
      mode: 0o600,
    })
    return [
      'runsc',
      ...[
        `--root=${join(room.tier, 'state')}`,
        '--ignore-cgroups',
        `--network=${launch.network ? 'host' : 'none'}`,
      ],
      ...['run', `--bundle=${bundle}`, room.name],
    ]
  },
}

const bundleOf = (room: Room, launch: Launch, ground: Ground) => ({
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: buildUser.uid, gid: buildUser.gid },
    args: ['/bin/sh', ...launch.words],
    env: [`PATH=${searchPath}`],
    cwd: places.home,
    capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
    rlimits: [rlimit('NOFILE', launch.filesMax), rlimit('FSIZE', launch.diskBytes), rlimit('CORE', 0)],
    noNewPrivileges: true,
  },
  root: { path: ground.root, readonly: true },
  hostname: 'build',
  mounts: [
    mount('/proc', 'proc', 'proc'),
    mount('/dev', 'tmpfs', 'tmpfs'),
    ...disks(launch),
    bind(room.given, places.given),
    ...['passwd', 'group'].map(name => bind(join(room.etc, name), `/etc/${name}`)),
    ...(launch.network ? networkFiles(ground) : []).map(path => bind(path, path)),
  ],
  linux: {
    namespaces: ['pid', 'ipc', 'uts', 'mount', ...(launch.network ? [] : ['network'])].map(type => ({
      type,
    })),
  },
})

const rlimit = (name: string, most: number) => ({ type: `RLIMIT_${name}`, hard: most, soft: most })

const mount = (destination: string, type: string, source: string, ...options: string[]) => ({
  destination,
  type,
  source,
  options,
})

const bind = (source: string, destination: string) => mount(destination, 'bind', source, 'bind', 'ro')

function disks(launch: Launch) {
  const { tmp, shm } = scratchBytes(launch)
  const disk = (bytes: number, place: string) => mount(place, 'tmpfs', 'tmpfs', `size=${bytes}`, 'mode=1777')
  return [disk(shm, '/dev/shm'), disk(tmp, '/tmp'), disk(launch.diskBytes, places.home)]
}
