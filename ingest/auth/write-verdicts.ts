// Verdicts of mails that were examined: what is known of their senders, the use of their signatures, the verdicts and
// the word that their topics must be folded again are one transaction, for as many mails of a list as there are.
import { createHash } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ListId, Seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { memo } from '../../base/memo.ts'
import { toStorableJson, toStorableText } from '../../base/storable.ts'
import type { Envelope, Tables } from '../../sql/tables.ts'
import { peopleOf } from '../../tracker/project/people.ts'
import type { Mailmap } from '../../tracker/topic/mailmap.ts'
import { addressesOf, type Roster } from '../../tracker/topic/rules.ts'
import { isAddressed } from '../list-address.ts'
import { astrayOf } from './astray.ts'
import type { Examined } from './examine.ts'
import type { Keys } from './keyring.ts'
import { clustersWoken, lockClusters, pagesRenewed } from './refold-mails.ts'
import { countable, type Judgement, judge, type Known, kept, signaturesOf } from './verdict.ts'

/** A live mail without a verdict. */
export interface Case {
  readonly list: ListId
  readonly listName: string
  readonly listAddress: string
  /** The word that it puts into subjects, without brackets. */
  readonly prefix: string | null
  readonly seq: Seq
  readonly messageId: string
  readonly messageKey: string
  readonly hash: Buffer
  readonly size: number
  readonly envelope: Envelope
  /** Milliseconds. */
  readonly arrivedAt: number
  readonly tries: number
}

export interface ExaminedCase extends Case, Examined {}

export interface Judged {
  readonly one: ExaminedCase
  readonly judgement: Judgement
}

/** `cases` of one list, in the order of the log: a sender's second mail finds the first. `stopping`: nobody waits for DNS. */
export function writeVerdicts(
  db: Kysely<Tables>,
  list: ListId,
  cases: readonly ExaminedCase[],
  keys: Keys,
  stopping: boolean,
): Promise<Judged[]> {
  return db.transaction().execute(async trx => {
    await lockClusters(trx, list)
    const lists = cases.some(isSigned) ? await addressesOfLists(trx) : []
    const settled = judgeAll(cases, await knownOf(trx, list, cases, keys), lists)
    await postpone(trx, list, settled.filter(waits), stopping)
    await write(
      trx,
      list,
      settled.filter(one => !waits(one)),
    )
    return settled
  })
}

const waits = ({ one, judgement }: Judged) => judgement.pending && !isOld(one)
const isOld = ({ arrivedAt }: Case) => Date.now() - arrivedAt > limits.judgeHoursMax * 3_600_000

/** An address that one mail was aligned with is known to the next. */
function judgeAll(
  cases: readonly ExaminedCase[],
  knownOf: (one: ExaminedCase) => Known,
  lists: readonly ListAddresses[],
): Judged[] {
  const keysOf = new Map<string, string[]>()
  return cases.map(one => {
    const known = knownOf(one)
    const before = keysOf.get(one.claim.address) ?? []
    const seen = known.seen || before.some(key => key !== one.messageKey)
    const judgement = judge(one.claim, one.checks, { ...known, seen }, one.arrivedAt)
    const isFor = (own: boolean) => (addresses: readonly string[]) =>
      lists.some(list => (list.name === one.listName) === own && isAddressed(list, lists, addresses))
    const astray = astrayOf(one.claim.headers, judgement, isFor(true), isFor(false))
    const settled = { one, judgement: astray === null ? judgement : { ...judgement, astray } }
    const { aligned } = settled.judgement
    if (aligned !== null && isKept(settled)) keysOf.set(aligned, [...before, one.messageKey])
    return settled
  })
}

const isKept = (settled: Judged) => !waits(settled) && !isReplayOfHistory(settled)

/** By DKIM, ARC or patatt, whose signatures can name recipients. */
const isSigned = ({ claim }: ExaminedCase) => claim.headers.some(({ name }) => name.endsWith('signature'))

