// `import github OWNER/REPO`: from its server, or from files that hold what the server answered (--saved).
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Arguments } from '../../base/command.ts'
import { hasCome, stopSignal } from '../../base/stop-signal.ts'
import { withDatabase } from '../common/database.ts'

export async function importFromGitHub(args: Arguments): Promise<number> {
  const [, repository, ...more] = args.words
  if (repository === undefined || more.length > 0 || !/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(repository))
    throw new Error('Cannot import from GitHub so; allowed: import github OWNER/REPO --list NAME')
  const signal = stopSignal()
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`)
  const { GitHubReport } = await import('../../ingest/github/report.ts')
  const report = new GitHubReport(args.text('report'))
  const saved = args.text('saved')
  if (saved !== undefined && !existsSync(saved))
    throw new Error(`Cannot import "${saved}": there is no such file or directory`)
  const git = args.text('git') ?? null
  if (git !== null) await askedGit(git)
  const source = await sourceOf(args, { repository, saved, signal, report, say })
  return withDatabase(
    args,
    async ({ db, config }) => {
      const { listToFill } = await import('../../sql/chosen-lists.ts')
      const { importGitHub } = await import('../../ingest/github/import.ts')
      const name = args.text('list') ?? repository.replace(/^.*\//, '').toLowerCase()
      const list = await listToFill(db, name, config.lists)
      const given = { db, list, source, repository, report, say, git }
      const work = importGitHub({ ...given, saved: saved === undefined ? null : resolve(saved) })
      const interrupted = hasCome(signal).then(() => 'interrupted' as const)
      const end = await Promise.race([work, interrupted])
      say(end === 'interrupted' ? 'Interrupted; run the same command to go on' : report.text)
      return end === 'interrupted' ? 130 : 0
    },
    signal,
  )
}

/** What is no repository ends it before anything is made. */
async function askedGit(directory: string): Promise<void> {
  const { git } = await import('../../base/git.ts')
  await git(directory, 'rev-parse', '--absolute-git-dir')
}

interface Given {
  readonly repository: string
  readonly saved: string | undefined
  readonly signal: AbortSignal
  readonly report: InstanceType<typeof import('../../ingest/github/report.ts').GitHubReport>
  readonly say: (sentence: string) => void
}

async function sourceOf(args: Arguments, { repository, saved, signal, report, say }: Given) {
  const url = args.text('api') ?? 'https://api.github.com'
  const { openServer } = await import('../../ingest/github/server.ts')
  const token = tokenIn(args.text('token-file'))
  const cut = (stream: string, sentence: string) => report.tell('cut', stream, sentence)
  const server = openServer({ repository, url, token, signal, say, cut })
  if (saved === undefined) return server
  const { openSaved } = await import('../../ingest/github/saved.ts')
  const strange = (what: string, sentence: string) => report.tell('strange', what, sentence)
  return openSaved({ path: saved, host: server.host, strange })
}

function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  const token = readFileSync(file, 'utf8').trim()
  if (/^[\x21-\x7e]{1,300}$/.test(token)) return token
  throw new Error(`Cannot read a token in "${file}"; allowed: one line with the token alone`)
}
