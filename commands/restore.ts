import { resolve } from 'node:path'
import type { Command } from '../base/command.ts'
import { stopSignal } from '../base/stop-signal.ts'
import { readConfig } from './common/config.ts'
import { type Ground, useDatabase } from './common/database.ts'
import { openLog } from './common/log.ts'
import { onlyWord } from './common/only-word.ts'

export const command: Command = {
  summary: 'Fills an empty database from what "backup" wrote, and sorts and folds every mail of it',
  words: 'DIRECTORY',
  options: {},
  async run(args) {
    const directory = resolve(onlyWord(args.words, 'restore', 'one directory that "backup" wrote'))
    const config = await readConfig(args)
    const log = await openLog(args, config)
    return useDatabase(config, log, ground => fill(ground, directory), { stop: stopSignal(), bare: true })
  },
}

async function fill({ db, config, log }: Ground, directory: string): Promise<number> {
  const { restore } = await import('../sql/backup/read.ts')
  const { restorePublished } = await import('../ci/published-backup.ts')
  const { dataDirectory } = await import('../sql/server.ts')
  const { allLists } = await import('../sql/lists.ts')
  const { sortAll } = await import('../tracker/project/projector.ts')
  await restore(db, directory)
  await restorePublished(directory, dataDirectory(config, log))
  for (const { id, name } of await allLists(db))
    process.stderr.write(`Restored ${name}: ${await sortAll(db, id)} mails
`)
  return 0
}