type Trx = Transaction<Tables>

interface ListAddresses {
  readonly name: string
  readonly address: string
  readonly subscribed: string | null
}

async function addressesOfLists(trx: Trx): Promise<readonly ListAddresses[]> {
  const { rows } = await sql<ListAddresses>`
    select name, settings->>'address' as address, settings->>'subscribed' as subscribed from list`.execute(
    trx,
  )
  return rows
}

/** What is known of the senders on this list, and of the signatures everywhere. */
async function knownOf(
  trx: Trx,
  list: ListId,
  cases: readonly ExaminedCase[],
  keys: Keys,
): Promise<(one: ExaminedCase) => Known> {
  // A person is asked for where a check holds.
  const isKnown = cases.some(hasPassed) ? await knownAddresses(trx, list, keys) : () => false
  const seen = await seenBefore(trx, list, cases)
  const used = await useSignatures(trx, cases)
  return one => ({
    person: isKnown(one.claim.address),
    seen: seen.has(one.seq),
    used: used(one),
  })
}

const hasPassed = ({ checks }: ExaminedCase) => checks.some(({ result }) => result === 'pass')

async function knownAddresses(trx: Trx, list: ListId, keys: Keys): Promise<(address: string) => boolean> {
  const { rules, mailmap } = await peopleOf(trx, list)
  const roles = rolesIn(rules.rosters.at(-1)?.people ?? [])
  return address => roles.has(address) || addressesIn(mailmap).has(address) || keys.addresses.has(address)
}

const rolesIn = memo((roster: Roster) => new Set(roster.flatMap(addressesOf)))

const addressesIn = memo(
  (mailmap: Mailmap) => new Set(mailmap.flatMap(({ address, person }) => [address, person.address])),
)

/** Of the mails that DKIM signed those whose senders had aligned DKIM in another mail before. */
async function seenBefore(
  trx: Trx,
  list: ListId,
  all: readonly ExaminedCase[],
): Promise<ReadonlySet<string>> {
  const cases = all.filter(({ checks }) => checks.some(({ method }) => method === 'DKIM'))
  if (cases.length === 0) return new Set()
  const { rows } = await sql<{ seq: Seq }>`
    select c.seq from unnest(${cases.map(one => one.seq)}::bigint[], ${cases.map(one => toStorableText(one.claim.address))}::text[],
      ${cases.map(one => one.messageKey)}::text[]) as c (seq, address, key)
    where exists (select from verdict v join mail m using (list_id, seq)
      where v.list_id = ${list} and v.data ? 'aligned' and v.data->>'aligned' = c.address and m.message_key <> c.key offset 0)`.execute(
    trx,
  )
  return new Set(rows.map(row => row.seq))
}

/** Notes that the signatures came with these mails; answers those of a mail that came with another one before. */
async function useSignatures(
  trx: Trx,
  cases: readonly ExaminedCase[],
): Promise<(one: ExaminedCase) => ReadonlySet<string>> {
  const first = new Map<string, string>()
  for (const one of cases)
    for (const [signature, use] of usesIn(one)) if (!first.has(signature)) first.set(signature, use)
  if (first.size === 0) return () => new Set()
  // In one order for everybody, or two who judge would wait for each other.
  const rows = [...first].sort(([a], [b]) => (a < b ? -1 : 1))
  const signatures = rows.map(([signature]) => Buffer.from(signature, 'hex'))
  await sql`
    insert into signature_use (signature, used_with)
    select * from unnest(${signatures}::bytea[], ${rows.map(([, use]) => Buffer.from(use, 'hex'))}::bytea[])
    on conflict do nothing`.execute(trx)
  const { rows: uses } = await sql<{ signature: string; use: string }>`
    select encode(signature, 'hex') as signature, encode(used_with, 'hex') as use from signature_use
    where signature = any(${signatures}::bytea[])`.execute(trx)
  const usedWith = new Map(uses.map(({ signature, use }) => [signature, use]))
  return one =>
    new Set(usesIn(one).flatMap(([signature, use]) => (usedWith.get(signature) === use ? [] : [signature])))
}

