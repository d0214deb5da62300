// A list's log as a public-inbox of git repositories, for everybody to clone: `git/0.git`, `git/1.git` ... in a directory that is the
// inboxdir of public-inbox's own tools. One writer for what `serve` keeps beside the pages and what `export public-inbox` writes.
import { createHash, createHmac } from 'node:crypto'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { type Seq, seq } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { readInstance } from '../../sql/instance.ts'
import type { List } from '../../sql/lists.ts'
import { rawBytes } from '../../sql/raw.ts'
import type { Tables } from '../../sql/tables.ts'
import { gitPerson } from './inbox-commit.ts'
import { type InboxEntry, inboxEntries } from './inbox-entries.ts'
import {
  appendToEpoch,
  type InboxMail,
  openEpoch,
  packEpoch,
  saveWritten,
  tidyEpoch,
  type Written,
} from './inbox-epoch.ts'
import { reachOn } from './inbox-reach.ts'
import { writeNotes } from './notes-inbox.ts'

export interface InboxOptions {
  readonly db: Kysely<Tables>
  readonly list: List
  /** The inboxdir. */
  readonly directory: string
  readonly signal?: AbortSignal | undefined
  /** A repository above this is full, and the next one begins. */
  readonly epochBytesMax?: number
}

export const epochDirectory = (directory: string, epoch: number): string =>
  join(directory, 'git', `${epoch}.git`)

/** Where the server keeps the inboxes of its lists. Their names are those of directories, too. */
export const inboxDirectory = (data: string, list: string): string => join(data, 'inbox', list)

/**
 * Brings the repositories up to date with the log, as far as that is decided (inbox-reach.ts), and answers how many commits it
 * wrote; null while another process does it. Interrupted, it goes on the next time.
 */
export function writeInbox(options: InboxOptions): Promise<number | null> {
  const key = createHash('sha256')
    .update(`${hostname()} ${resolve(options.directory)}`)
    .digest()
    .readInt32BE()
  return options.db.connection().execute(async held => {
    const { rows } = await sql<{ got: boolean }>`
      select pg_try_advisory_lock(${inboxLock}, ${key}) as got`.execute(held)
    if (!rows[0]?.got) return null
    try {
      return await writeAll(options)
    } finally {
      await sql`select pg_advisory_unlock(${inboxLock}, ${key})`.execute(held)
    }
  })
}

const inboxLock = 7_017

/** All that is sorted by now, in a directory of somebody's own. Throws while another process writes there. */
export async function exportInbox(options: InboxOptions): Promise<void> {
  const { db, list, directory } = options
  await reachOn(db, [list.id])
  if ((await writeInbox(options)) === null)
    throw new Error(`Cannot export to ${JSON.stringify(directory)}: another process writes there`)
}

interface Epoch {
  readonly epoch: number
  readonly since: Seq
  /** Its last place; null for the one that grows. */
  readonly last: Seq | null
}

async function writeAll(options: InboxOptions): Promise<number> {
  const { db, list } = options
  const inbox = await db
    .selectFrom('inbox')
    .select('reached')
    .where('list_id', '=', list.id)
    .executeTakeFirst()
  if (!inbox) return 0
  const log = await logOf(db, list)
  let commits = 0
  // A full one begins the next, so that their number grows meanwhile.
  for (let at = 0; !options.signal?.aborted; at++) {
    const epoch = (await epochsOf(db, list))[at]
    if (!epoch) break
    commits += await writeEpoch({ ...options, log, reached: inbox.reached }, epoch)
  }
  await writeNotes({ ...options, log })
  return commits
}

/** Another one for each list of each database. */
async function logOf(db: Kysely<Tables>, { id }: List): Promise<string> {
  const { secret } = await readInstance(db)
  return createHmac('sha256', secret).update(`inbox ${id}`).digest('hex').slice(0, 32)
}

async function epochsOf(db: Kysely<Tables>, { id }: List): Promise<Epoch[]> {
  const rows = await db
    .selectFrom('inbox_epoch')
    .select(['epoch', 'since'])
    .where('list_id', '=', id)
    .orderBy('epoch')
    .execute()
  const begun = rows.length > 0 ? rows : [{ epoch: 0, since: seq(1) }]
  return begun.map(({ epoch, since }, at) => {
    const next = begun[at + 1]
    return { epoch, since, last: next ? before(next.since) : null }
  })
}

const before = (place: Seq): Seq => seq(BigInt(place) - 1n)

type Running = InboxOptions & { readonly log: string; readonly reached: Seq }

