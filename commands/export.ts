import type { Arguments, Command } from '../base/command.ts'
import { type Ground, untilStopped } from './common/database.ts'
import { onlyList } from './common/options.ts'

export const command: Command = {
  summary:
    'Writes the topics as JSON lines (state), every mail (mbox, public-inbox), the notes of writes (notes), or issues in a repository (git-dit)',
  words: 'state|mbox|public-inbox|notes|git-dit',
  options: {
    list: onlyList,
    out: {
      value: 'PATH',
      help: 'a file instead of standard output; public-inbox: a directory, which is continued when it is there',
    },
    repo: { value: 'PATH', help: 'git-dit: the repository, which is made when it is not there' },
    'no-numbers': {
      value: null,
      help: 'state: without the numbers of bugs, which differ between instances',
    },
  },
  async run(args) {
    const what = args.words.join(' ')
    if (what === 'state' || what === 'mbox' || what === 'notes')
      return untilStopped(args, ground => exportLists(what, args, ground))
    if (what === 'public-inbox') return untilStopped(args, ground => exportInboxes(args, ground))
    if (args.words[0] === 'git-dit' && args.words.length <= 2)
      return untilStopped(args, ground => exportToDit(args, ground))
    throw new Error(
      `Cannot export ${JSON.stringify(what)}; allowed: state, mbox, public-inbox, notes or git-dit LIST`,
    )
  },
}

/** One list stands in the directory itself, all of them each in its own. */
async function exportInboxes(args: Arguments, { db }: Ground): Promise<number> {
  const out = args.text('out')
  const name = args.text('list')
  if (out === undefined)
    throw new Error('Cannot export public-inbox to standard output; allowed: --out DIRECTORY')
  const { join } = await import('node:path')
  const { chosenLists } = await import('../sql/chosen-lists.ts')
  const { exportInbox } = await import('../tracker/export/inbox.ts')
  for (const list of await chosenLists(db, name))
    await exportInbox({ db, list, directory: name === undefined ? join(out, list.name) : out })
  const { signingKey } = await import('../sql/signing-key.ts')
  const { keyText } = await import('../base/note-signature.ts')
  process.stderr.write(`What git/notes.git says is signed by ${keyText(await signingKey(db))}\n`)
  return 0
}

async function exportLists(
  what: 'state' | 'mbox' | 'notes',
  args: Arguments,
  { db }: Ground,
): Promise<number> {
  const { chosenLists } = await import('../sql/chosen-lists.ts')
  const { exportState } = await import('../tracker/export/state.ts')
  const { exportMbox } = await import('../tracker/export/mbox.ts')
  const { writeOutput } = await import('../base/output.ts')
  const lists = await chosenLists(db, args.text('list'))
  const options = { numbers: !args.has('no-numbers') }
  async function* chunks(): AsyncGenerator<string | Buffer> {
    for (const { id } of lists)
      yield* what === 'state' ? exportState(db, id, options) : exportMbox(db, id, what)
  }
  await writeOutput(args.text('out'), chunks())
  return 0
}

async function exportToDit(args: Arguments, { db }: Ground): Promise<number> {
  const name = args.words[1] ?? args.text('list')
  const repository = args.text('repo')
  if (name === undefined || repository === undefined)
    throw new Error('Cannot export git-dit so; allowed: export git-dit LIST --repo PATH')
  const { chosenLists } = await import('../sql/chosen-lists.ts')
  const { exportDit } = await import('../tracker/export/dit.ts')
  for (const list of await chosenLists(db, name)) {
    const { written, issues, left } = await exportDit(db, list, repository)
    process.stderr.write(`${issues} issues, of which ${written} were written\n`)
    for (const ref of left) process.stderr.write(`Left ${ref} as it is: somebody else moved it\n`)
  }
  return 0
}
