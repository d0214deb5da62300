// The worker that authenticates live mail after it was sorted. A mail is taken by a lease, so that any number of
// processes may judge; its verdict, the use of its signatures and the word that its topic must be folded again are
// one transaction. Where DNS does not answer the mail waits, and in the end nothing is believed of it.
import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import { type ListId, listId, type Seq, seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { Metrics } from '../../base/metrics.ts'
import { toStorableJson, toStorableText } from '../../base/storable.ts'
import { readBytes } from '../../sql/log.ts'
import type { Envelope, Tables } from '../../sql/tables.ts'
import { headerValue, readHeaders } from '../../tracker/decode/headers.ts'
import { peopleOf } from '../../tracker/project/people.ts'
import type { Check } from './check.ts'
import type { Claim } from './claim.ts'
import { type Examined, examine } from './examine.ts'
import type { Keyring, Keys } from './keyring.ts'
import { lockClusters, refoldMail } from './refold-mail.ts'
import { lookupsOfOneMail, type Resolve } from './resolver.ts'
import { countable, type Judgement, judge, type Known } from './verdict.ts'

export interface JudgeOptions {
  readonly db: Kysely<Tables>
  readonly log: Log
  readonly keyring: Keyring
  readonly resolve: Resolve
  /** Domains whose ARC seals are believed for the list of this name, in lower case. */
  readonly trustedArc: (list: string) => readonly string[]
  readonly metrics?: Metrics | undefined
}

export interface Judge {
  /** Mails were sorted: look now. */
  poke(): void
  close(): Promise<void>
}

/** Judges the live mails of all lists until closed. */
export function startJudge(options: JudgeOptions): Judge {
  const stop = new AbortController()
  const sleepers = new Set<() => void>()
  let pokes = 0
  const wake = () => {
    pokes++
    for (const end of sleepers) end()
  }
  const rest = (ms: number) =>
    new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(timer)
        sleepers.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      sleepers.add(end)
    })
  const run = async () => {
    while (!stop.signal.aborted) {
      const before = pokes
      try {
        const taken = await judgeSome(options, stop.signal)
        if (taken === 0 && before === pokes) await rest(limits.sortLookMillisecondsMax)
      } catch (error) {
        options.metrics?.errors.inc({ kind: 'judge' })
        options.log.warn({ error }, 'Authenticating mail failed and will be tried again')
        await rest(limits.sortRetryMillisecondsMax)
      }
    }
  }
  // One lane may wait for a slow name server.
  const running = Promise.all([run(), run()])
  return {
    poke: wake,
    close: async () => {
      stop.abort()
      wake()
      await running
    },
  }
}

interface Case {
  readonly list: ListId
  readonly listName: string
  readonly seq: Seq
  readonly messageId: string
  readonly messageKey: string
  readonly bytes: Buffer
  readonly envelope: Envelope
  /** Milliseconds. */
  readonly arrivedAt: number
  readonly tries: number
}

/** One batch; answers how many mails were taken. Waits for DNS with no transaction open. */
async function judgeSome(options: JudgeOptions, signal: AbortSignal): Promise<number> {
  const { db, keyring, resolve, trustedArc } = options
  const cases = await takeCases(db)
  if (cases.length === 0) return 0
  const keys = await keyring()
  const examined = await Promise.all(
    cases.map(({ bytes, envelope, arrivedAt, listName }) =>
      examine(
        bytes,
        envelope,
        { keys, lookups: lookupsOfOneMail(resolve, signal), trustedArc: trustedArc(listName) },
        arrivedAt,
      ),
    ),
  )
  // In the order of the log: a sender's second mail finds the first.
  for (const [index, one] of cases.entries()) {
    const result = examined[index]
    if (result) await settle(options, one, result, keys, signal.aborted)
  }
  return cases.length
}

/** Leases mails whose turn it is. A mail that is not sorted yet has no cluster that could be told. */
async function takeCases(db: Kysely<Tables>): Promise<Case[]> {
  const { rows } = await sql<CaseRow>`
    with due as (
      select u.list_id, u.seq from unjudged u
      where u.next_at <= now() and exists (select from fact f where f.list_id = u.list_id and f.seq = u.seq)
      order by u.next_at, u.seq limit ${limits.judgedAtOnceMax} for update skip locked),
    taken as (
      update unjudged u set tries = u.tries + 1, next_at = now() + make_interval(secs => ${limits.judgeLeaseSecondsMax})
      from due where u.list_id = due.list_id and u.seq = due.seq
      returning u.list_id, u.seq, u.tries, u.arrived_at)
    select t.*, m.message_id, m.message_key, m.raw_hash, m.envelope, l.name
    from taken t join mail m using (list_id, seq) join list l on l.id = t.list_id
    order by t.seq`.execute(db)
  if (rows.length === 0) return []
  const bytes = await readBytes(
    db,
    rows.map(row => row.raw_hash),
  )
  return rows.map(row => ({
    list: listId(row.list_id),
    listName: row.name,
    seq: seq(row.seq),
    messageId: row.message_id,
    messageKey: row.message_key,
    // Purged since.
    bytes: bytes.get(row.raw_hash.toString('base64')) ?? Buffer.alloc(0),
    envelope: row.envelope,
    arrivedAt: row.arrived_at.getTime(),
    tries: row.tries,
  }))
}

