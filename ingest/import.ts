// Imports archives into the log of one list, batch by batch: a batch of mails and how far it reaches in the file are
// one transaction, so after ^C or a crash the same command goes on where it ended, and running it twice adds nothing.
// While one batch is sorted into topics the next is read and appended.
import { access, constants, realpath, stat } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { ListId } from '../base/ids.ts'
import { limits } from '../base/limits.ts'
import { toStorableText } from '../base/storable.ts'
import type { List } from '../sql/lists.ts'
import { type Appended, appendWithin } from '../sql/log.ts'
import type { Tables } from '../sql/tables.ts'
import { assignAll, sortAll } from '../tracker/project/projector.ts'
import type { Progress } from './progress.ts'
import { openFileBytes } from './source/file-bytes.ts'
import { type MboxItem, readMbox } from './source/mbox.ts'

export interface ImportOptions {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly paths: readonly string[]
  /** Ends the import behind the batch that is under way. */
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface ImportReport {
  /** Mails read, and of them: new in the log, there before, not kept because of their size. */
  readonly read: number
  readonly fresh: number
  readonly known: number
  readonly skipped: number
  readonly seconds: number
  readonly interrupted: boolean
  /** A sentence for each file that could not be read, wholly or partly, and for each mail that was skipped. */
  readonly problems: readonly string[]
}

/**
 * Imports mbox files, gzip or not; every mail that it appended is sorted when it resolves. What is wrong with a
 * file is a problem in the report, and the next file follows. It rejects when the database fails.
 */
export async function importPaths(options: ImportOptions): Promise<ImportReport> {
  const { db, list, paths, signal, progress } = options
  const began = performance.now()
  const tally = { read: 0, fresh: 0, known: 0, skipped: 0 }
  const problems: string[] = []
  const files = await Promise.all(paths.map(look))
  const bytesTotal = files.reduce((sum, file) => sum + file.size, 0)
  const sorter = startSorter(db, list.id)
  let bytesBefore = 0

  const problem = (sentence: string) => {
    problems.push(sentence)
    progress.say(sentence)
  }

  async function importFile({ path, source }: SourceFile): Promise<void> {
    const file = await openFileBytes(path)
    const start = await savedPosition(db, list.id, source)
    for await (const batch of batches(readMbox(file.read(start), start))) {
      const appended = await appendBatch(db, list.id, source, batch)
      await sorter.next()
      count(tally, batch, appended)
      for (const item of batch.items)
        if (item.bytes === null) problem(tooLarge(path, item.begin, item.tooLarge))
      if (batch.failure !== null) problem(cannotImport(path, batch.failure))
      progress.show({ path, mails: tally.read, bytesDone: bytesBefore + file.done, bytesTotal })
      if (signal.aborted) return
    }
    await forgetPosition(db, list.id, source)
  }

  for (const file of files) {
    if (signal.aborted) break
    if (file.failure === null) await importFile(file)
    else problem(cannotImport(file.path, file.failure))
    bytesBefore += file.size
  }
  await sorter.end()
  const seconds = (performance.now() - began) / 1000
  const report = { ...tally, seconds, interrupted: signal.aborted, problems }
  progress.finish(report)
  return report
}

interface SourceFile {
  readonly path: string
  readonly size: number
  /** The file and the state it is in: a file that changed is another source and is read from its start. */
  readonly source: string
  readonly failure: string | null
}

async function look(path: string): Promise<SourceFile> {
  try {
    const found = await stat(path)
    const source = toStorableText(`${await realpath(path)} ${found.size} ${found.mtimeMs}`)
    await access(path, constants.R_OK)
    const { size } = found
    return {
      path,
      size,
      source,
      failure: found.isFile() ? null : 'it is no file; allowed: mbox files, .gz too',
    }
  } catch (error) {
    return { path, size: 0, source: '', failure: reasonOf(error) }
  }
}

interface Batch {
  readonly items: readonly MboxItem[]
  /** Why nothing follows this batch though the file has not ended. */
  readonly failure: string | null
}

/** A source that fails ends with a batch of what was read before. */
async function* batches(items: AsyncIterable<MboxItem>): AsyncGenerator<Batch> {
  let batch: MboxItem[] = []
  let bytes = 0
  let failure: string | null = null
  try {
    for await (const item of items) {
      batch.push(item)
      bytes += item.bytes?.length ?? 0
      if (batch.length < limits.commitMailsMax && bytes < limits.commitBytesMax) continue
      yield { items: batch, failure }
      batch = []
      bytes = 0
    }
  } catch (error) {
    failure = reasonOf(error)
  }
  if (batch.length > 0 || failure !== null) yield { items: batch, failure }
}

/** The mails and the position behind them in one transaction: whichever way we end, they agree. */
function appendBatch(
  db: Kysely<Tables>,
  list: ListId,
  source: string,
  { items }: Batch,
): Promise<Appended[]> {
  const arrivals = items.flatMap(({ bytes }) =>
    bytes === null ? [] : [{ list, bytes, envelope: { road: 'import' } }],
  )
  const position = items.at(-1)?.position
  return db.transaction().execute(async transaction => {
    const appended = await appendWithin(transaction, arrivals)
    if (position !== undefined) await savePosition(transaction, list, source, position)
    return appended
  })
}

async function savedPosition(db: Kysely<Tables>, list: ListId, source: string): Promise<number> {
  const row = await db
    .selectFrom('import_progress')
    .select('position')
    .where('list_id', '=', list)
    .where('source', '=', source)
    .executeTakeFirst()
  return Number(row?.position ?? 0)
}

async function savePosition(
  db: Kysely<Tables>,
  list: ListId,
  source: string,
  position: number,
): Promise<void> {
  await db
    .insertInto('import_progress')
    .values({ list_id: list, source, position: String(position) })
    .onConflict(conflict =>
      conflict.columns(['list_id', 'source']).doUpdateSet({ position: String(position) }),
    )
    .execute()
}

/** A file that was read to its end is read again when it is asked for again: the log may lack what it once had. */
async function forgetPosition(db: Kysely<Tables>, list: ListId, source: string): Promise<void> {
  await db.deleteFrom('import_progress').where('list_id', '=', list).where('source', '=', source).execute()
}

/**
 * Sorts behind the appends: an append waits only for the batch before it. Mails are put into clusters as they come
 * and folded at the end, once for each cluster and not once for each mail of a thread.
 */
function startSorter(db: Kysely<Tables>, list: ListId) {
  let sorting: Promise<unknown> = Promise.resolve()
  return {
    /** Waits for the sorting under way and begins the next. */
    async next(): Promise<void> {
      await sorting
      sorting = assignAll(db, list)
      // Its failure is met by the next `next` or by `end`.
      sorting.catch(() => {})
    },
    async end(): Promise<void> {
      await sorting
      await sortAll(db, list)
    },
  }
}

function count(
  tally: { read: number; fresh: number; known: number; skipped: number },
  batch: Batch,
  appended: Appended[],
) {
  const fresh = appended.filter(mail => mail.fresh).length
  tally.read += batch.items.length
  tally.fresh += fresh
  tally.known += appended.length - fresh
  tally.skipped += batch.items.length - appended.length
}

const cannotImport = (path: string, failure: string) => `Cannot import "${path}": ${failure}`

const tooLarge = (path: string, begin: number, bytes: number) =>
  `Skipped the mail at byte ${begin} of "${path}": it has ${bytes} bytes, allowed are ${limits.importMailBytesMax}`

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
