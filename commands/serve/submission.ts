// Patches over HTTP: the endpoint for the pages' address. Whether a list takes them is its setting, looked at with each request.
import { openKeyring } from '../../ingest/auth/keyring.ts'
import { makeResolver } from '../../ingest/auth/resolver.ts'
import { submissionRoutes } from '../../ingest/submission/submission.ts'
import type { WebOptions } from '../../web/serve.ts'
import type { Serving } from './serving.ts'

export const submissionOf =
  ({ config, pools, log }: Serving): WebOptions['submission'] =>
  url =>
    submissionRoutes({
      ...{ db: pools.web, log, url },
      keyring: openKeyring(config.auth.keyring?.path ?? null),
      resolve: makeResolver(config.auth.dns),
      relayed: config.relay !== null,
      mailBytesMax: config.limits.mailBytesMax,
    })
