// Whether the LMTP door can stand at its Unix socket.
import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { socketPathBytesMax } from '../../sql/embedded/socket.ts'
import type { Finding } from './finding.ts'

/** What keeps `serve` from listening there, as it would say itself; one that is there already is replaced or in use. */
export function unixSocket(path: string): Finding {
  const problem = problemAt(path)
  const what = 'lmtp address'
  return problem === null ? { well: true, what, found: path } : { well: false, what, ...problem }
}

const choose = 'choose another with listen under [lmtp]'

function problemAt(path: string): Pick<Finding, 'found' | 'mend'> | null {
  const directory = dirname(path)
  if (Buffer.byteLength(path) > socketPathBytesMax)
    return { found: `"${path}" has more than ${socketPathBytesMax} bytes`, mend: choose }
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { found: `there is no directory "${directory}"`, mend: `mkdir -p "${directory}"` }
  if (!mayWrite(directory))
    return { found: `"${directory}" cannot be written to`, mend: `chown $(id -un) "${directory}", as root` }
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === false)
    return { found: `"${path}" is there and no socket`, mend: choose }
  return null
}

function mayWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
