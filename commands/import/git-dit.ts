// `import git-dit PATH --list NAME`, with --follow until Ctrl-C.
import { realpath } from 'node:fs/promises'
import type { Arguments } from '../../base/command.ts'
import { stopSignal } from '../../base/stop-signal.ts'
import { withDatabase } from '../common/database.ts'

export async function importFromDit(args: Arguments): Promise<number> {
  const [, path, ...more] = args.words
  const name = args.text('list')
  if (path === undefined || more.length > 0 || name === undefined)
    throw new Error('Cannot import from git-dit so; allowed: import git-dit REPOSITORY --list NAME')
  const directory = await realpath(path).catch((error: Error) => {
    throw new Error(`Cannot import "${path}": ${error.message}`)
  })
  const { readRefs } = await import('../../ingest/dit/repository.ts')
  // What is no repository makes no list.
  await readRefs(directory)
  const signal = stopSignal()
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`)
  return withDatabase(
    args,
    async ({ db, config }) => {
      const { listToFill } = await import('../../sql/chosen-lists.ts')
      const { importDit } = await import('../../ingest/dit/import.ts')
      const list = await listToFill(db, name, config.lists)
      const given = { db, list, directory, follow: args.has('follow'), signal, say }
      const { issues, mails, notes, strange } = await importDit(given)
      say(`${issues} issues read: ${mails} mails and ${notes} notes are new`)
      for (const id of strange) say(`Skipped the issue ${id}: what its refs hold does not lead to it`)
      if (signal.aborted && !args.has('follow')) return 130
      return strange.length > 0 ? 1 : 0
    },
    signal,
  )
}
