// One PostgreSQL server for the whole test run, started by Threadwork's own code in a temporary directory.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../sql/server.ts'

export default async function startServer(project: TestProject): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(inMemory() ?? tmpdir(), 'threadwork-test-'))
  // PostgreSQL runs under another account when the tests run as root.
  chmodSync(data, 0o711)
  const { db, url, close } = await openDatabase(
    { data, dataChosen: true, database: null },
    { info: () => {}, warn: console.warn },
  )
  endWithUs(data)
  // What is kept here is thrown away, and none of it has to outlive a failure of power.
  for (const setting of ['fsync = off', 'full_page_writes = off', "max_wal_size = '128MB'"])
    await sql.raw(`alter system set ${setting}`).execute(db)
  await sql`select pg_reload_conf()`.execute(db)
  // The migrated database is the template; a template must have no connection while it is cloned.
  await db.destroy()
  project.provide('server', url.replace('/threadwork?', '/postgres?'))
  return close
}

/** A clone of the template is 300 files of 11 MB: in memory it costs a tenth of what it costs on a disk. */
function inMemory(): string | null {
  const [path, tmpfs, bytesMin] = ['/dev/shm', 0x01021994, 1_000_000_000]
  try {
    const { type, bsize, bavail } = statfsSync(path)
    return type === tmpfs && bsize * bavail >= bytesMin ? path : null
  } catch {
    return null
  }
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
