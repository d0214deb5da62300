// The role ci: takes up what was lost, drops old logs, and has builds run beside the server, by a process of its own that knows
// neither the configuration nor the database and speaks to a door that only this machine can reach.
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { showEndpoint } from '../../base/endpoint.ts'
import { groundOf } from '../../ci/ground.ts'
import { spoolOf } from '../../ci/spool.ts'
import { renewLocalRunner } from '../../sql/tokens.ts'
import { startIntake } from '../../tracker/build/intake.ts'
import { startKeeper } from '../../tracker/build/keeper.ts'
import { openPolicy } from '../../tracker/build/policy-file.ts'
import type { Queue } from '../../tracker/build/queue.ts'
import { type Listener, listen } from '../../web/listen.ts'
import { runnerRoutes } from '../../web/route/runner.ts'
import { startPatchsets } from './patchsets.ts'
import { startChild } from './runner-child.ts'
import { startSeries } from './series.ts'
import type { Serving } from './serving.ts'

export async function startCi(serving: Serving, queue: Queue, data: string): Promise<void> {
  const { config, pools, log, closers } = serving
  const { ci } = config
  const keeper = startKeeper({ db: pools.main, queue, data, log, keepDays: ci.keepDays })
  closers.push(() => keeper.close())
  startPatchsets(serving, data)
  if (ci.policy !== null) {
    const policy = openPolicy(ci.policy.path)
    const spool = spoolOf(ci, data)
    const intake = startIntake({ db: pools.main, log, policy, spool, homes: join(data, 'keys') })
    closers.push(() => intake.close())
    startSeries(serving, data)
  }
  if (ci.runners === 0 || (ci.sandbox === null && ci.launcher === null)) return
  const door = await openDoor(serving, queue, data)
  closers.push(() => door.close())
  const name = `built-in ${hostname()}`
  const token = await renewLocalRunner(pools.main, name)
  const { runners: atOnce, launcher } = ci
  const runner = startChild(
    {
      server: `http://${showEndpoint(door)}`,
      ...{ token, atOnce, ground: groundOf(ci, data) },
      ...{ launcher: launcher === null ? null : [...launcher], logLevel: config.logLevel },
    },
    name,
    log,
  )
  closers.push(() => runner.close())
}

function openDoor({ pools, log }: Serving, queue: Queue, data: string): Promise<Listener> {
  const onError = (error: Error, path: string) => log.error({ error, path }, 'A runner could not be answered')
  const app = new Hono().route('/-/runner', runnerRoutes({ db: pools.web, queue, data, onError }))
  return listen(app, { host: '127.0.0.1', port: 0 }, 'the runner')
}
