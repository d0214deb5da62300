// The name under which a serve uses the database of a data directory, so that doctor finds it there.
import type { Role } from './options.ts'

export const serveName = (only: ReadonlySet<Role>): string =>
  `threadwork serve ${[...only].join(',')} ${process.pid}`

/** Null for the name of any other connection. */
export function readServeName(name: string): { roles: string[]; pid: number } | null {
  const [, roles = '', pid = ''] = name.match(/^threadwork serve ([a-z,]+) (\d+)$/) ?? []
  return pid === '' ? null : { roles: roles.split(','), pid: Number(pid) }
}
