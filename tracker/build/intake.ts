// From the spool to the queue: each push is looked up in its repository, verified, and becomes a build that waits for a runner
// or one that was refused. Any number of processes may do it, and a push that comes twice is one build.
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { matchesRef, type Policy, type PolicyRepository } from '../../ci/policy.ts'
import type { Push, Update } from '../../ci/push.ts'
import { dropSpooled, readSpool, type Spooled } from '../../ci/spool.ts'
import { trustKeeper } from '../../ci/verify/trust.ts'
import { verify } from '../../ci/verify/verify.ts'
import type { Tables } from '../../sql/tables.ts'
import { addPush, endDeleted } from './add-push.ts'
import { commitOf, repositoryAt, standingOf, tipOf } from './pushed.ts'
import { type SpoolLooks, startSpoolLooks } from './spool-looks.ts'

export interface IntakeOptions {
  readonly db: Kysely<Tables>
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** As it is now. Throws what is wrong in it. */
  readonly policy: () => Policy
  /** A directory; it is made when it is not there. */
  readonly spool: string
  /** Where the keys of signers are kept for GnuPG. */
  readonly homes: string
}

/** Takes what lies there, then what comes. While the policy is wrong, pushes wait. */
export function startIntake(options: IntakeOptions): SpoolLooks {
  const { log, spool } = options
  const look = lookerOf(options)
  let told = ''
  // Said once, however often it is tried.
  const tell = (error: Error) => {
    if (error.message !== told) log.error({ error }, 'Pushes cannot be taken from the spool')
    told = error.message
  }
  const forget = () => {
    told = ''
  }
  return startSpoolLooks(spool, () => look().then(forget, tell))
}

/** One look; what cannot be decided now is left where it is, for later. */
function lookerOf(options: IntakeOptions): () => Promise<void> {
  const { log, spool, policy, homes } = options
  const trustOf = trustKeeper(homes)
  const later = new Map<string, number>()
  let told: Trust | null = null
  return async () => {
    const now = performance.now()
    for (const [name, at] of later) if (at <= now) later.delete(name)
    const found = await readSpool(spool, later)
    if (found.length === 0) return
    const trust = await trustOf(policy())
    if (trust !== told) for (const problem of trust.problems) log.warn(problem)
    told = trust
    for (const spooled of found) {
      try {
        await takeOne(options, trust, spooled)
        await dropSpooled(spool, spooled.name)
      } catch (error) {
        const old = Date.now() - spooled.at > limits.spoolTriedHoursMax * 3_600_000
        log.error({ error, push: spooled.name }, old ? 'A push is given up' : 'A push waits in the spool')
        later.set(spooled.name, now + limits.spoolAgainMillisecondsMax)
        // One that cannot be taken away keeps none of those behind it.
        if (old) await dropSpooled(spool, spooled.name).catch(() => {})
      }
    }
  }
}

type Trust = Awaited<ReturnType<ReturnType<typeof trustKeeper>>>

async function takeOne(options: IntakeOptions, trust: Trust, spooled: Spooled): Promise<void> {
  const { log } = options
  const { push, wrong, account } = spooled
  if (push === null) return log.warn({ account }, `What lies in the spool is no push: ${wrong}`)
  const repository = await repositoryAt(trust.policy, push.repository)
  if (repository === undefined)
    return log.info({ repository: push.repository }, 'The policy does not name the repository of a push')
  const updates = push.updates.filter(({ ref }) => matchesRef(repository.refs, ref))
  const built = updates.slice(0, limits.pushBuildsMax)
  if (built.length < updates.length)
    log.warn(
      { repository: repository.name, refs: updates.length },
      'A push has too many refs; the first are built',
    )
  for (const update of built) await takeUpdate(options, trust, { repository, push, account, update })
}

interface Told {
  readonly repository: PolicyRepository
  readonly push: Push
  readonly account: number
  readonly update: Update
}

async function takeUpdate({ db, log }: IntakeOptions, trust: Trust, told: Told): Promise<void> {
  const { repository, update } = told
  const { ref, new: id } = update
  const directory = repository.path
  const keep = matchesRef(repository.keep, ref)
  const about = { repository: repository.name, ref }
  if (id === null) {
    if (!keep && (await tipOf(directory, ref)) === null) await endDeleted(db, about)
    return
  }
  const commit = await commitOf(directory, id)
  if (commit === null) return log.info({ ...about, id }, 'What was pushed is no commit, or gone')
  const standing = await standingOf(directory, { ref, id, commit })
  if (standing === 'gone' || (standing === 'older' && !keep))
    return log.info({ ...about, commit }, 'The ref moved on before its push was built')
  const verdict = await verify({ ...told, commit }, trust)
  const added = await addPush(
    db,
    { ...told, commit, verdict, replaces: !keep },
    trust.policy.openPerSubmitterMax,
  )
  log.info({ ...about, commit, ...added }, 'A push came')
}
