// Which sandboxes builds can have here, each tried by starting it.
import type { CiConfig } from '../../base/config.ts'
import { groundOf } from '../../ci/ground.ts'
import { type Probed, probe } from '../../ci/probe.ts'
import type { Finding } from './finding.ts'

/** Nothing where no builds run. One that works is enough; the others say what they would need. */
export async function sandboxes(ci: CiConfig, data: string): Promise<Finding[]> {
  if (ci.sandbox === null) return []
  const probed = await probe(groundOf(ci, data))
  const none = probed.tiers.every(({ why }) => why !== null)
  const tried = probed.tiers.filter(({ tier, why }) => why === null || tier.name !== 'none')
  const each = tried.map(({ tier, why, startSeconds }) => {
    const found = why ?? `works, starts in ${Math.round((startSeconds ?? 0) * 1_000)} ms`
    return { well: true, what: `sandbox ${tier.name}`, found }
  })
  return [...each, ...(none ? [nothing] : []), counting(probed)]
}

const nothing: Finding = {
  well: false,
  what: 'sandboxes',
  found: 'none works, so no build runs here',
  mend: 'do what is said of one of them; the easiest is apt-get install bubblewrap',
}

/** Without a group the limits are those of single processes, and many together may take all of the machine. */
function counting({ base }: Probed): Finding {
  const what = 'limits of builds'
  if (base !== null) return { well: true, what, found: `by control groups, version ${base.version}` }
  const found = 'there is no control group for us, so memory is bounded for each process alone (docs/ci.md)'
  return { well: true, what, found }
}
