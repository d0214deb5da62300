// Mails that lie in files of their own: a Maildir, a directory of .eml files, one .eml file. Places are names of files,
// and in a Maildir only the part that stays when somebody reads the mail. A name is bytes, of whatever charset its system
// had, so it is held as latin1.
import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { limits } from '../../base/limits.ts'
import { toStorableText } from '../../base/storable.ts'
import { openFileBytes } from './file-bytes.ts'
import { mailOfFile } from './mail-file.ts'
import type { Source, SourceItem } from './source.ts'

/** `cur` and `new` of a Maildir, in the order of delivery; flags and `tmp` are nothing to us. */
export async function openMaildir(path: string): Promise<Source> {
  const names = await Promise.all(['cur', 'new'].map(folder => namesIn(path, folder)))
  const files = names.flat().map(name => ({ name, key: uniquePart(name) }))
  return source(path, files.sort(byDelivery), key => findInMaildir(path, key))
}

/** Every .eml file of a directory and of those below it, gzip or not, by name. */
export async function openEmlDirectory(path: string): Promise<Source> {
  const names = await emlBelow(path, '')
  return source(
    path,
    names.sort(byCodeUnits).map(name => ({ name, key: name })),
  )
}

async function emlBelow(path: string, folder: string): Promise<string[]> {
  const entries = await entriesOf(path, folder)
  const isEml = (entry: Dirent) => entry.isFile() && /\.eml(?:\.gz)?$/i.test(entry.name)
  const names = entries.filter(isEml).map(({ name }) => join(folder, name))
  for (const entry of entries)
    if (entry.isDirectory()) names.push(...(await emlBelow(path, join(folder, entry.name))))
  return names
}

/** A file that is one mail. */
export const openEml = (path: string): Promise<Source> => source(path, [{ name: '', key: 'the mail' }])

interface MailFile {
  /** Below the source's path, as latin1. */
  readonly name: string
  readonly key: string
}

/** `moved` finds a file again whose name changed since it was listed. */
async function source(
  path: string,
  files: readonly MailFile[],
  moved: (key: string) => Promise<string | undefined> = async () => undefined,
): Promise<Source> {
  const state = createHash('sha256').update(files.map(file => file.key).join('\0'))
  const size = files.length * usualMailBytes
  let done = 0
  return {
    path,
    key: toStorableText(`${await realpath(path)} ${state.digest('hex')}`),
    size,
    grows: false,
    get done() {
      return done
    },
    async *read(position) {
      const behind = files.findIndex(file => file.key === position) + 1
      for (const [index, file] of files.entries()) {
        if (index < behind) continue
        const item = await readItem(path, file, moved)
        done = (index + 1) * usualMailBytes
        if (item) yield item
      }
    },
  }
}

/** For the time that is left: looking at the size of each file would cost more than it is worth. */
const usualMailBytes = 8 * 1024

/** Undefined for a file that somebody removed meanwhile. */
async function readItem(
  path: string,
  { name, key }: MailFile,
  moved: (key: string) => Promise<string | undefined>,
): Promise<SourceItem | undefined> {
  const place = { position: key, at: name === '' ? 'in it' : `in ${Buffer.from(name, 'latin1')}` }
  try {
    const content = (await readBytes(below(path, name))) ?? (await readMoved(path, await moved(key)))
    if (content === undefined) return undefined
    return typeof content === 'number'
      ? { ...place, kind: 'too-large', size: content }
      : { ...place, kind: 'mail', bytes: mailOfFile(content) }
  } catch (error) {
    return { ...place, kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) }
  }
}

const readMoved = async (path: string, name: string | undefined) =>
  name === undefined ? undefined : readBytes(below(path, name))

/** Not through `join` as UTF-8: the bytes of a name stay as they are. */
const below = (path: string, name: string) =>
  Buffer.from(join(Buffer.from(path).toString('latin1'), name), 'latin1')

const entriesOf = (path: string, folder: string): Promise<Dirent[]> =>
  readdir(below(path, folder), { withFileTypes: true, encoding: 'latin1' })

/** Its size when it is too large, undefined when it is not there. */
async function readBytes(file: Buffer): Promise<Buffer | number | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of (await openFileBytes(file)).read(0)) {
      bytes += chunk.length
      if (bytes > limits.importMailBytesMax) return Math.max(bytes, (await stat(file)).size)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function namesIn(path: string, folder: string): Promise<string[]> {
  const found = await entriesOf(path, folder).catch(error => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  // A name with a dot in front is no mail (maildir(5)).
  return found
    .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
    .map(entry => join(folder, entry.name))
}

/** `cur/1700000000.M1P2.host:2,S` and `new/1700000000.M1P2.host` are one mail. */
const uniquePart = (name: string) => name.slice(4).replace(/:2,.*$/, '')

/** A name begins with the second of the delivery. */
const byDelivery = (a: MailFile, b: MailFile) => secondOf(a) - secondOf(b) || byCodeUnits(a.key, b.key)
const secondOf = ({ key }: MailFile) => Number(/^\d{1,12}/.exec(key)?.[0] ?? 0)
const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function findInMaildir(path: string, key: string): Promise<string | undefined> {
  const names = await Promise.all(['cur', 'new'].map(folder => namesIn(path, folder)))
  return names.flat().find(name => uniquePart(name) === key)
}
