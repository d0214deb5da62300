// What becomes of builds that nobody speaks for any more, and of logs and refusals that are old. Any number of processes may run one.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { dropRefused } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { dropLogs } from './logs.ts'
import type { Queue } from './queue.ts'

export interface KeeperOptions {
  readonly db: Kysely<Tables>
  readonly queue: Pick<Queue, 'giveUp'>
  readonly data: string
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly keepDays: number
}

export interface Keeper {
  close(): Promise<void>
}

export function startKeeper({ db, queue, data, log, keepDays }: KeeperOptions): Keeper {
  const stop = new AbortController()
  // Runners could not say anything while there was no server, so all of them have one lease's time to do so.
  const patient = performance.now() + limits.buildLeaseSecondsMax * 1_000
  let ages = 0
  const round = async () => {
    const now = performance.now()
    const lost = now < patient ? 0 : await queue.giveUp()
    if (lost > 0) log.warn({ builds: lost }, 'Builds were given up, because their runner said nothing')
    if (now < ages) return
    const before = new Date(Date.now() - keepDays * 86_400_000)
    const dropped = await dropLogs(data, before)
    if (dropped > 0) log.info({ builds: dropped }, 'Logs of old builds were dropped')
    const refused = await dropRefused(db, before)
    if (refused > 0) log.info({ builds: refused }, 'Pushes that were refused long ago were forgotten')
    ages = now + limits.ageLookMinutesMax * 60_000
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      await round().catch((error: unknown) => log.warn({ error }, 'Builds could not be looked after'))
      await sleep(limits.leaseLookSecondsMax * 1_000, undefined, { signal: stop.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    close: async () => {
      stop.abort()
      await running
    },
  }
}
