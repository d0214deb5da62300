import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Of the programs that build the wall, and of those within; nothing of the server's own environment goes with it. */
export const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Its path; null when there is none. */
export function findProgram(name: string): string | null {
  const paths = searchPath.split(':').map(directory => join(directory, name))
  return paths.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
