// Whether the relay lets us in: connection, certificate and login, without sending a mail.
import type { RelayConfig } from '../../base/config.ts'
import { withoutPassword } from '../../base/without-password.ts'
import type { Finding } from './finding.ts'

/** `submitting`: the lists that take patches over HTTP, which must leave as mail. */
export async function relay(config: RelayConfig | null, submitting: readonly string[]): Promise<Finding> {
  const what = 'relay'
  const none = 'loopback: mail leaves to our own lists only'
  if (config === null && submitting.length > 0) {
    const found = `${none}, so patches over HTTP for ${submitting.join(', ')} are refused`
    return {
      well: false,
      what,
      found,
      mend: 'set relay and [outgoing], or web_submission = false for these lists',
    }
  }
  if (config === null) return { well: true, what, found: none }
  const found = withoutPassword(config.url)
  // Only here: nodemailer takes longer to load than all else that doctor needs.
  const { makeRelay } = await import('../../sql/relay.ts')
  try {
    const way = makeRelay(config)
    const problem = await way.verify()
    way.close()
    if (problem === null) return { well: true, what, found: `${found} takes mail` }
    const mend = 'correct relay and [outgoing], or start that server'
    return { well: false, what, found: `${found}: ${problem}`, mend }
  } catch (error) {
    return { well: false, what, found: (error as Error).message, mend: 'correct [outgoing]' }
  }
}
