// auth-verify: the word of a challenge comes back, signed by the key that it was made for. From then on the key speaks for the
// address.
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { limits } from '../../base/limits.ts'
import { lfText } from '../../base/line-ends.ts'
import { tokenHash } from '../../base/token-hash.ts'
import { saveKey } from '../../sql/submission-keys.ts'
import type { Tables } from '../../sql/tables.ts'
import { purportedOf } from '../auth/purported.ts'
import { keysWith } from './proven-keys.ts'
import { Refusal } from './refusal.ts'
import { signatureOf } from './signed.ts'

const requested = z.object({ msg: z.string().max(limits.submissionKeyBytesMax) })

/** Answers what b4 shows; `now` in milliseconds. */
export async function verifyAnswer(db: Kysely<Tables>, request: unknown, now: number): Promise<string> {
  const text = lfText(requested.safeParse(request).data?.msg ?? '')
  const word = /^verify:([0-9a-f]{32})$/m.exec(text)?.[1]
  if (word === undefined)
    throw new Refusal(400, 'Cannot read the answer; allowed is what "b4 send --web-auth-verify" signs')
  return db.transaction().execute(async trx => {
    const asked = await trx
      .selectFrom('submission_challenge')
      .select(['identity', 'selector', 'algorithm', 'key'])
      .where('word_hash', '=', tokenHash(word))
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .forUpdate()
      .executeTakeFirst()
    const bytes = Buffer.from(text)
    const claim = purportedOf(bytes)
    if (asked === undefined || claim.problem !== null || claim.address !== asked.identity) throw unknown()
    const keys = await keysWith(noKeys, [asked])
    const { selector } = await signatureOf({ bytes, from: asked.identity }, keys, now).catch(() => {
      throw unknown()
    })
    if (selector !== asked.selector) throw unknown()
    await saveKey(trx, asked)
    await trx
      .updateTable('submission_challenge')
      .set({ used_at: sql`now()` })
      .where('word_hash', '=', tokenHash(word))
      .execute()
    return `The key ${asked.selector} of ${asked.identity} is confirmed`
  })
}

const noKeys = { pgp: [], people: [], addresses: new Set<string>(), problems: [] }

/** One answer for all of it: who tries words learns nothing. */
const unknown = () =>
  new Refusal(
    403,
    'Cannot confirm this: the word is not known, too old or used, or it is not signed by the key that it was made for',
  )
