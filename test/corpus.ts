// Mails from wherever a person keeps them, for the long forms of the tests: mbox files (gzip too), .eml files, and
// directories of either.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openFileBytes } from '../ingest/source/file-bytes.ts'
import { readMbox } from '../ingest/source/mbox.ts'

/** The mails of these paths in their order. Throws when a path can't be read. */
export async function* corpus(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) {
    if (statSync(path).isDirectory())
      yield* corpus(
        readdirSync(path)
          .sort()
          .map(name => join(path, name)),
      )
    else if (path.endsWith('.eml')) yield readFileSync(path)
    else if (/mbox(?:rd)?(?:\.gz)?$/.test(path)) yield* mailsOfMbox(path)
  }
}

/** Every invented mail of the repository: the fixtures and the demo archive. */
export const inventedPaths = ['fixtures', 'ingest/demo.mbox'].map(path =>
  join(import.meta.dirname, '..', path),
)

async function* mailsOfMbox(path: string): AsyncGenerator<Buffer> {
  const file = await openFileBytes(path)
  for await (const { bytes } of readMbox(file.read(0))) if (bytes) yield bytes
}
