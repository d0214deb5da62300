// The version of the program as far as pages depend on it: a hash over the files that make them. It goes into every
// ETag, so a browser never keeps a page that an older program made.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Beside the pages, the reading of the mails that they show. */
const folders = [
  import.meta.dirname,
  ...['decode', 'mail', 'topic'].map(name => join(import.meta.dirname, '..', 'tracker', name)),
]

export const version = folders
  .flatMap(folder =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name)),
  )
  .sort()
  .reduce((hash, path) => hash.update(readFileSync(path)), createHash('sha256'))
  .digest('hex')
