import type { Command } from '../base/command.ts'
import { untilStopped } from './common/database.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary: 'Makes every topic again from the mails',
  words: '',
  options: { list: onlyList },
  run: args =>
    untilStopped(args, async ({ db }) => {
      const { chosenLists } = await import('../sql/chosen-lists.ts')
      const { rebuild } = await import('../tracker/project/rebuild.ts')
      for (const list of await chosenLists(db, args.text('list'))) {
        await rebuild(db, list.id)
        process.stderr.write(`Rebuilt ${list.name}\n`)
      }
      return 0
    }),
}
