// CPU time and memory of processes, from Linux's /proc. Wall clocks are noisy on a shared machine; CPU time is not.
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc are 1/100 s on every Linux that Node runs on. */
const tickMs = 10

interface Stat {
  readonly parent: number
  readonly ownMs: number
  /** Of children that have ended and were waited for. */
  readonly endedMs: number
}

/** CPU milliseconds of one process; 0 when it is gone. */
export const cpuOf = (pid: number): number => readStat(pid)?.ownMs ?? 0

/** CPU milliseconds of the children that a process had and that have ended. */
export const cpuOfEndedChildren = (pid: number): number => readStat(pid)?.endedMs ?? 0

/** CPU milliseconds of a process, of all below it, and of those that have ended there. */
export function cpuOfTree(pid: number): number {
  const stats = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => ({ pid: Number(name), stat: readStat(Number(name)) }))
  const below = (parent: number): number =>
    stats.reduce((sum, one) => sum + (one.stat?.parent === parent ? usedBy(one.stat) + below(one.pid) : 0), 0)
  const own = readStat(pid)
  return (own ? usedBy(own) : 0) + below(pid)
}

const usedBy = ({ ownMs, endedMs }: Stat) => ownMs + endedMs

/** The most memory that a process had so far, in bytes; 0 when it is gone. */
export function peakMemoryOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in brackets and may hold anything; proc(5) numbers the fields from 1.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (number: number) => Number(fields[number - 3])
    return {
      parent: field(4),
      ownMs: (field(14) + field(15)) * tickMs,
      endedMs: (field(16) + field(17)) * tickMs,
    }
  } catch {
    return undefined
  }
}
