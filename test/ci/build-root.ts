// The root file system of the builds: made by the command that docs/ci.md names, once a machine, and kept.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const kept = '/var/tmp/threadwork-test-root'

/** Takes a minute or two the first time. Another test may make it at the same time: whoever is through first wins. */
export function buildRoot(): string {
  if (existsSync(kept)) return kept
  const fresh = mkdtempSync(join(tmpdir(), 'threadwork-root-'))
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', '--include=git', suite, join(fresh, 'root')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    renameSync(join(fresh, 'root'), kept)
  } catch (error) {
    if (!existsSync(kept)) throw error
  }
  rmSync(fresh, { recursive: true, force: true })
  return kept
}
