// The name under which a browser saves a raw mail: its subject, as far as every file system can hold it.
import { limits } from '../../base/limits.ts'

/** `PATCH-v3-1-5-wal-split-append-from-sync.txt`. */
export function fileName(subject: string): string {
  const words = subject.replace(/^\s*(?:re|fwd?):\s*/i, '').split(/[^A-Za-z0-9._-]+/)
  const name = words
    .filter(word => word !== '')
    .join('-')
    .slice(0, limits.fileNameCharactersMax)
  // A leading dot hides a file, a leading dash is an option.
  return `${name.replace(/^[.-]+/, '') || 'no-subject'}.txt`
}
