// All the checks of one mail. Whatever a hostile mail does to a verifier, the others are heard.
import type { Envelope } from '../../sql/tables.ts'
import { checkArc } from './arc.ts'
import { type Check, messageOf } from './check.ts'
import { checkDkim } from './dkim.ts'
import { withHiddenSender } from './hidden-sender.ts'
import type { Keys } from './keyring.ts'
import { checkOutbox, type SentMail } from './outbox.ts'
import { checkPatatt } from './patatt.ts'
import { checkPgp } from './pgp.ts'
import { type Purported, purportedOf } from './purported.ts'
import type { Lookups } from './resolver.ts'
import { checkResults } from './results.ts'
import { checkSpf } from './spf.ts'

export interface Examined {
  readonly claim: Purported
  readonly checks: readonly Check[]
}

export interface Means {
  readonly keys: Keys
  readonly lookups: Lookups
  /** Domains of list servers that are believed, in lower case. */
  readonly trustedServers: readonly string[]
  /** The list's own address. */
  readonly list?: string
  /** What left through our outbox under the mail's id; null when nothing did. */
  readonly sent?: SentMail | null
}

/** `bytes` as in the log; `now` is when they arrived, in milliseconds. */
export async function examine(
  bytes: Buffer,
  envelope: Envelope,
  { keys, lookups, trustedServers, list = '', sent = null }: Means,
  now: number,
): Promise<Examined> {
  const claim = purportedOf(bytes, list.toLowerCase())
  const own = sent === null ? [] : await guarded('outbox', async () => checkOutbox(bytes, sent, now))
  if (sent !== null && own.length > 0 && own.every(({ result }) => result === 'pass'))
    return { claim: { ...claim, address: sent.from, rewritten: false, problem: null }, checks: own }
  // Nothing could count, and a header of megabytes is not worth the time.
  if (claim.problem !== null) return { claim, checks: [] }
  const bySigner = async () => {
    const { checks, arc } = await checkDkim(bytes, claim, lookups.resolve, now)
    const sealed = await guarded('ARC', () => checkArc(arc, claim, trustedServers, lookups))
    const said = await guarded('Authentication-Results', async () =>
      checkResults(checks, claim, trustedServers),
    )
    return [...checks, ...sealed, ...said]
  }
  const found = await Promise.all([
    guarded('OpenPGP', () => checkPgp(bytes, keys, now)),
    guarded('patatt', () => checkPatatt(bytes, keys, now)),
    guarded('DKIM', bySigner),
    guarded('SPF', () => checkSpf(envelope, lookups.resolve)),
  ])
  const checks = found.flat()
  return { claim: withHiddenSender(claim, checks), checks }
}

async function guarded(
  method: Check['method'],
  check: () => Promise<readonly Check[] | Check | null>,
): Promise<readonly Check[]> {
  try {
    return [(await check()) ?? []].flat()
  } catch (error) {
    return [{ method, result: 'fail', signer: null, note: { code: 'threw', of: messageOf(error) } }]
  }
}
