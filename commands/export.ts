import type { Arguments, Command } from '../base/command.ts'
import { type Ground, untilStopped } from './common/database.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary: 'Writes the topics as JSON lines (state) or every mail (mbox)',
  words: 'state|mbox',
  options: {
    list: onlyList,
    out: { value: 'PATH', help: 'a file instead of standard output' },
    'no-numbers': {
      value: null,
      help: 'state: without the numbers of bugs, which differ between instances',
    },
  },
  async run(args) {
    const what = args.words.join(' ')
    if (what === 'state' || what === 'mbox')
      return untilStopped(args, ground => exportLists(what, args, ground))
    throw new Error(`Cannot export ${JSON.stringify(what)}; allowed: state or mbox`)
  },
}

async function exportLists(what: 'state' | 'mbox', args: Arguments, { db }: Ground): Promise<number> {
  const { chosenLists } = await import('../sql/chosen-lists.ts')
  const { exportState } = await import('../tracker/export/state.ts')
  const { exportMbox } = await import('../tracker/export/mbox.ts')
  const { writeOutput } = await import('../base/output.ts')
  const lists = await chosenLists(db, args.text('list'))
  const options = { numbers: !args.has('no-numbers') }
  async function* chunks(): AsyncGenerator<string | Buffer> {
    for (const { id } of lists) yield* what === 'state' ? exportState(db, id, options) : exportMbox(db, id)
  }
  await writeOutput(args.text('out'), chunks())
  return 0
}
