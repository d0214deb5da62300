// Imports archives into the log, batch by batch: a batch of mails and how far it reaches in its source are one
// transaction, so after ^C or a crash the same command goes on where it ended, and running it twice adds nothing.
// While one batch is sorted into topics the next is read and appended.
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import { limits } from '../base/limits.ts'
import type { List } from '../sql/lists.ts'
import { type Appended, appendWithin, type MailForList } from '../sql/log.ts'
import type { Tables } from '../sql/tables.ts'
import { headersOf } from '../tracker/decode/headers.ts'
import { newestTime } from '../tracker/mail/said-time.ts'
import { type Batch, batches } from './batch.ts'
import { Deletions } from './deletions.ts'
import { forgetPosition, savedPosition, savePosition } from './import-position.ts'
import { type ImportSorter, startSorter } from './import-sorter.ts'
import { listsOfMail } from './list-of-mail.ts'
import type { ImportReport, Progress } from './progress.ts'
import { openSources } from './source/open.ts'
import type { Source, SourceMail } from './source/source.ts'

export interface ImportOptions {
  readonly db: Kysely<Tables>
  /** Where the mails go; with `lists` only those that are for none of them. */
  readonly list?: List | undefined
  /** For an archive of mixed mails: each finds its list among these. */
  readonly lists?: readonly List[] | undefined
  readonly paths: readonly string[]
  /** Goes on when all is read: new mails of a public-inbox are taken as they come, until `signal`. */
  readonly follow?: boolean | undefined
  /** Ends the import behind the batch that is under way. */
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Every mail that it appended is sorted when it resolves. What is wrong with a source is a problem in the report, and
 * the next one follows. It rejects when the database fails.
 */
export async function importPaths(options: ImportOptions): Promise<ImportReport> {
  const { signal, follow, progress } = options
  const began = performance.now()
  const run = begin(options)
  const sources = await openAll(run)
  const total = sources.reduce((sum, source) => sum + source.size, 0)
  let before = 0
  for (const source of sources) {
    if (signal.aborted) break
    await importSource(run, source, { before, total })
    before += source.size
  }
  await run.sorter.finish()
  const interrupted = signal.aborted
  if (follow && !interrupted && sources.length > 0) {
    progress.say('All is read; waiting for new mails until Ctrl-C')
    await followSources(run, sources, async source => {
      await importSource(run, source, { before: total, total })
      await run.sorter.finish()
    })
  }
  const seconds = (performance.now() - began) / 1000
  const report = { ...run.tally, seconds, interrupted, problems: run.problems }
  progress.finish(report)
  return report
}

/** A sentence for each path when none of them can be imported; empty when one can. Asks no database. */
export async function whyNothing(paths: readonly string[], follow: boolean): Promise<string[]> {
  const problems: string[] = []
  for (const path of paths) {
    const opened = await openOrSay(path, follow)
    if (typeof opened !== 'string') return []
    problems.push(cannotImport(path, opened))
  }
  return problems
}

/** One import under way. */
interface ImportRun {
  readonly options: ImportOptions
  /** The list of every mail; null when each finds its own. */
  readonly list: ListId | null
  readonly sorter: ImportSorter
  readonly tally: Record<'read' | 'fresh' | 'known' | 'skipped' | 'hidden', number>
  readonly problems: string[]
  problem(sentence: string): void
  /** What was a problem when we last looked and still is one is not told again. */
  lookAgain(): void
}

function begin(options: ImportOptions): ImportRun {
  const problems: string[] = []
  let before = new Set<string>()
  let now = new Set<string>()
  return {
    options,
    list: options.lists === undefined ? (options.list?.id ?? null) : null,
    sorter: startSorter(options.db),
    tally: { read: 0, fresh: 0, known: 0, skipped: 0, hidden: 0 },
    problems,
    problem(sentence) {
      now.add(sentence)
      if (before.has(sentence)) return
      problems.push(sentence)
      options.progress.say(sentence)
    },
    lookAgain() {
      before = now
      now = new Set()
    },
  }
}

/** What cannot be opened is told before the others are read, which may take hours. */
async function openAll({ options, problem }: ImportRun): Promise<Source[]> {
  const sources: Source[] = []
  for (const path of options.paths) {
    const opened = await openOrSay(path, options.follow === true)
    if (typeof opened === 'string') problem(cannotImport(path, opened))
    else sources.push(...opened)
  }
  return sources
}

/** `bytes` are those of the sources before this one, and of all. */
async function importSource(
  run: ImportRun,
  source: Source,
  bytes: { before: number; total: number },
): Promise<void> {
  const { options, tally } = run
  const { db, signal, progress } = options
  const place = { list: run.list, source: source.key }
  let homeless = 0
  const position = await savedPosition(db, place)
  const deletions = new Deletions(db, position !== undefined)
  for await (const batch of batches(source.read(position))) {
    const homes = homesOf(batch, options)
    const targets = homes.map(lists => lists.map(({ id }) => id))
    const counts = await storeBatch(db, { ...place, path: source.path }, batch, homes, deletions)
    await run.sorter.next([...new Set(targets.flat())])
    addUp(tally, batch, counts)
    homeless += counts.homeless
    for (const item of batch.items) {
      if (item.kind === 'too-large') run.problem(tooLarge(source.path, item.at, item.size))
      if (item.kind === 'unreadable') run.problem(unreadable(source.path, item.at, item.reason))
    }
    if (batch.failure !== null) run.problem(cannotImport(source.path, batch.failure))
    const bytesDone = bytes.before + source.done
    progress.show({ path: source.path, mails: tally.read, bytesDone, bytesTotal: bytes.total })
    if (signal.aborted) break
  }
  if (homeless > 0) run.problem(noList(source.path, homeless))
  // A file that was read to its end is read again when it is asked for again: the log may lack what it once had.
  if (!signal.aborted && !source.grows) await forgetPosition(db, place)
}

function addUp(
  tally: ImportRun['tally'],
  { items }: Batch,
  { fresh, known, hidden, homeless }: Counts,
): void {
  const left = items.filter(({ kind }) => kind === 'too-large' || kind === 'unreadable').length
  tally.read += items.filter(({ kind }) => kind !== 'deleted').length
  tally.fresh += fresh
  tally.known += known
  tally.hidden += hidden
  tally.skipped += homeless + left
}

/** A sentence when there is nothing to read. */
async function openOrSay(
  path: string,
  follow: boolean,
  known?: ReadonlyMap<string, Source>,
): Promise<Source[] | string> {
  try {
    const sources = await openSources(path, known)
    const ends = sources.find(source => !source.grows)
    return follow && ends ? 'only a public-inbox git directory can be followed' : sources
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A fetch into a clone is seen this soon. */
const followEveryMs = 1_000

/** Looks for new commits in all epochs, and for new epochs, until the signal; a clone may be away or broken for a while. */
async function followSources(
  run: ImportRun,
  sources: readonly Source[],
  read: (source: Source) => Promise<void>,
): Promise<void> {
  const { paths, signal } = run.options
  const known = new Map(sources.map(source => [source.path, source]))
  while (!signal.aborted) {
    run.lookAgain()
    for (const path of paths) {
      const opened = await openOrSay(path, true, known)
      if (typeof opened === 'string') run.problem(cannotImport(path, opened))
      else
        for (const source of opened) {
          known.set(source.path, source)
          if (!signal.aborted) await read(source)
        }
    }
    await sleep(followEveryMs, undefined, { signal }).catch(() => {})
  }
}

/** The lists of each item, in the order of the items. */
function homesOf({ items }: Batch, { list, lists }: ImportOptions): (readonly List[])[] {
  const otherwise = list ? [list] : []
  return items.map(item => {
    if (item.kind === 'too-large' || item.kind === 'unreadable') return []
    const own = lists === undefined ? otherwise : listsOfMail(item.bytes, lists)
    return own.length > 0 ? own : otherwise
  })
}

interface Counts {
  readonly fresh: number
  readonly known: number
  readonly hidden: number
  /** Mails of no list. */
  readonly homeless: number
}

/** How old the mails of an archive are that is not trusted by name is asked of each. */
function arrivalOf({ bytes, posted }: SourceMail, list: List, path: string): MailForList {
  const envelope = posted === undefined ? { road: 'import' } : { road: 'import', posted }
  const mail = { list: list.id, bytes, envelope }
  return isTrusted(path, list) ? mail : { ...mail, newest: newestTime(headersOf(bytes).headers, envelope) }
}

const isTrusted = (path: string, { trustedArchives }: List) =>
  trustedArchives.some(archive => `${resolve(path)}/`.startsWith(`${resolve(archive)}/`))

/** The mails and the position behind them in one transaction: whichever way we end, they agree. */
async function storeBatch(
  db: Kysely<Tables>,
  { path, ...place }: { list: ListId | null; source: string; path: string },
  { items }: Batch,
  homes: readonly (readonly List[])[],
  deletions: Deletions,
): Promise<Counts> {
  const hidden = await deletions.hide(items, homes)
  const arrivals = items.flatMap((item, index) =>
    item.kind === 'mail' ? (homes[index] ?? []).map(list => arrivalOf(item, list, path)) : [],
  )
  const position = items.findLast(item => item.position !== null)?.position
  const appended = await db.transaction().execute(async transaction => {
    const written = await appendWithin(transaction, arrivals)
    if (position != null) await savePosition(transaction, place, position)
    return written
  })
  await deletions.show(arrivals, appended)
  const mails = items.flatMap(({ kind }, index) => (kind === 'mail' ? [homes[index] ?? []] : []))
  return { ...countMails(mails, appended), hidden }
}

/** A mail to two lists is one mail: new when it is new to one of them. */
function countMails(
  mails: readonly (readonly List[])[],
  appended: readonly Appended[],
): Omit<Counts, 'hidden'> {
  let at = 0
  const counts = { fresh: 0, known: 0, homeless: 0 }
  for (const lists of mails) {
    const units = appended.slice(at, at + lists.length)
    at += lists.length
    if (lists.length === 0) counts.homeless++
    else if (units.some(({ fresh }) => fresh)) counts.fresh++
    else counts.known++
  }
  return counts
}

const cannotImport = (path: string, failure: string) => `Cannot import "${path}": ${failure}`

const tooLarge = (path: string, at: string, bytes: number) =>
  `Skipped the mail ${at} of "${path}": it has ${bytes} bytes, allowed are ${limits.importMailBytesMax}`

const unreadable = (path: string, at: string, reason: string) =>
  `Skipped the mail ${at} of "${path}": ${reason}`

const noList = (path: string, count: number) =>
  `Skipped ${count} ${count === 1 ? 'mail' : 'mails'} of "${path}" for no list here; --mixed with --list NAME takes such mails`
