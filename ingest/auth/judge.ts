// The worker that authenticates live mail after it was sorted. A mail is taken by a lease, so that any number of
// processes may judge. Where DNS does not answer the mail waits, and in the end nothing is believed of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type IndexKey, listId, type Seq, seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { Metrics } from '../../base/metrics.ts'
import { portions } from '../../base/portions.ts'
import { readBytes } from '../../sql/raw.ts'
import type { Envelope, Tables } from '../../sql/tables.ts'
import { howWords } from '../../tracker/topic/verdict-words.ts'
import { examine } from './examine.ts'
import type { Keyring, Keys } from './keyring.ts'
import { sentMails } from './outbox.ts'
import { lookupsOfOneMail, type Resolve } from './resolver.ts'
import type { Judgement } from './verdict.ts'
import { type Case, type ExaminedCase, writeVerdicts } from './write-verdicts.ts'

export interface JudgeOptions {
  readonly db: Kysely<Tables>
  readonly log: Log
  readonly keyring: Keyring
  readonly resolve: Resolve
  /** Domains whose ARC seals are believed for the list of this name, in lower case. */
  readonly trustedServers: (list: string) => readonly string[]
  readonly metrics?: Metrics | undefined
}

export interface Judge {
  /**
   * Mails were sorted. Resolves when all that were due are judged, or after `verdictMillisecondsMax`: a fold that
   * waits for it hardly ever has to be done again for a verdict.
   */
  look(): Promise<void>
  close(): Promise<void>
}

/** Judges the live mails of all lists until closed. */
export function startJudge(options: JudgeOptions): Judge {
  const stop = new AbortController()
  const sleepers = new Set<() => void>()
  const looks = new Set<() => void>()
  const wakeOne = () => {
    for (const end of sleepers) return end()
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
  /** One batch; answers whether there is more to do at once. */
  const round = async (): Promise<boolean> => {
    const asked = [...looks]
    const cases = await takeCases(options.db)
    const more = cases.length === limits.judgedAtOnceMax
    if (more) wakeOne()
    await judgeSome(options, cases, stop.signal)
    if (more) return true
    for (const done of asked) {
      looks.delete(done)
      done()
    }
    return looks.size > 0
  }
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        if (!(await round())) await rest(lanes * limits.sortLookMillisecondsMax)
      } catch (error) {
        options.metrics?.errors.inc({ kind: 'judge' })
        options.log.warn({ error }, 'Authenticating mail failed and will be tried again')
        await rest(limits.sortRetryMillisecondsMax)
      }
    }
  }
  const running = Promise.all(Array.from({ length: lanes }, run))
  return {
    look: () => {
      const looked = new Promise<void>(done => looks.add(done))
      wakeOne()
      return Promise.race([looked, sleep(limits.verdictMillisecondsMax, undefined, { ref: false })])
    },
    close: async () => {
      stop.abort()
      for (const end of sleepers) end()
      await running
    },
  }
}

/** One may wait for a slow name server. While none has work they look in turns. */
const lanes = 2

async function judgeSome(options: JudgeOptions, cases: readonly Case[], signal: AbortSignal): Promise<void> {
  if (cases.length === 0) return
  const keys = await options.keyring()
  for (const ofList of Map.groupBy(cases, one => one.list).values())
    for (const mails of portions(ofList, one => one.size, limits.readBytesMax))
      await judgePortion(options, mails, keys, signal)
}

/** Mails of one list. Waits for DNS with no transaction open. */
async function judgePortion(
  options: JudgeOptions,
  cases: readonly Case[],
  keys: Keys,
  signal: AbortSignal,
): Promise<void> {
  const { db, resolve, trustedServers } = options
  const bytes = await readBytes(
    db,
    cases.map(one => one.hash),
  )
  const sent = await sentMails(db, cases)
  const examined = await Promise.all(
    cases.map(async (one): Promise<ExaminedCase> => {
      const lookups = lookupsOfOneMail(resolve, signal)
      const means = {
        keys,
        lookups,
        trustedServers: trustedServers(one.listName),
        list: one.listAddress,
        sent: sent.get(one.messageId) ?? null,
      }
      // Purged since.
      const raw = bytes.get(one.hash.toString('base64')) ?? Buffer.alloc(0)
      return { ...one, ...(await examine(raw, one.envelope, means, one.arrivedAt)) }
    }),
  )
  await settleSome(options, examined, keys, signal.aborted)
}

/** What can't be settled with others is settled alone: one bad mail keeps no other waiting. Rejects when one failed. */
async function settleSome(
  options: JudgeOptions,
  cases: readonly ExaminedCase[],
  keys: Keys,
  stopping: boolean,
): Promise<void> {
  const [first] = cases
  if (first === undefined) return
  try {
    const settled = await writeVerdicts(options.db, first.list, cases, keys, stopping)
    for (const { one, judgement } of settled) tell(options.log, one, judgement)
  } catch (error) {
    if (cases.length === 1) throw error
    const failures: unknown[] = []
    for (const one of cases)
      await settleSome(options, [one], keys, stopping).catch(reason => failures.push(reason))
    if (failures.length > 0) throw failures[0]
  }
}

function tell(log: Log, one: Case, { grade, how, pending }: Judgement): void {
  const { messageId, listName: list, tries } = one
  log.info({ messageId, list, grade, how: howWords(how), pending, tries }, 'Judged a mail')
}

/** Leases mails whose turn it is. A mail that is not sorted yet has no cluster that could be told. */
async function takeCases(db: Kysely<Tables>): Promise<Case[]> {
  const { rows } = await sql<CaseRow>`
    with due as (
      select u.list_id, u.seq from verdict_due u
      where u.next_at <= now() and exists (select from fact f where f.list_id = u.list_id and f.seq = u.seq)
      order by u.next_at, u.seq limit ${limits.judgedAtOnceMax} for update skip locked),
    taken as (
      update verdict_due u set tries = u.tries + 1, next_at = now() + make_interval(secs => ${limits.judgeLeaseSecondsMax})
      from due where u.list_id = due.list_id and u.seq = due.seq
      returning u.list_id, u.seq, u.tries, u.arrived_at)
    select t.*, m.message_id, m.message_key, m.raw_hash, m.envelope, l.name, l.settings->>'prefix' as prefix, l.settings->>'address' as address, r.size
    from taken t join mail m using (list_id, seq) join raw r on r.hash = m.raw_hash join list l on l.id = t.list_id
    order by t.seq`.execute(db)
  return rows.map(row => ({
    list: listId(row.list_id),
    listName: row.name,
    listAddress: row.address,
    prefix: row.prefix,
    seq: seq(row.seq),
    messageId: row.message_id,
    messageKey: row.message_key,
    hash: row.raw_hash,
    size: row.size,
    envelope: row.envelope,
    arrivedAt: row.arrived_at.getTime(),
    tries: row.tries,
  }))
}

interface CaseRow {
  list_id: number
  seq: Seq
  tries: number
  arrived_at: Date
  message_id: string
  message_key: IndexKey
  raw_hash: Buffer
  size: number
  envelope: Envelope
  name: string
  prefix: string | null
  address: string
}
