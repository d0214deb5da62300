// Which sandboxes this machine has, found out by starting each: options that a version lacks, a kernel that allows no user
// namespaces, a file system that cannot be mounted show nowhere else.
import { type CgroupBase, cgroupBase } from './cgroup.ts'
import { probeWords } from './entry.ts'
import type { JobLimits } from './job.ts'
import { launch } from './launch.ts'
import { stepLog } from './log.ts'
import { makeRoom } from './room.ts'
import { bwrap } from './tier/bwrap.ts'
import { gvisor } from './tier/gvisor.ts'
import { none } from './tier/none.ts'
import { nspawn } from './tier/nspawn.ts'
import type { Ground, Tier } from './tier/tier.ts'

export interface Probed {
  readonly ground: Ground
  /** What counts memory and processes; null where only single processes have limits. */
  readonly base: CgroupBase
  readonly tiers: readonly ProbedTier[]
}

interface ProbedTier {
  readonly tier: Tier
  /** Null when it works; else why it does not, and what to do. */
  readonly why: string | null
  readonly startSeconds: number | null
}

/** In the order of their strength. Takes a second or two. */
export async function probe(ground: Ground): Promise<Probed> {
  const base = cgroupBase()
  const tiers: ProbedTier[] = []
  for (const tier of [gvisor, nspawn, bwrap, none]) tiers.push(await probeTier(tier, ground, base))
  return { ground, base, tiers }
}

async function probeTier(tier: Tier, ground: Ground, base: CgroupBase): Promise<ProbedTier> {
  const unwanted = ground.sandbox !== 'best' && ground.sandbox !== tier.name
  const missing = unwanted ? `[ci] says sandbox = "${ground.sandbox}"` : tier.missing(ground)
  if (missing !== null) return { tier, why: missing, startSeconds: null }
  const room = makeRoom(ground.rooms)
  try {
    room.settle({})
    const log = stepLog({ bytesMax: 10_000, emit: () => {} })
    const ended = await launch(
      { tier, room, ground, base },
      {
        words: probeWords(),
        limits: probeLimits,
        seconds: probeSeconds,
        network: false,
        signal: new AbortController().signal,
        onOutput: chunk => {
          log.write(chunk)
          return undefined
        },
        onArtefacts: () => undefined,
      },
    )
    log.end()
    if (ended.code === 0 && ended.progress !== 'nothing')
      return { tier, why: null, startSeconds: ended.seconds }
    const lacks = ended.progress === 'nothing' ? 'does not start' : 'has no git'
    return { tier, why: `it ${lacks} (exit code ${ended.code}): ${log.last()}`, startSeconds: null }
  } catch (error) {
    return { tier, why: (error as Error).message, startSeconds: null }
  } finally {
    room.end()
  }
}

const probeSeconds = 30
const probeLimits: JobLimits = {
  seconds: probeSeconds,
  memoryBytes: 64_000_000,
  diskBytes: 8_000_000,
  pids: 64,
  cpus: 1,
  outputBytes: 10_000,
  artefactBytes: 0,
}
