// An mbox on disk, gzip or not, as a source: its dialect is read from its beginning, its places are bytes.

import { realpath, stat } from 'node:fs/promises'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import { markLength } from './byte-order-mark.ts'
import { type FileBytes, openFileBytes } from './file-bytes.ts'
import { type MboxItem, readMbox } from './mbox.ts'
import { dialectOf } from './mbox-dialect.ts'
import type { Source, SourceItem } from './source.ts'

/** Throws when the file cannot be opened. */
export async function openMbox(path: string): Promise<Source> {
  const { size, mtimeMs } = await stat(path)
  const file = await openFileBytes(path)
  return {
    path,
    key: toStorableText(`${await realpath(path)} ${size} ${mtimeMs}`),
    size,
    grows: false,
    get done() {
      return file.done
    },
    async *read(position) {
      const start = Number(position ?? 0)
      const dialect = dialectOf(await headOf(await openFileBytes(path)))
      for await (const item of readMbox(file.read(start), start, dialect)) yield toItem(item)
    },
  }
}

/** What can be read of it: a file that is broken here is met again when its mails are read. */
async function headOf(file: FileBytes): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of file.read(0)) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= limits.mboxDialectBytesMax) break
    }
  } catch {}
  const head = Buffer.concat(chunks)
  return head.subarray(markLength(head), limits.mboxDialectBytesMax)
}

function toItem(item: MboxItem): SourceItem {
  const place = { position: String(item.position), at: `at byte ${item.begin}` }
  return item.bytes === null
    ? { ...place, kind: 'too-large', size: item.tooLarge }
    : { ...place, kind: 'mail', bytes: item.bytes, ...(item.posted ? { posted: item.posted } : {}) }
}
