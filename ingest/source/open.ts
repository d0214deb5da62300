// Tells from a path what lies there: an mbox, a mail, a Maildir, a directory of mails or a public-inbox archive.
import { access, constants, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { markLength } from './byte-order-mark.ts'
import { openFileBytes } from './file-bytes.ts'
import { openEml, openEmlDirectory, openMaildir } from './mail-files.ts'
import { isFromLine } from './mbox-dialect.ts'
import { openMbox } from './mbox-file.ts'
import { epochsOf, openPublicInbox } from './public-inbox.ts'
import type { Source } from './source.ts'

const sourcesAllowed =
  'mbox files, .eml files (.gz too), directories of .eml files, Maildirs, public-inbox git directories'

/** One source, or one for each epoch of a public-inbox; of those in `known` the same. Throws when there is nothing to read. */
export async function openSources(
  path: string,
  known: ReadonlyMap<string, Source> = new Map(),
): Promise<Source[]> {
  const found = await stat(path)
  await access(path, constants.R_OK)
  if (found.isDirectory()) return openDirectory(path, known)
  if (found.isFile()) return [await openFile(path)]
  throw new Error(`it is neither file nor directory; allowed: ${sourcesAllowed}`)
}

async function openDirectory(path: string, known: ReadonlyMap<string, Source>): Promise<Source[]> {
  const epochs = await epochsOf(path)
  if (epochs.length > 0) return Promise.all(epochs.map(epoch => known.get(epoch) ?? openPublicInbox(epoch)))
  if ((await isDirectory(join(path, 'cur'))) || (await isDirectory(join(path, 'new'))))
    return [await openMaildir(path)]
  const mails = await openEmlDirectory(path)
  if (mails.size === 0) throw new Error(`it holds no mail; allowed: ${sourcesAllowed}`)
  return [mails]
}

const isDirectory = (path: string) =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  )

/** A file that begins like a header is one mail. The name decides nothing. */
async function openFile(path: string): Promise<Source> {
  const first = await firstLine(path)
  return !isFromLine(first) && /^[!-9;-~]{1,100}[ \t]*:/.test(first) ? openEml(path) : openMbox(path)
}

async function firstLine(path: string): Promise<string> {
  try {
    for await (const chunk of (await openFileBytes(path)).read(0))
      return chunk.toString('latin1', markLength(chunk), 1_000).split('\n')[0] ?? ''
  } catch {}
  return ''
}