async function writeEpoch(run: Running, { epoch, since, last }: Epoch): Promise<number> {
  const { db, list, log, reached, signal } = run
  const directory = epochDirectory(run.directory, epoch)
  const description = `${list.description || list.name} [epoch ${epoch}]`
  const committer = gitPerson(list.name, list.address)
  let written = await openEpoch(directory, { log, start: before(since), description })
  let commits = 0
  const save = async (now: Written) => {
    await saveWritten(directory, now)
    written = now
  }
  const purges = await newestPurge(db, list, written, since)
  // From its beginning: up to where the mail was everything gets the same ids again.
  if (purges !== null) await save({ ...written, ...nothing, place: before(since), purges, rewriting: true })
  const end = last === null || BigInt(last) > BigInt(reached) ? reached : last
  let full: Seq | null = null
  while (full === null && BigInt(written.place) < BigInt(end)) {
    if (signal?.aborted) return commits
    const step = await nextStep(run, written, end, last === null)
    if (step.entries.length > 0) {
      written = await appendToEpoch(directory, written, withBytes(db, step.entries), committer)
      await tidyEpoch(directory, signal)
    }
    await save({ ...written, place: step.place })
    commits += step.entries.length
    full = step.full
  }
  if (written.rewriting) {
    await packEpoch(directory, written.commit, signal)
    await save({ ...written, rewriting: false })
  }
  if (full !== null) {
    await beginEpoch(db, list, { epoch, since }, full)
    await packEpoch(directory, written.commit, signal)
  }
  return commits
}

const nothing = { commit: null, bytes: 0, modified: 0 }

/** Of a mail that the repository has, or had when it was taken out: where the newest purge stands that was not heeded yet. */
async function newestPurge(
  db: Kysely<Tables>,
  list: List,
  written: Written,
  since: Seq,
): Promise<Seq | null> {
  const { rows } = await sql<{ place: Seq | null }>`
    select max(p.place) as place from inbox_change p
    where p.list_id = ${list.id} and p.kind = 'purged' and p.place > ${written.purges} and (
      p.seq between ${since} and ${written.place} or exists (
        select from inbox_change c where c.list_id = p.list_id and c.seq = p.seq and c.kind <> 'purged'
          and c.place between ${since} and ${written.place}))`.execute(db)
  return rows[0]?.place ?? null
}

interface Step {
  readonly entries: readonly InboxEntry[]
  /** Up to where all is written then. */
  readonly place: Seq
  /** The place of the first one that does not fit. */
  readonly full: Seq | null
}

/** `growing`: where it ends is not decided yet. */
async function nextStep(
  { db, list, epochBytesMax = limits.inboxEpochBytesMax }: Running,
  written: Written,
  end: Seq,
  growing: boolean,
): Promise<Step> {
  const span = { after: written.place, last: end }
  const entries = await inboxEntries(db, list.id, span, limits.inboxStepMailsMax)
  const at = growing ? firstBeyond(entries, written.bytes, epochBytesMax) : -1
  const step = firstBeyond(entries, 0, limits.inboxStepBytesMax)
  const full = at >= 0 && (step < 0 || at <= step) ? (entries[at]?.place ?? null) : null
  if (full !== null) return { entries: entries.slice(0, at), place: before(full), full }
  const taken = step < 0 ? entries : entries.slice(0, step)
  const all = step < 0 && entries.length < limits.inboxStepMailsMax
  return { entries: taken, place: all ? end : (taken.at(-1)?.place ?? end), full }
}

/** The index of the entry with which there are more bytes than these; -1 when they all fit. A first one always does. */
function firstBeyond(entries: readonly InboxEntry[], bytes: number, bytesMax: number): number {
  let sum = bytes
  return entries.findIndex(({ size }) => {
    const before = sum
    sum += size
    return before > 0 && sum > bytesMax
  })
}

/** One that was purged in this moment is left out. */
async function* withBytes(db: Kysely<Tables>, entries: readonly InboxEntry[]): AsyncGenerator<InboxMail> {
  const hashes = entries.map(({ hash }) => hash)
  let at = 0
  for await (const [name, bytes] of rawBytes(db, hashes)) {
    while (hashes[at]?.toString('base64') !== name) at++
    const entry = entries[at++]
    if (entry) yield { ...entry, bytes }
  }
}

/** Of several writers the first one says where it begins. */
const beginEpoch = (
  db: Kysely<Tables>,
  list: List,
  { epoch, since }: Pick<Epoch, 'epoch' | 'since'>,
  next: Seq,
): Promise<unknown> =>
  sql`
    insert into inbox_epoch (list_id, epoch, since)
    values (${list.id}, ${epoch}, ${since}), (${list.id}, ${epoch + 1}, ${next}) on conflict do nothing`.execute(
    db,
  )
