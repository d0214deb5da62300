import type { Arguments, Command } from '../base/command.ts'
import { type Ground, untilStopped } from './common/database.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary: 'Reads what is new in the repositories of the lists, once; serve does it by itself',
  words: '',
  options: { list: onlyList },
  run: args => untilStopped(args, ground => followRepositories(args, ground)),
}

async function followRepositories(args: Arguments, { db, config, log }: Ground): Promise<number> {
  const { saveLists } = await import('../sql/lists.ts')
  const { chosenLists } = await import('../sql/chosen-lists.ts')
  const { dataDirectory } = await import('../sql/server.ts')
  const { follow, followedLists } = await import('../tracker/branch/follow.ts')
  const { sortAll } = await import('../tracker/project/projector.ts')
  await saveLists(db, config.lists)
  const chosen = new Set((await chosenLists(db, args.text('list'))).map(({ id }) => id))
  const data = dataDirectory(config, log)
  let problems = 0
  for (const list of (await followedLists(db)).filter(({ id }) => chosen.has(id))) {
    const { problem } = await follow(list, { db, data, log })
    await sortAll(db, list.id)
    const sentence = problem === null ? `Followed ${list.name}` : `Could not follow ${list.name}: ${problem}`
    process.stderr.write(`${sentence}\n`)
    if (problem !== null) problems++
  }
  return problems === 0 ? 0 : 1
}
