// What the role ci does with mailed patchsets: a process that applies them to the repositories of the policy.

import { startApplier } from '../../tracker/build/applier.ts'
import { openPolicy } from '../../tracker/build/policy-file.ts'
import { reportBuild } from '../../tracker/build/report.ts'
import type { Serving } from './serving.ts'

export function startPatchsets({ config, pools, log, closers }: Serving, data: string): void {
  if (config.ci.policy === null) return
  const policy = openPolicy(config.ci.policy.path)
  const applier = startApplier({
    ...{ db: pools.main, data, policy, log, keepDays: config.ci.keepDays },
    tell: (trx, build) => reportBuild(trx, build, null, { policy, data, url: config.url }),
  })
  closers.push(() => applier.close())
}
