// The addresses that the roles listen at are asked for before anything is made or started.
import type { Config } from '../../base/config.ts'
import { type Endpoint, showEndpoint } from '../../base/endpoint.ts'
import { addressProblem } from '../doctor/ports.ts'
import type { Role } from './options.ts'

/** Throws with who has the first one that cannot be had. A Unix socket is left to LMTP itself. */
export async function checkAddresses(config: Config, only: ReadonlySet<Role>): Promise<void> {
  const { smtp, lmtp, web, nntp, metrics } = config
  if (only.has('smtp')) await check('SMTP', 'smtp', smtp)
  if (only.has('smtp') && lmtp !== null && typeof lmtp !== 'string') await check('LMTP', 'lmtp', lmtp)
  if (only.has('web')) await check('HTTP', 'web', web)
  if (only.has('web') && nntp !== null) await check('NNTP', 'nntp', nntp)
  if (metrics !== null) await check('metrics', 'metrics', metrics)
}

async function check(name: string, table: string, endpoint: Endpoint): Promise<void> {
  const problem = await addressProblem(table, endpoint)
  if (problem === null) return
  throw new Error(
    `Cannot listen for ${name} on "${showEndpoint(endpoint)}": ${problem.found}; to mend: ${problem.mend}`,
  )
}
