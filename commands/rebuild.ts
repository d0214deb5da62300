import type { Command } from '../base/command.ts'
import type { List } from '../sql/lists.ts'
import { type Ground, untilStopped } from './common/database.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary: 'Makes every topic again from the mails, and says when that is done; pages stand meanwhile',
  words: '',
  options: { list: onlyList },
  run: args =>
    untilStopped(args, async ground => {
      const { chosenLists } = await import('../sql/chosen-lists.ts')
      for (const list of await chosenLists(ground.db, args.text('list'))) await rebuildList(ground, list)
      return 0
    }),
}

/** A line every few seconds: a serve that runs takes its part, so what is left says more than what we did. */
async function rebuildList({ db }: Ground, { id, name }: Pick<List, 'id' | 'name'>): Promise<void> {
  const { rebuild, rebuildLeft } = await import('../tracker/project/rebuild.ts')
  const { limits } = await import('../base/limits.ts')
  const tell = setInterval(async () => {
    const left = await rebuildLeft(db, id).catch(() => null)
    if (left !== null)
      process.stderr.write(
        `Rebuilding ${name}: ${left.mails} mails to be sorted, ${left.clusters} threads to be folded\n`,
      )
  }, limits.rebuildTellSecondsMax * 1_000)
  try {
    await rebuild(db, id)
  } finally {
    clearInterval(tell)
  }
  process.stderr.write(`Rebuilt ${name}\n`)
}
