// The names under which a browser saves what a mail holds, as far as every file system can hold them.
import { limits } from '../../base/limits.ts'

/** `PATCH-v3-1-5-wal-split-append-from-sync.txt`. */
export function fileName(subject: string): string {
  return `${cleanName(subject.replace(/^\s*(?:re|fwd?):\s*/i, ''), notAscii) || 'no-subject'}.txt`
}

export interface FileNames {
  /** Letters, digits, dots and dashes of ASCII: for addresses, and for programs that know no others. */
  readonly ascii: string
  /** With the letters of all scripts. */
  readonly full: string
}

/** Names for a part of a mail. Of a path its end counts: a name is never a place. */
export function partFileNames({ filename, type }: { filename: string | null; type: string }): FileNames {
  const base = filename?.split(/[/\\]/).at(-1) ?? ''
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(base)?.[0] ?? (type.startsWith('text/') ? '.txt' : '.bin')
  const stem = base.endsWith(ending) ? base.slice(0, -ending.length) : base
  return { ascii: named(stem, notAscii) + ending, full: named(stem, notLetter) + ending }
}

const notAscii = /[^A-Za-z0-9._-]+/
/** No signs and no marks that turn the direction of writing: `exe.gnp` must not read as a picture. */
const notLetter = /[^\p{L}\p{M}\p{N}._-]+/u

/** public-inbox, too, calls what has no name `a`. */
const named = (stem: string, unwanted: RegExp) => cleanName(stem.normalize('NFC'), unwanted) || 'a'

const cleanName = (text: string, unwanted: RegExp): string =>
  text
    .toWellFormed()
    .split(unwanted)
    .filter(word => word !== '')
    .join('-')
    .slice(0, limits.fileNameCharactersMax)
    .toWellFormed()
    // A leading dot hides a file, a leading dash is an option.
    .replace(/^[.-]+/, '')