interface CaseRow {
  list_id: number
  seq: string
  tries: number
  arrived_at: Date
  message_id: string
  message_key: string
  raw_hash: Buffer
  envelope: Envelope
  name: string
}

type Trx = Transaction<Tables>

async function settle(
  { db, log }: JudgeOptions,
  one: Case,
  { claim, checks }: Examined,
  keys: Keys,
  stopping: boolean,
): Promise<void> {
  const judgement = await db.transaction().execute(async trx => {
    await lockClusters(trx, one.list)
    const known = await knownOf(trx, one, claim, checks, keys)
    const result = judge(claim, checks, known, one.arrivedAt)
    if (result.pending && !isOld(one)) await postpone(trx, one, stopping)
    else await write(trx, one, result, claim, checks)
    return result
  })
  const { grade, how, pending } = judgement
  const told = { messageId: one.messageId, list: one.listName, grade, how, pending, tries: one.tries }
  log.info(told, 'Judged a mail')
}

const isOld = ({ arrivedAt }: Case) => Date.now() - arrivedAt > limits.judgeHoursMax * 3_600_000

async function postpone(trx: Trx, one: Case, stopping: boolean): Promise<void> {
  const seconds = stopping
    ? 0
    : Math.min(3_600, limits.judgeAgainSecondsMin * 2 ** Math.min(20, one.tries - 1))
  await sql`
    update unjudged set next_at = now() + make_interval(secs => ${seconds})
    where list_id = ${one.list} and seq = ${one.seq}`.execute(trx)
}

/** What is known of the sender on this list, and of the signatures everywhere. */
async function knownOf(
  trx: Trx,
  one: Case,
  claim: Claim,
  checks: readonly Check[],
  keys: Keys,
): Promise<Known> {
  const { rules, mailmap } = await peopleOf(trx, one.list)
  const people = rules.rosters.at(-1)?.people ?? []
  const names = (address: string) => address === claim.address
  const { rows } = await sql`
    select from verdict v join mail m using (list_id, seq)
    where v.list_id = ${one.list} and v.data ? 'aligned' and v.data->>'aligned' = ${claim.address}
      and m.message_key <> ${one.messageKey} limit 1`.execute(trx)
  return {
    person:
      people.some(({ person, aliases = [] }) => [person.address, ...aliases].some(names)) ||
      mailmap.some(({ address, person }) => names(address) || names(person.address)) ||
      keys.addresses.has(claim.address),
    seen: rows.length > 0,
    used: await useSignatures(trx, one, countable(claim, checks, one.arrivedAt)),
  }
}

/** Notes that the signatures came with this mail; answers those that came with another one before. */
async function useSignatures(trx: Trx, one: Case, checks: readonly Check[]): Promise<ReadonlySet<string>> {
  const signatures = [...new Set(checks.flatMap(({ signature }) => signature ?? []))].sort()
  if (signatures.length === 0) return new Set()
  const hashes = signatures.map(hex => Buffer.from(hex, 'hex'))
  await sql`
    insert into signature_use (signature, used_with) select signature, ${useOf(one)} from unnest(${hashes}::bytea[]) as signature
    on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ signature: Buffer }>`
    select signature from signature_use where signature = any(${hashes}::bytea[]) and used_with <> ${useOf(one)}`.execute(
    trx,
  )
  return new Set(rows.map(({ signature }) => signature.toString('hex')))
}

/**
 * Most signatures do not cover what a mail answers, and OpenPGP covers no field at all: the same "accepted" below
 * another patch is another mail.
 */
function useOf({ messageKey, bytes }: Case): Buffer {
  const answered = headerValue(readHeaders(bytes).headers, 'in-reply-to') ?? ''
  return createHash('sha256')
    .update(`${messageKey}\n${answered.replace(/\s+/g, '')}`)
    .digest()
}

async function write(
  trx: Trx,
  one: Case,
  judgement: Judgement,
  claim: Claim,
  checks: readonly Check[],
): Promise<void> {
  await sql`delete from unjudged where list_id = ${one.list} and seq = ${one.seq}`.execute(trx)
  if (isReplayOfHistory(one, judgement, claim)) return refoldMail(trx, one.list, one.seq)
  const shown = checks.map(({ method, result, signer, note }) => ({ method, result, signer, note }))
  const data = { checks: shown, ...(judgement.aligned && { aligned: judgement.aligned }) }
  await trx
    .insertInto('verdict')
    .values({
      list_id: one.list,
      seq: one.seq,
      grade: judgement.grade,
      how: toStorableText(judgement.how.slice(0, 400)),
      identity: judgement.identity,
      data: toStorableJson(data),
    })
    // It was confirmed meanwhile.
    .onConflict(conflict => conflict.columns(['list_id', 'seq']).doNothing())
    .execute()
  await refoldMail(trx, one.list, one.seq)
}

/** The very bytes of an archive, sent again when they are old: that must not take from the mail what history gives it. */
const isReplayOfHistory = ({ envelope, arrivedAt }: Case, { grade }: Judgement, { date }: Claim): boolean =>
  envelope.trace === undefined &&
  grade === 'C' &&
  arrivedAt - (date ?? 0) > limits.signedBeforeDaysMax * 86_400_000
