// The items of a source in portions that share a commit.
import { limits } from '../base/limits.ts'
import type { SourceItem } from './source/source.ts'

export interface Batch {
  /** Mails, or one deletion alone: it must find what came before it in the log. */
  readonly items: readonly SourceItem[]
  /** Why nothing follows this batch though the source has not ended. */
  readonly failure: string | null
}

/** A source that fails ends with a batch of what was read before. */
export async function* batches(items: AsyncIterable<SourceItem>): AsyncGenerator<Batch> {
  let batch: SourceItem[] = []
  let bytes = 0
  let failure: string | null = null
  const take = () => {
    const taken = batch
    batch = []
    bytes = 0
    return { items: taken, failure }
  }
  try {
    for await (const item of items) {
      if (item.kind === 'deleted' && batch.length > 0) yield take()
      batch.push(item)
      bytes += item.kind === 'mail' ? item.bytes.length : 0
      const full = batch.length >= limits.commitMailsMax || bytes >= limits.commitBytesMax
      if (full || item.kind === 'deleted') yield take()
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  if (batch.length > 0 || failure !== null) yield take()
}
