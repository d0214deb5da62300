// What a sandbox of one kind is: whether it can be had here, and how a program is started in it. Each is a program that
// others wrote; ours is the list of its options.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../base/settings.ts'
import type { EntryPlaces } from '../entry.ts'
import type { TierName } from '../job.ts'
import type { Room } from '../room.ts'

export interface Tier {
  readonly name: TierName
  /** Before it is tried: what is missing, as a sentence with what to do. */
  missing(ground: Ground): string | null
  /** Where the entry finds what it needs. */
  places(room: Room): EntryPlaces
  /** The program and its words; files that it needs are written into the room. */
  command(room: Room, launch: Launch, ground: Ground): readonly string[]
  /** What it takes itself, beside the build. */
  readonly own: { readonly pids: number; readonly memoryBytes: number }
}

/** What the operator said about this machine. */
export interface Ground {
  /** The directory of the rooms. */
  readonly rooms: string
  /** A root file system for the builds; null for none. */
  readonly root: string | null
  readonly sandbox: Sandbox
}

export interface Launch {
  /** Of /bin/sh in the sandbox. */
  readonly words: readonly string[]
  readonly network: boolean
  readonly diskBytes: number
  /** For each process. */
  readonly filesMax: number
  /** Where no control group counts processes and memory. */
  readonly single: { readonly pids: number; readonly memoryBytes: number } | null
}

/** /tmp and /dev/shm are RAM disks, too. */
export const scratchBytes = ({ diskBytes }: Launch): { tmp: number; shm: number } => ({
  tmp: Math.floor(diskBytes / 4),
  shm: Math.floor(diskBytes / 16),
})

/** Of this machine, to find others by name; in a root that is only read there is a place for what it has itself. */
export const networkFiles = ({ root }: Ground): string[] =>
  ['/etc/resolv.conf', '/etc/hosts'].filter(
    path => existsSync(path) && (root === null || existsSync(join(root, path))),
  )