/** Each signature with what it came with. A list may change the title and the form of a mail, and never what it answers. */
function usesIn(one: ExaminedCase): (readonly [signature: string, use: string])[] {
  const { claim, checks, arrivedAt, messageKey } = one
  const [use, target] = [useOf(one), hashOf(`${messageKey}\n${claim.target}`)]
  return countable(claim, checks, arrivedAt).flatMap(check =>
    signaturesOf(check).map(
      signature => [signature, check.authors?.includes(signature) ? target : use] as const,
    ),
  )
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/**
 * Most signatures do not cover what a mail answers, and OpenPGP covers no field at all: the same "accepted" below
 * another patch, at another time or under another title is another mail. The first that arrives binds it. The word that
 * the list itself puts into subjects is none of it.
 */
function useOf({ messageKey, claim, listName, prefix }: ExaminedCase): string {
  const own = [listName, prefix ?? ''].map(word => `[${word}]`.toLowerCase())
  const rest = claim.rest.replace(/\[[^[\]\n]{1,200}\] ?/g, bracket =>
    own.includes(bracket.trim().toLowerCase()) ? '' : bracket,
  )
  return hashOf(`${messageKey}\n${rest}`)
}

async function postpone(
  trx: Trx,
  list: ListId,
  settled: readonly Judged[],
  stopping: boolean,
): Promise<void> {
  if (settled.length === 0) return
  const secondsOf = ({ tries }: Case) =>
    stopping ? 0 : Math.min(3_600, limits.judgeAgainSecondsMin * 2 ** Math.min(20, tries - 1))
  await sql`
    update verdict_due set next_at = now() + make_interval(secs => later.seconds)
    from unnest(${settled.map(({ one }) => one.seq)}::bigint[], ${settled.map(({ one }) => secondsOf(one))}::integer[])
      as later (seq, seconds)
    where list_id = ${list} and verdict_due.seq = later.seq`.execute(trx)
}

async function write(trx: Trx, list: ListId, settled: readonly Judged[]): Promise<void> {
  if (settled.length === 0) return
  const seqs = settled.map(({ one }) => one.seq)
  const rows = settled.filter(isKept).map(({ one, judgement }) => ({
    seq: one.seq,
    grade: judgement.grade,
    how: toStorableJson(judgement.how),
    identity: judgement.identity === null ? null : toStorableText(judgement.identity),
    data: toStorableJson({
      checks: one.checks.map(kept),
      ...(judgement.aligned && { aligned: judgement.aligned }),
      ...(judgement.covers.length > 0 && { covers: judgement.covers }),
      ...(judgement.astray && { astray: judgement.astray }),
    }),
  }))
  // One that has a verdict was confirmed meanwhile.
  await sql`
    with judged as (delete from verdict_due where list_id = ${list} and seq = any(${seqs}::bigint[])),
    verdicts as (
      insert into verdict (list_id, seq, grade, how, identity, data)
      select ${list}, * from unnest(${rows.map(row => row.seq)}::bigint[], ${rows.map(row => row.grade)}::text[],
        ${rows.map(row => row.how)}::jsonb[], ${rows.map(row => row.identity)}::text[], ${rows.map(row => row.data)}::jsonb[])
      on conflict (list_id, seq) do nothing),
    woken as (${clustersWoken(list, seqs)})
    ${pagesRenewed(list, seqs)}`.execute(trx)
}

/** The very bytes of a list's history, sent again: what comes without a signature takes nothing from what history gives. */
const isReplayOfHistory = ({ one: { envelope }, judgement: { grade } }: Judged): boolean =>
  envelope.trace === undefined && envelope.later === undefined && grade === 'C'
