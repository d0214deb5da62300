import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** As a sentence; null when the sandbox can be tried. */
export function rootMissing(program: string, root: string | null): string | null {
  if (process.getuid?.() !== 0) return `${program} needs root, and this is the account ${process.getuid?.()}`
  if (root === null) return `${program} needs a root file system: set root in [ci], made by ${makeRoot}`
  if (!existsSync(join(root, 'bin/sh')))
    return `there is no /bin/sh in "${root}": correct root in [ci], or make it by ${makeRoot}`
  return null
}

const makeRoot = 'mmdebstrap --variant=minbase --include=git,build-essential stable DIRECTORY'
