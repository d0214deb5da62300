// Processes by more than their number, which another one may have by now.
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** In ticks since the machine started (proc(5), field 22 of stat). */
  readonly started: string
}

/** `started` is empty when there is no such process. */
export const identityOf = (pid: number): ProcessIdentity => ({ pid, started: startOf(pid) })

export const isAlive = ({ pid, started }: ProcessIdentity): boolean =>
  started !== '' && startOf(pid) === started

/** The process and all of its group. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

/** The second field is the program's name in brackets and may hold blanks and brackets. A zombie is no process. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}
