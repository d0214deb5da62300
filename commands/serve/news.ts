// The lists as newsgroups, beside the pages.
import { showEndpoint } from '../../base/endpoint.ts'
import { hostOf } from '../../sql/outgoing-mail.ts'
import type { Serving } from './serving.ts'

/** Answers its address for the line `ready`; none where it is not configured. */
export async function startNews({ config, pools, log, closers }: Serving): Promise<string[]> {
  if (config.nntp === null) return []
  const { startNntp } = await import('../../web/nntp/server.ts')
  const nntp = await startNntp({ ...config.nntp, db: pools.web, log, name: hostOf(config.address) })
  closers.push(() => nntp.close())
  return [`nntp=${showEndpoint(nntp)}`]
}
