// Who signed a message: the one key of its author under which its patatt signature holds.
import { limits } from '../../base/limits.ts'
import type { Keys } from '../auth/keyring.ts'
import { checkPatatt, signersOf } from '../auth/patatt.ts'
import { Refusal } from './refusal.ts'

export interface Signature {
  /** As patatt names it: algorithm, identity, selector. */
  readonly signer: string
  readonly identity: string
  readonly selector: string
  /** The fields that it covers. */
  readonly covers: readonly string[]
  /** Of this one signature, whatever else the message says. */
  readonly hash: string
}

/** Throws a `Refusal`. `field`: what it must cover beside From and Subject. A message whose signature names nobody with a key costs no more than a look at its header. */
export async function signatureOf(
  { bytes, from }: { readonly bytes: Buffer; readonly from: string },
  keys: Keys,
  now: number,
  field?: string,
): Promise<Signature> {
  const named = signersOf(bytes).filter(({ identity }) => identity === from)
  if (!named.some(({ identity }) => hasKey(keys, identity)))
    throw new Refusal(
      403,
      `Cannot take a message of ${from} without its signature by a key that was confirmed here; see "b4 send --web-auth-new"`,
    )
  const checks = await checkPatatt(bytes, keys, now)
  const good = checks.find(
    ({ result, addresses, signer }) =>
      result === 'pass' && addresses?.includes(from) && named.some(one => one.signer === signer),
  )
  if (good === undefined)
    throw new Refusal(403, `Cannot take a message of ${from}: its signature does not hold`)
  // Else the same words would be another mail under another id, again and again.
  if (field !== undefined && !good.covers?.includes(field))
    throw new Refusal(403, `Cannot take a message whose signature does not cover its ${field}`)
  const age = now - (good.signedAt ?? 0)
  if (Math.abs(age) > limits.submissionHoursMax * 3_600_000)
    throw new Refusal(
      403,
      `Cannot take a message that was signed more than ${limits.submissionHoursMax} hours ago`,
    )
  const signer = good.signer ?? ''
  const selector = signer.split(' ')[2] ?? ''
  return { signer, identity: from, selector, covers: good.covers ?? [], hash: good.signature ?? '' }
}

const hasKey = ({ people, pgp }: Keys, identity: string): boolean =>
  people.some(({ address }) => address === identity) ||
  pgp.some(({ addresses }) => addresses.includes(identity))
