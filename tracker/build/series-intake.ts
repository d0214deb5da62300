// Pushes to refs/for/BRANCH: the hook of one asks in the spool and waits, and what is answered stands on the pusher's terminal.
// Who pushed is found out by the means of builds; the series goes out by whoever started this.
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { PatchPolicy, Policy, PolicyRepository } from '../../ci/policy.ts'
import type { Update } from '../../ci/push.ts'
import {
  type Answer,
  type Asked,
  answerRequest,
  readRequests,
  type SeriesRequest,
} from '../../ci/series-request.ts'
import { dropSpooled } from '../../ci/spool.ts'
import { trustKeeper } from '../../ci/verify/trust.ts'
import { verify } from '../../ci/verify/verify.ts'
import { repositoryAt } from './pushed.ts'
import { type Series, SeriesRefusal, seriesOf } from './series.ts'
import { type SpoolLooks, startSpoolLooks } from './spool-looks.ts'

export interface SeriesIntakeOptions {
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** As it is now. Throws what is wrong in it. */
  readonly policy: () => Policy
  /** A directory; it is made when it is not there. */
  readonly spool: string
  /** Where the keys of signers are kept for GnuPG. */
  readonly homes: string
  /** Of one mail. */
  readonly bytesMax: number
  /** Throws a `SeriesRefusal`. */
  readonly post: (posting: PushedSeries) => Promise<{ version: number; mails: number; to: string }>
}

export interface PushedSeries {
  readonly list: string
  readonly repository: string
  readonly branch: string
  readonly topic: string
  /** What stands for the branch in the brackets of a subject; null for nothing. */
  readonly word: string | null
  readonly by: Pusher
  readonly series: Series
}

interface Pusher {
  readonly name: string
  /** In lower case. */
  readonly address: string
}

type Trust = Awaited<ReturnType<ReturnType<typeof trustKeeper>>>

export function startSeriesIntake(options: SeriesIntakeOptions): SpoolLooks {
  const { log, spool, policy, homes } = options
  const trustOf = trustKeeper(homes)
  const lookAt = async (request: SeriesRequest) => {
    // Nobody waits any more.
    const old = Date.now() - request.at > 2 * limits.seriesWaitSecondsMax * 1_000
    if (old) return dropSpooled(spool, request.name)
    return answerRequest(spool, request, await answerTo(options, () => trustOf(policy()), request))
  }
  const look = async () => {
    // One that cannot be answered keeps none of those behind it.
    const failed = (error: Error) => log.error({ error }, 'A push to refs/for/ cannot be answered')
    for (const request of await readRequests(spool)) await lookAt(request).catch(failed)
  }
  const lost = (error: Error) => log.error({ error }, 'Pushes to refs/for/ cannot be answered')
  return startSpoolLooks(spool, () => look().catch(lost))
}

async function answerTo(
  options: SeriesIntakeOptions,
  trust: () => Promise<Trust>,
  { asked, account }: SeriesRequest,
): Promise<Answer> {
  const { log } = options
  try {
    if (typeof asked === 'string') throw new SeriesRefusal(asked)
    const { posting, answer } = await take(options, await trust(), asked, account)
    log.info({ list: posting.list, topic: posting.topic, by: posting.by.address }, answer.words)
    return answer
  } catch (error) {
    if (error instanceof SeriesRefusal) {
      log.info({ account, why: error.message }, 'Refused a push to refs/for/')
      return { refused: error.message }
    }
    log.error({ error }, 'A push to refs/for/ failed')
    return { refused: 'this could not be done now; it is in the log of the server' }
  }
}

async function take(
  { bytesMax, post }: SeriesIntakeOptions,
  trust: Trust,
  asked: Asked,
  account: number,
): Promise<{ posting: PushedSeries; answer: Extract<Answer, { ref: string }> }> {
  const { push, title, description } = asked
  const repository = await repositoryAt(trust.policy, push.repository)
  const patches = trust.policy.patches.find(
    each => each.repository === repository?.name && each.push.length > 0,
  )
  if (repository === undefined || patches === undefined)
    throw new SeriesRefusal('No list takes series that are pushed here')
  const [update, ...others] = push.updates
  const [, branch] = /^refs\/for\/(.+)$/.exec(update?.ref ?? '') ?? []
  if (update === undefined || branch === undefined || update.new === null || others.length > 0)
    throw new SeriesRefusal('Push one commit to refs/for/BRANCH, and nothing beside it')
  const topic = topicIn(asked)
  const by = await pusherOf(
    { repository, patches, push, account, update: { ...update, new: update.new } },
    trust,
  )
  const series = await seriesOf({
    ...{ directory: repository.path, branch, id: update.new, topic, title, description, bytesMax },
    pusher: `${by.name} <${by.address}>`,
  })
  const posting = {
    list: patches.list,
    repository: repository.name,
    branch,
    topic,
    by,
    series,
    word: wordOf(patches, branch),
  }
  const { version, mails, to } = await post(posting)
  const words =
    mails === 0
      ? `v${version} of ${topic} is known to ${to}`
      : `v${version} of ${topic}: ${mails === 1 ? '1 mail' : `${mails} mails`} to ${to}`
  return { posting, answer: { ref: `refs/for/${branch}/${topic}/v${version}`, words } }
}

/** It is the end of a ref's name, too (git-check-ref-format(1)). */
function topicIn({ topic }: Asked): string {
  if (topic === null) throw new SeriesRefusal('It needs a topic: git push -o topic=NAME')
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,79}$/.test(topic) || topic.endsWith('.lock'))
    throw new SeriesRefusal('A topic has up to 80 letters, digits, "-", "_" and single "."')
  return topic
}

const wordOf = ({ branch: usual, prefixes }: PatchPolicy, branch: string): string | null =>
  branch === usual ? null : (Object.entries(prefixes).find(([, to]) => to === branch)?.[0] ?? null)

interface Claimed {
  readonly repository: PolicyRepository
  readonly patches: PatchPolicy
  readonly push: Asked['push']
  readonly account: number
  readonly update: Update & { readonly new: string }
}

async function pusherOf(
  { repository, patches, push, account, update }: Claimed,
  trust: Trust,
): Promise<Pusher> {
  const { policy } = trust
  // What is built, and by whose word, is another question.
  const asked = { ...repository, proofs: [{ refs: ['*'], require: patches.push }] }
  const verdict = await verify({ repository: asked, push, account, update, commit: update.new }, trust)
  if (!verdict.verified) throw new SeriesRefusal(`Who pushed is not known: ${verdict.why}`)
  const { proof, signer } = verdict.evidence
  const name = signer ?? verdict.submitter
  const address =
    proof === 'gitolite-user'
      ? Object.entries(policy.gitoliteAddresses).find(([user]) => user === name)?.[1]
      : policy.signers.find(each => each.name === name && each.address !== null)?.address
  if (!address) throw new SeriesRefusal(`The policy has no mail address of ${name}`)
  return { name: name.replace(/[<>"\p{Cc}]+/gu, ' ').trim(), address: address.toLowerCase() }
}
