// One PostgreSQL server for the whole test run, started by Threadwork's own code in a temporary directory.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../sql/server.ts'

export default async function startServer(project: TestProject): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), 'threadwork-test-'))
  // PostgreSQL runs under another account when the tests run as root.
  chmodSync(data, 0o711)
  const { db, url, close } = await openDatabase(
    { data, dataChosen: true, database: null },
    { info: () => {}, warn: console.warn },
  )
  endWithUs(data)
  // The migrated database is the template; a template must have no connection while it is cloned.
  await db.destroy()
  project.provide('server', url.replace('/threadwork?', '/postgres?'))
  return close
}

/**
 * Vitest calls no teardown after Ctrl-C, a kill or an error here. A shell whose standard input is a pipe from us
 * sees its end whatever way we end, and stops the server then.
 */
function endWithUs(data: string): void {
  const pid = readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0] ?? ''
  const script =
    'cat >/dev/null; kill -INT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"'
  const guard = spawn('sh', ['-c', script, 'sh', pid, data], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  ;(guard.stdin as unknown as { unref(): void }).unref()
}
