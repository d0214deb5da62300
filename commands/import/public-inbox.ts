// `import public-inbox URL`: a copy of a list that another server has, mails and what that server says of them. Its repositories are
// fetched below the data directory; with --follow again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Arguments } from '../../base/command.ts'
import { GitError } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { openRepository, withoutLogin } from '../../base/repository.ts'
import { stopSignal } from '../../base/stop-signal.ts'
import { type Ground, withDatabase } from '../common/database.ts'

export async function importFromInbox(args: Arguments): Promise<number> {
  const [, url, more] = args.words
  const name = args.text('list')
  const key = args.text('key')
  if (url === undefined || more !== undefined || name === undefined)
    throw new Error('Cannot import a public-inbox so; allowed: import public-inbox URL --list NAME')
  const { publicKey } = await import('../../base/note-signature.ts')
  if (key !== undefined) publicKey(key)
  const signal = stopSignal()
  return withDatabase(args, ground => mirror({ ground, url, name, key, signal }, args.has('follow')), signal)
}

interface Mirror {
  readonly ground: Ground
  readonly url: string
  readonly name: string
  readonly key: string | undefined
  readonly signal: AbortSignal
}

async function mirror(given: Mirror, follow: boolean): Promise<number> {
  let code = 0
  let said = ''
  do {
    const now = await look(given).catch((error: unknown) => {
      if (!follow || !(error instanceof GitError)) throw error
      return { code: 1, says: `Cannot fetch ${withoutLogin(given.url)}: ${error.message}` }
    })
    code = now.code
    if (now.says !== said) process.stderr.write(`${now.says}\n`)
    said = now.says
    if (follow)
      await sleep(limits.mirrorLookMillisecondsMax, undefined, { signal: given.signal }).catch(() => {})
  } while (follow && !given.signal.aborted)
  return given.signal.aborted ? 130 : code
}

/** The mails first, since the notes that are fetched behind them speak of them. */
async function look({ ground, url, name, key, signal }: Mirror): Promise<{ code: number; says: string }> {
  const { listToFill } = await import('../../sql/chosen-lists.ts')
  const { importPaths } = await import('../../ingest/import.ts')
  const { makeProgress } = await import('../../ingest/progress.ts')
  const { db, config } = ground
  const list = await listToFill(db, name, config.lists)
  const open = (repository: string) =>
    openRepository(`${url.replace(/\/{1,9}$/, '')}/git/${repository}`, config.data, signal)
  const paths = [await open('0.git')]
  for (let epoch = 1; !signal.aborted; epoch++) {
    const path = await open(`${epoch}.git`).catch(otherwise)
    if (path === null) break
    paths.push(path)
  }
  const notes = await open('notes.git').catch(otherwise)
  const progress = makeProgress({ output: process.stderr })
  const { problems } = await importPaths({ db, list, paths, signal, progress })
  return { code: problems.length === 0 ? 0 : 1, says: await heed({ db, list, notes, key }) }
}

/** Not there, as far as git can say. */
const otherwise = (error: unknown): null => {
  if (error instanceof GitError) return null
  throw error
}

interface Notes {
  readonly db: Ground['db']
  readonly list: Awaited<ReturnType<typeof import('../../sql/chosen-lists.ts').listToFill>>
  readonly notes: string | null
  readonly key: string | undefined
}

async function heed({ db, list, notes, key }: Notes): Promise<string> {
  if (notes === null) return 'It says nothing of its mails: there is no git/notes.git'
  if (key === undefined) return 'What it says of its mails has no effect here without --key'
  const { importMirrorNotes } = await import('../../ingest/mirror-notes.ts')
  const { done, refused } = await importMirrorNotes({ db, list, directory: notes, key })
  const wrong = `; ${refused} have no effect: they are not signed by ${key} for ${list.address}`
  return `${done} signed notes were heeded${refused > 0 ? wrong : ''}`
}
