// auth-new: somebody says that an address and a key are his. Whoever reads the mail of the address gets a word, and signs it
// with the key (auth-verify). Anybody may ask, for any address, as often as he likes: what leaves is bounded by address, by
// network and in all, says nothing that the asker wrote, and the answer is the same whether a mail left or not.
import { createHash, randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { neighbourhoodOf } from '../../base/client-address.ts'
import { limits } from '../../base/limits.ts'
import { tokenHash } from '../../base/token-hash.ts'
import { instanceAddress } from '../../sql/instance.ts'
import { allLists } from '../../sql/lists.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { NewKey } from '../../sql/submission-keys.ts'
import type { Tables } from '../../sql/tables.ts'
import { robotOf } from '../../tracker/mail/robots.ts'
import { type Keys, readPgpKeys } from '../auth/keyring.ts'
import { listsAt } from '../list-address.ts'
import { Refusal } from './refusal.ts'

export interface Asked {
  readonly db: Kysely<Tables>
  /** Of the operator. */
  readonly keys: Keys
  /** Where the request came from. */
  readonly network: string
  /** Where the endpoint is. */
  readonly url: string
}

/** Answers what b4 shows. */
export async function challenge(request: unknown, { db, keys, network, url }: Asked): Promise<string> {
  const asked = await readKey(request)
  if (keys.addresses.has(asked.identity))
    throw new Refusal(
      403,
      `Cannot add a key for ${asked.identity}: the operator keeps the keys of this address; allowed is to send with one of them`,
    )
  await db.transaction().execute(async trx => {
    // One after another: ten requests at once must not all be the first.
    await sql`select pg_advisory_xact_lock(hashtext('submission challenge'))`.execute(trx)
    if ((await isNobody(trx, asked.identity)) || (await isEnough(trx, asked.identity, network))) return
    const word = randomBytes(16).toString('hex')
    await trx
      .insertInto('submission_challenge')
      .values({
        ...asked,
        word_hash: tokenHash(word),
        network,
        expires_at: sql`now() + make_interval(hours => ${limits.challengeHoursMax})`,
      })
      .execute()
    await oweMail(trx, mailOf(asked, word, url))
  })
  return `A challenge goes to ${asked.identity}, unless that got enough of them today`
}

const requested = z.object({
  identity: z
    .string()
    .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/),
  selector: z.string().regex(/^[A-Za-z0-9._-]{1,60}$/),
  pubkey: z.string().max(limits.submissionKeyBytesMax),
})

async function readKey(request: unknown): Promise<NewKey> {
  const { data } = requested.safeParse(request)
  if (data === undefined)
    throw new Refusal(400, 'Cannot read who asks; allowed are identity, selector and pubkey as b4 sends them')
  const [identity, selector] = [data.identity.toLowerCase(), data.selector.toLowerCase()]
  const key = data.pubkey.trim()
  if (/^[A-Za-z0-9+/]{43}=$/.test(key)) return { identity, selector, algorithm: 'ed25519', key }
  const pgp = await readPgpKeys(Buffer.from(key), 'request', identity).catch(() => [])
  if (key.startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----') && pgp.length === 1)
    return { identity, selector, algorithm: 'openpgp', key }
  throw new Refusal(
    400,
    'Cannot read the key; allowed is one of ed25519 in base64, or an armoured OpenPGP key',
  )
}

/** No person reads there: a list, a program, or we. */
async function isNobody(trx: Kysely<Tables>, identity: string): Promise<boolean> {
  if (unread.test(identity) || isRobot(identity) || identity === (await instanceAddress(trx))) return true
  if (listsAt(await allLists(trx), [identity]).length > 0) return true
  const { rows } = await sql`
    select from roster r, jsonb_array_elements(r.people) one
    where one->>'role' = 'robot' and (one->'person'->>'address' = ${identity} or one->'aliases' ? ${identity}) limit 1`.execute(
    trx,
  )
  return rows.length > 0
}

/** One that is known by its address alone. */
const isRobot = (address: string): boolean =>
  robotOf({
    ...{ sender: { name: '', address }, subject: '', id: '', headers: [] },
    ...{ answers: false, lines: [], end: '' },
  }) !== null

const unread =
  /^(?:mailer-daemon|postmaster|abuse|(?:do-?)?no-?t?-?reply|devnull|bounces?|double-bounce|(?:bounce|unsubscribe|confirm)\+[^@]*)(?:[+=-][^@]*)?@/

/** What stands behind a plus is the reader's own, and he reads all of it. */
const mailboxOf = (identity: string) => identity.replace(/^([^+@]*)\+[^@]*@/, '$1@')

async function isEnough(trx: Kysely<Tables>, identity: string, network: string): Promise<boolean> {
  const around = neighbourhoodOf(network)
  const isAround = sql`starts_with(network, ${`${around}${around.includes(':') ? ':' : '.'}`})`
  const isHis = sql`regexp_replace(identity, '^([^+@]*)[+][^@]*@', '\\1@') = ${mailboxOf(identity)}`
  const { rows } = await sql<{
    address: number
    again: number
    day: number
    hour: number
    around: number
    all: number
  }>`
    select count(*) filter (where ${isHis})::int as address,
      count(*) filter (where ${isHis} and ${isAround})::int as again,
      count(*) filter (where network = ${network})::int as day,
      count(*) filter (where network = ${network} and ${lastHour})::int as hour,
      count(*) filter (where ${isAround} and ${lastHour})::int as around,
      count(*) filter (where ${lastHour})::int as all
    from submission_challenge where made_at > now() - interval '1 day'`.execute(trx)
  const [counted] = rows
  return (
    counted !== undefined &&
    (counted.address >= limits.challengesPerAddressDayMax ||
      counted.again >= limits.challengesPerAddressAndNeighbourhoodDayMax ||
      counted.day >= limits.challengesPerNetworkDayMax ||
      counted.hour >= limits.challengesPerNetworkHourMax ||
      counted.around >= limits.challengesPerNeighbourhoodHourMax ||
      counted.all >= limits.challengesPerHourMax)
  )
}

const lastHour = sql`made_at > now() - interval '1 hour'`

/** Nothing in it is the asker's but the key, as its hash: else it would carry anybody's words to anybody. */
function mailOf({ identity, algorithm, key }: NewKey, word: string, url: string) {
  const digits = createHash('sha256').update(key).digest('hex').slice(0, 16)
  return {
    key: `challenge ${word}`,
    list: null,
    to: identity,
    kind: 'challenge' as const,
    subject: 'Is this your signing key?',
    body: [
      'Somebody wants to send patches with your address through',
      '',
      `    ${url}`,
      '',
      `signed by an ${algorithm} key whose SHA-256 begins with ${digits}.`,
      'If that is not you, do nothing: without an answer nothing can be sent.',
      'If it is, run this in the repository that you asked from:',
      '',
      `    b4 send --web-auth-verify ${word}`,
      '',
      `The word works once, for ${limits.challengeHoursMax} hours.`,
      '',
    ].join('\n'),
  }
}
