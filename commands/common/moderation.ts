// What hide, unhide, purge and release have in common: one mail, by its Message-ID, on one list or on all.
import type { Arguments } from '../../base/command.ts'
import { withDatabase } from './database.ts'
import { say } from './say.ts'

export interface Moderation {
  readonly how: 'hide' | 'unhide' | 'purge' | 'release'
  /** Answered when it was done. */
  readonly done: string
  /** Answered when nothing changed. */
  readonly unchanged: string
  /** Why there is no such mail. */
  readonly absent: string
}

export async function moderateMail(moderation: Moderation, args: Arguments): Promise<number> {
  const { how, done, unchanged, absent } = moderation
  const [word] = args.words
  if (word === undefined || args.words.length > 1)
    throw new Error(`Cannot ${how} ${JSON.stringify(args.words.join(' '))}; allowed: one Message-ID`)
  return withDatabase(args, async ({ db }) => {
    const { chosenLists } = await import('../../sql/chosen-lists.ts')
    const { moderate } = await import('../../tracker/project/moderate.ts')
    const { messageId } = await import('../../base/ids.ts')
    const name = args.text('list')
    const list = name === undefined ? undefined : (await chosenLists(db, name))[0]?.id
    const id = messageId(word.replace(/^<|>$/g, ''))
    const asked = { list, messageId: id, who: 'operator', reason: args.text('reason') ?? '' }
    const { lists, changed } = await moderate[how](db, asked)
    if (lists.length === 0) throw new Error(`Cannot ${how} ${JSON.stringify(word)}: ${absent}`)
    const { sortAll } = await import('../../tracker/project/projector.ts')
    for (const one of lists) await sortAll(db, one.id)
    const names = lists.map(one => one.name).join(', ')
    return say(`${changed === 0 ? unchanged : done}: ${word} on ${names}\n`)
  })
}
