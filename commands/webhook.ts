import type { Command } from '../base/command.ts'
import type { CallRow } from '../sql/webhook-calls.ts'
import { type Ground, withDatabase } from './common/database.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary:
    'Shows the events that webhooks did not take yet, or that were given up (list), or sends some of them again (retry)',
  words: 'list|retry ID...',
  options: { sent: { value: null, help: 'list: those that were taken, too' } },
  async run(args) {
    const [what, ...ids] = args.words
    if (what !== 'list' && what !== 'retry')
      throw new Error(`Cannot do ${JSON.stringify(what ?? '')} with webhooks; allowed: list or retry ID`)
    const wrong = what === 'list' ? ids[0] : ids.length === 0 ? '' : ids.find(id => !/^\d{1,18}$/.test(id))
    if (wrong !== undefined)
      throw new Error(
        `Cannot ${what} ${JSON.stringify(wrong)}; allowed: ${what === 'list' ? 'nothing after it' : 'the numbers that "webhook list" shows'}`,
      )
    return withDatabase(args, ground =>
      what === 'list' ? list(ground, args.has('sent')) : retry(ground, ids),
    )
  },
}

async function list({ db }: Ground, sent: boolean): Promise<number> {
  const { listCalls } = await import('../sql/webhook-calls.ts')
  const { table } = await import('../base/help.ts')
  const rows = await listCalls(db, { sent })
  return say(rows.length === 0 ? 'No event is owed, and none was given up\n' : table(rows.map(lineOf)))
}

function lineOf({
  id,
  state,
  what,
  list,
  topic,
  url,
  attempts,
  next_at,
  ended_at,
  reply,
}: CallRow): [string, string] {
  const when =
    state === 'owed' ? `next attempt ${next_at.toISOString()}` : `ended ${ended_at?.toISOString() ?? ''}`
  const tries = attempts === 0 ? '' : `, ${attempts} attempt${attempts === 1 ? '' : 's'}`
  return [
    `${id} ${state}`,
    `${what} of <${topic}> on ${list}, to ${new URL(url).host}, ${when}${tries}${reply === null ? '' : `: ${reply}`}`,
  ]
}

async function retry({ db }: Ground, ids: readonly string[]): Promise<number> {
  const { retryCall } = await import('../sql/webhook-calls.ts')
  for (const id of ids)
    if (!(await retryCall(db, id)))
      throw new Error(
        `Cannot retry ${id}: there is no such event, or it was taken; allowed: what "webhook list" shows`,
      )
  return say(`Owed again: ${ids.join(', ')}\n`)
}
