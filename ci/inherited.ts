// What whoever started us had open and did not close: a shell's lock, a supervisor's pipe, perhaps a directory. Programs that we
// start would have it, and through it a build would reach out of its sandbox (bubblewrap closes nothing).
import { closeSync, readdirSync, readFileSync } from 'node:fs'

/** To be called first. What this program opens itself no other one inherits (open(2), O_CLOEXEC). */
export function closeInherited(): void {
  for (const fd of openFiles()) if (fd > 2 && isInherited(fd)) closeSync(fd)
}

function openFiles(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    // There are no sandboxes without it, either.
    return []
  }
}

/** proc_pid_fdinfo(5): the flags are octal. */
function isInherited(fd: number): boolean {
  try {
    const [, flags = ''] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? []
    return (Number.parseInt(flags, 8) & closeOnExec) === 0
  } catch {
    // That of the directory that was read.
    return false
  }
}

const closeOnExec = 0o2000000
