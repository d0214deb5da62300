import type { Command } from '../base/command.ts'
import { untilStopped } from './common/database.ts'
import { onlyWord } from './common/only-word.ts'

export const command: Command = {
  summary: 'Writes all that cannot be made again into a directory, or brings one that it wrote up to date',
  words: 'DIRECTORY',
  options: {},
  async run(args) {
    const directory = onlyWord(args.words, 'back up', 'one directory that is empty or has a backup')
    return untilStopped(args, async ({ db, config, log }) => {
      const { backup } = await import('../sql/backup/write.ts')
      const { backUpPublished } = await import('../ci/published-backup.ts')
      const { dataDirectory } = await import('../sql/server.ts')
      const { version } = await import('../base/version.ts')
      const { mails, pieces, written } = await backup(db, directory, version())
      await backUpPublished(dataDirectory(config, log), directory)
      process.stderr.write(`Backed up ${mails} mails: ${pieces} pieces, of which ${written} are new\n`)
      return 0
    })
  },
}
