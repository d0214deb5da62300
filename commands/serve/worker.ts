// The role worker: sorts mail and then authenticates it, follows git, and sends what is owed.
import type { Config } from '../../base/config.ts'
import { startJudge } from '../../ingest/auth/judge.ts'
import { openKeyring } from '../../ingest/auth/keyring.ts'
import { makeResolver } from '../../ingest/auth/resolver.ts'
import { withProvenKeys } from '../../ingest/submission/proven-keys.ts'
import { makeRelay } from '../../sql/relay.ts'
import { dataDirectory } from '../../sql/server.ts'
import { startSender } from '../../tracker/answer/sender.ts'
import { startWebhooks } from '../../tracker/answer/webhooks.ts'
import { startFollower } from '../../tracker/branch/follow.ts'
import { startProjector } from '../../tracker/project/projector.ts'
import type { Serving } from './serving.ts'

/** Answers how it is woken. */
export function startWorker(serving: Serving): () => void {
  const { config, log, metrics, closers } = serving
  const db = serving.pools.main
  const auth = authOf(config)
  const judge = startJudge({ db, log, metrics, ...auth, keyring: withProvenKeys(auth.keyring, db) })
  closers.push(() => judge.close())
  const projector = startProjector(db, log, metrics, () => judge.look())
  closers.push(() => projector.close())
  const onChange = () => projector.poke()
  const data = dataDirectory(config, log)
  const follower = startFollower({ db, data, log, everySeconds: config.followSeconds, onChange })
  closers.push(() => follower.close())
  const { relay, limits } = config
  const perHourMax = limits.outgoingPerHourMax
  const sender = startSender({ db, log, perHourMax, relay: relay && makeRelay(relay) })
  closers.push(() => sender.close())
  const webhooks = startWebhooks({ db, log, url: config.url, allowed: config.webhooksAllowed })
  closers.push(() => webhooks.close())
  return onChange
}

/** By what a sender is judged. */
function authOf({ auth, lists }: Config) {
  const trusted = new Map(lists.map(({ name, trustedServers }) => [name, trustedServers]))
  return {
    keyring: openKeyring(auth.keyring?.path ?? null),
    resolve: makeResolver(auth.dns),
    trustedServers: (list: string) => [...auth.trustedServers, ...(trusted.get(list) ?? [])],
  }
}
