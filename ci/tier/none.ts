// No sandbox: the script runs on the host, under the room's account where we are root, with the limits of a control group
// or of single processes. It reads what that account may read, and reaches the network. For a machine that is nothing but
// a build machine, and for people whose pushes are trusted like a login; never for mailed code (sandbox.ts).
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Room } from '../room.ts'
import { asAccount, singleLimits, withDisk } from '../wrap.ts'
import type { Tier } from './tier.ts'

export const none: Tier = {
  name: 'none',
  own: { pids: 0, memoryBytes: 0 },
  missing: ({ sandbox }) => (sandbox === 'none' ? null : 'it must be said: sandbox = "none" in [ci]'),
  places: room => ({ home: homeOf(room), given: room.given }),
  command(room, launch) {
    const home = homeOf(room)
    mkdirSync(home, { recursive: true })
    const { uid, gid } = room.account
    return [
      ...(process.getuid?.() === 0
        ? withDisk(home, `size=${launch.diskBytes},mode=700,uid=${uid},gid=${gid}`)
        : []),
      ...asAccount(room.account),
      ...singleLimits(launch),
      ...['/bin/sh', ...launch.words],
    ]
  },
}

const homeOf = (room: Room): string => join(room.directory, 'home')
