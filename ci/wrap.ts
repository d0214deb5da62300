// Programs that stand in front of a sandbox's own: each does one thing to itself and becomes the next.
import type { Launch } from './tier/tier.ts'

/** Becomes this account, for good, when we are root. */
export const asAccount = ({ uid, gid }: { uid: number; gid: number }): string[] =>
  process.getuid?.() === 0
    ? [
        ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'],
        // What becomes another account loses the first one.
        ...['--pdeathsig', 'KILL', '--'],
      ]
    : []

/** Inherited by every process of the build. RLIMIT_DATA counts what is written to, where RLIMIT_AS counts reservations. */
export const singleLimits = ({ single, diskBytes, filesMax }: Launch): string[] => [
  'prlimit',
  '--core=0',
  `--nofile=${filesMax}`,
  `--fsize=${diskBytes}`,
  ...(single === null ? [] : [`--nproc=${single.pids}`, `--data=${single.memoryBytes}`]),
  '--',
]

/**
 * Enters the groups by writing into their files; ends when we do; as root, sees no mounts of others and shows none, and is
 * the first process of a namespace, with which the kernel ends all others: systemd-nspawn 252 left its own first process
 * behind when it was killed.
 */
export const enter = (files: readonly string[], version: 1 | 2): string[] => [
  '/bin/sh',
  '-c',
  'n=$1; shift; while [ "$n" -gt 0 ]; do echo 0 >"$1" || exit 125; shift; n=$((n - 1)); done; exec "$@"',
  'sh',
  String(files.length),
  ...files,
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...(process.getuid?.() === 0 ? ownNamespaces(version) : []),
]

/** Groups of version 1 are shown as they are on the host, unless they are hidden; of version 2 systemd-nspawn hides them. */
const ownNamespaces = (version: 1 | 2): string[] => [
  ...['unshare', '--mount', '--pid', '--mount-proc', '--fork', '--kill-child=SIGKILL'],
  ...(version === 1 ? ['--cgroup'] : []),
  '--',
]

/** Mounts a RAM disk there, for itself and what it becomes; the directory is made. Only as root, behind `enter`. */
export const withDisk = (place: string, options: string): string[] => [
  '/bin/sh',
  '-c',
  'mkdir -p "$1" && mount -t tmpfs -o "$2" tmpfs "$1" && shift 2 && exec "$@"',
  'sh',
  place,
  options,
]
