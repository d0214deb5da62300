import type { Command } from '../base/command.ts'
import { limits } from '../base/limits.ts'
import { type Ground, withDatabase } from './common/database.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary:
    'Shows the mails that are owed, kept, refused or bounced (list), or owes some of them again (retry)',
  words: 'list|retry ID...',
  options: { sent: { value: null, help: 'list: those that left, too' } },
  async run(args) {
    const [what, ...ids] = args.words
    if (what !== 'list' && what !== 'retry')
      throw new Error(`Cannot do ${JSON.stringify(what ?? '')} with the outbox; allowed: list or retry ID`)
    const wrong = what === 'list' ? ids[0] : ids.length === 0 ? '' : ids.find(id => !/^\d{1,18}$/.test(id))
    if (wrong !== undefined)
      throw new Error(
        `Cannot ${what} ${JSON.stringify(wrong)}; allowed: ${what === 'list' ? 'nothing after it' : 'the numbers that "outbox list" shows'}`,
      )
    return withDatabase(args, ground =>
      what === 'list' ? list(ground, args.has('sent')) : retry(ground, ids),
    )
  },
}

async function list({ db }: Ground, sent: boolean): Promise<number> {
  const { listOutbox } = await import('../sql/outbox-rows.ts')
  const { outboxLine } = await import('../tracker/answer/outbox-line.ts')
  const { table } = await import('../base/help.ts')
  const rows = await listOutbox(db, { sent })
  return say(rows.length === 0 ? 'No mail is owed, and none was refused\n' : table(rows.map(outboxLine)))
}

async function retry({ db }: Ground, ids: readonly string[]): Promise<number> {
  const { retryMail } = await import('../sql/outbox-rows.ts')
  for (const id of ids)
    if (!(await retryMail(db, id)))
      throw new Error(
        `Cannot retry ${id}: there is no such mail, it left, or it is older than ${limits.outboxTextDaysMax} days; allowed: what "outbox list" shows`,
      )
  return say(`Owed again: ${ids.join(', ')}\n`)
}
