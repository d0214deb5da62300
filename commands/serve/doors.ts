// The role smtp: SMTP, and LMTP where it is configured.
import { hostname } from 'node:os'
import type { Config } from '../../base/config.ts'
import { showEndpoint } from '../../base/endpoint.ts'
import { readCertificate, watchCertificate } from '../../ingest/certificate.ts'
import type { ClientLimits } from '../../ingest/clients.ts'
import { type SmtpOptions, startSmtp } from '../../ingest/smtp.ts'
import { allLists } from '../../sql/lists.ts'
import { say } from '../common/say.ts'
import { firstSteps } from './demo.ts'
import type { Serving } from './serving.ts'

type Door = Omit<SmtpOptions, 'host' | 'port' | 'clientLimits' | 'certificate'>

/** Answers their addresses for the line `ready`. */
export async function startDoors(serving: Serving, onArrival: () => void): Promise<string[]> {
  const { config, pools, log, metrics } = serving
  const { mailBytesMax } = config.limits
  const lists = () => allLists(pools.smtp)
  const door = { hostname: hostname(), mailBytesMax, db: pools.smtp, lists, log, onArrival, metrics }
  return [await openSmtp(serving, door), ...(await openLmtp(serving, door))]
}

async function openSmtp({ config, log, closers }: Serving, door: Door): Promise<string> {
  const { tls } = config
  const certificate = tls === null ? undefined : readCertificate(tls)
  const smtp = await startSmtp({ ...config.smtp, ...door, clientLimits: clientLimitsOf(config), certificate })
  closers.push(() => smtp.close())
  if (tls !== null) {
    const unwatch = watchCertificate(tls, log, renewed => smtp.renew(renewed))
    closers.push(async () => unwatch())
  }
  if (config.file === null) say(firstSteps(smtp))
  return `smtp=${showEndpoint(smtp)}`
}

async function openLmtp({ config, closers }: Serving, door: Door): Promise<string[]> {
  if (config.lmtp === null) return []
  const { startLmtp } = await import('../../ingest/lmtp.ts')
  const lmtp = await startLmtp({ ...door, listen: config.lmtp })
  closers.push(() => lmtp.close())
  return [`lmtp=${typeof lmtp.listen === 'string' ? lmtp.listen : showEndpoint(lmtp.listen)}`]
}

const clientLimitsOf = ({ smtpExempt, limits: own }: Config): ClientLimits => ({
  connectionsMax: own.smtpClientConnectionsMax,
  mailsPerMinuteMax: own.smtpClientMailsPerMinuteMax,
  exempt: smtpExempt,
})
