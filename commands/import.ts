import type { Arguments, Command, Option } from '../base/command.ts'
import { stopSignal } from '../base/stop-signal.ts'
import { type Ground, withDatabase } from './common/database.ts'

const patchworkOptions: Readonly<Record<string, Option>> = {
  project: {
    value: 'NAME',
    help: 'patchwork: the project, by the name in its URLs; without --list the list, too',
  },
  states: {
    value: 'FILE',
    help: 'patchwork: what its own states are here, as lines such as: queued = "accepted"',
  },
  'token-file': { value: 'FILE', help: 'patchwork, github: a file with the API token' },
  report: {
    value: 'FILE',
    help: 'patchwork, github: all that was not taken over, or stands otherwise here, appended',
  },
  'keep-ours': {
    value: null,
    help: 'patchwork: what the mails say stays where patchwork does not say when it became otherwise',
  },
}

const githubOptions: Readonly<Record<string, Option>> = {
  api: {
    value: 'URL',
    help: 'github: the API of a server of your own, https://github.example.org/api/v3',
  },
  git: {
    value: 'REPOSITORY',
    help: 'github: a clone with refs/pull/*, from which the commits of pull requests are read',
  },
  saved: {
    value: 'PATH',
    help: 'github: a file or directory of its answers or of "gh issue list --json", instead of a server',
  },
}

export const command: Command = {
  summary:
    'Imports archives: mbox files, .eml files (packed, too), directories of them, Maildirs, public-inbox git; or a project of a patchwork (docs/patchwork.md), the issues and pull requests of a repository on GitHub (docs/github.md), or those of git-dit (docs/git-dit.md)',
  words: 'PATH...|public-inbox URL|patchwork URL|github OWNER/REPO|git-dit REPOSITORY',
  options: {
    list: { value: 'NAME', help: 'the list of every mail; it is made when there is none' },
    mixed: {
      value: null,
      help: 'each mail finds its list by List-Id, To and Cc; --list takes those that find none',
    },
    notes: {
      value: null,
      help: 'the paths hold what "export notes" wrote: each note counts as if it had been written here',
    },
    follow: {
      value: null,
      help: 'goes on with what is fetched into a public-inbox, or pushed into a repository of git-dit, until Ctrl-C',
    },
    key: {
      value: 'KEY',
      help: 'public-inbox: the key of that server; what it signed of its mails counts here, too (docs/leaving.md)',
    },
    ...patchworkOptions,
    ...githubOptions,
  },
  async run(args) {
    if (args.words[0] === 'public-inbox')
      return (await import('./import/public-inbox.ts')).importFromInbox(args)
    if (args.words[0] === 'git-dit') return (await import('./import/git-dit.ts')).importFromDit(args)
    if (args.words[0] === 'patchwork')
      return (await import('./import/patchwork.ts')).importFromPatchwork(args)
    if (args.words[0] === 'github') return (await import('./import/github.ts')).importFromGitHub(args)
    check(args)
    const { whyNothing } = await import('../ingest/import.ts')
    const problems = await whyNothing(args.words, args.has('follow'))
    // A wrong path makes no database and no list.
    if (problems.length > 0) throw new Error(problems.join('\n'))
    const stop = stopSignal()
    return withDatabase(args, ground => importArchives(args, ground, stop), stop)
  },
}

function check(args: Arguments): void {
  if (args.text('list') === undefined && !args.has('mixed'))
    throw new Error(
      'Cannot import without a list; allowed: --list NAME, or --mixed for mails that say theirs',
    )
  if (args.has('notes') && (args.has('mixed') || args.has('follow')))
    throw new Error('Cannot import notes so; allowed: --notes --list NAME')
  if (args.words.length === 0)
    throw new Error('Cannot import nothing; allowed: one path of an mbox file or more')
}

async function importArchives(args: Arguments, { db, config }: Ground, signal: AbortSignal): Promise<number> {
  const { listToFill } = await import('../sql/chosen-lists.ts')
  const { allLists, saveLists } = await import('../sql/lists.ts')
  const { importPaths } = await import('../ingest/import.ts')
  const { makeProgress } = await import('../ingest/progress.ts')
  const name = args.text('list')
  const mixed = args.has('mixed')
  const list = name === undefined ? undefined : await listToFill(db, name, config.lists)
  if (mixed) await saveLists(db, config.lists)
  if (args.has('notes') && list !== undefined) {
    const { importNotes } = await import('../ingest/notes.ts')
    const { fresh, others } = await importNotes(db, list.id, args.words)
    process.stderr.write(
      `${fresh} notes are new here${others > 0 ? `; skipped ${others} mails that are none` : ''}\n`,
    )
    return others > 0 ? 1 : 0
  }
  const report = await importPaths({
    db,
    list,
    lists: mixed ? await allLists(db) : undefined,
    paths: args.words,
    follow: args.has('follow'),
    signal,
    progress: makeProgress({ output: process.stderr }),
  })
  if (report.interrupted) return 130
  return report.problems.length === 0 ? 0 : 1
}
