import type { Arguments, Command } from '../base/command.ts'
import { exits, orExit } from '../base/exit.ts'
import { readConfig } from './common/config.ts'
import { type Ground, useDatabase } from './common/database.ts'
import { openLog } from './common/log.ts'

export const command: Command = {
  summary: 'Takes one mail from standard input; the exit code is that of sysexits.h, 75 means try again',
  words: '',
  options: {
    list: { value: 'NAME', help: 'the list (default: the mail finds it by List-Id, --to, To and Cc)' },
    from: { value: 'ADDRESS', help: "the envelope's sender" },
    to: { value: 'ADDRESS', help: "the envelope's recipient" },
  },
  usageExit: exits.usage,
  /** Every way this can end is an exit code that mail servers know; whatever is not foreseen makes them try again. */
  async run(args) {
    const config = await orExit(exits.configuration, () => readConfig(args))
    const { readMail } = await import('../ingest/deliver.ts')
    const bytes = await readMail(process.stdin, config.limits.mailBytesMax)
    return orExit(exits.later, async () =>
      useDatabase(config, await openLog(args, config), ground => deliver(args, ground, bytes)),
    )
  },
}

async function deliver(args: Arguments, { db, config }: Ground, bytes: Buffer): Promise<number> {
  const { takeReturned } = await import('../ingest/return-mail.ts')
  if ((await takeReturned(db, [args.text('to') ?? ''], bytes)) !== null) return 0
  const { listsToDeliver } = await import('../sql/chosen-lists.ts')
  const { deliver: keep } = await import('../ingest/deliver.ts')
  const { lists, list } = await listsToDeliver(db, args.text('list'), config.lists)
  await keep({ db, bytes, lists, list, from: args.text('from'), to: args.text('to') })
  return 0
}
