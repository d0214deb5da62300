// The database of a command: opened before its work, closed behind it, however that ends.
import type { Arguments } from '../../base/command.ts'
import type { Config } from '../../base/config.ts'
import type { Log } from '../../base/log.ts'
import { hasCome, stopSignal } from '../../base/stop-signal.ts'
import type { Database, OpenOptions } from '../../sql/server.ts'
import { readConfig } from './config.ts'
import { openLog } from './log.ts'

/** What a command works with. */
export interface Ground {
  readonly db: Database['db']
  readonly config: Config
  readonly log: Log
}

type Use = (ground: Ground) => Promise<number>

/** `stop` breaks off the wait for a database that starts. */
export async function withDatabase(args: Arguments, use: Use, stop?: AbortSignal): Promise<number> {
  const config = await readConfig(args)
  const log = await openLog(args, config)
  return useDatabase(config, log, use, { stop })
}

export async function useDatabase(
  config: Config,
  log: Log,
  use: Use,
  options: OpenOptions = {},
): Promise<number> {
  const { openDatabase } = await import('../../sql/server.ts')
  const database = await openDatabase(config, log, options)
  try {
    return await use({ db: database.db, config, log })
  } finally {
    await database.close()
  }
}

/** For work that Ctrl-C may break off anywhere: the database server must still be left in order. */
export async function untilStopped(args: Arguments, use: Use): Promise<number> {
  const stop = stopSignal()
  const stopped = hasCome(stop).then(() => 130)
  return withDatabase(args, ground => Promise.race([use(ground), stopped]), stop)
}
