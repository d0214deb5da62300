// A range of commits as the texts of a series: what git format-patch makes of each, and the cover letter. git is asked for one
// commit at a time; nothing of a commit is a word of a command line.
import { isUtf8 } from 'node:buffer'
import { askGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import { commitOf, tipOf } from './pushed.ts'

export interface Series {
  readonly head: string
  readonly base: string
  readonly cover: Text | null
  readonly patches: readonly Text[]
}

export interface Text {
  /** Without brackets: one line. */
  readonly subject: string
  /** Begins with the `From:` of who wrote it. */
  readonly body: string
}

/** A sentence for whoever pushed. */
export class SeriesRefusal extends Error {}

export interface Range {
  readonly directory: string
  readonly branch: string
  /** What was pushed. */
  readonly id: string
  /** `Name <address>`. */
  readonly pusher: string
  readonly topic: string
  readonly title: string | null
  readonly description: string | null
  /** Of one mail. */
  readonly bytesMax: number
}

/** Throws `SeriesRefusal`. */
export async function seriesOf(range: Range): Promise<Series> {
  const { directory, branch, id, title, description } = range
  const tip = await tipOf(directory, `refs/heads/${branch}`)
  if (tip === null) throw new SeriesRefusal(`There is no branch ${branch} here`)
  const head = await commitOf(directory, id)
  if (head === null) throw new SeriesRefusal('What was pushed is no commit')
  const base = (await lines(directory, ['merge-base', tip, head]))[0]
  if (base === undefined) throw new SeriesRefusal(`It has no history in common with ${branch}`)
  const merges = await lines(directory, ['rev-list', '--merges', '--max-count=1', head, `^${tip}`, '--'])
  if (merges.length > 0)
    throw new SeriesRefusal(`${merges[0]?.slice(0, 12)} is a merge; rebase on ${branch} instead`)
  const most = limits.seriesPatchesMax
  const commits = await lines(directory, ['rev-list', `--max-count=${most + 1}`, head, `^${tip}`, '--'])
  if (commits.length === 0) throw new SeriesRefusal(`It has no commit that ${branch} has not`)
  if (commits.length > most)
    throw new SeriesRefusal(`It has more than ${most} commits that ${branch} has not`)
  const patches: Text[] = []
  let left = limits.submissionBytesMax
  for (const commit of commits.reverse()) {
    const patch = await patchOf(range, commit)
    left -= patch.body.length
    if (left < 0) throw new SeriesRefusal(`It has more than ${limits.submissionBytesMax} bytes`)
    patches.push(patch)
  }
  const [first, ...more] = patches
  if (first === undefined) throw new Error('A range of commits had no patch')
  if (more.length === 0 && title === null && description === null)
    return { head, base, cover: null, patches: [withBase(first, base)] }
  return { head, base, cover: await coverOf(range, { base, head }), patches }
}

async function patchOf({ directory, pusher, bytesMax }: Range, commit: string): Promise<Text> {
  const short = commit.slice(0, 12)
  const subject = (
    await output(directory, ['log', '-1', '--no-show-signature', '--format=%s', commit, '--'])
  ).trim()
  const words = [
    ...[
      'format-patch',
      '-1',
      '--stdout',
      '--no-thread',
      '--no-signature',
      '--no-to',
      '--no-cc',
      '--no-add-header',
    ],
    ...[
      '--no-attach',
      '--no-notes',
      '--no-base',
      '--no-cover-letter',
      '--encode-email-headers',
      '--full-index',
    ],
    ...['--binary', '--no-ext-diff', '--no-textconv', '--no-color', '--src-prefix=a/', '--dst-prefix=b/'],
    ...['--no-relative', '-M', '--stat', '--summary', '-p'],
    // Else a first line "From:" of the message would be taken for the author (git-mailinfo(1)).
    ...[`--from=${pusher}`, '--force-in-body-from', '--end-of-options', commit],
  ]
  const mail = await output(directory, words)
  const begin = mail.indexOf('\n\n')
  if (begin < 0) throw new SeriesRefusal(`${short} changes nothing, so it is no patch`)
  const body = mail.slice(begin + 2)
  // A mail has lines that end as SMTP ends them, whatever the file had.
  if (body.includes('\r'))
    throw new SeriesRefusal(`${short} has lines that end with CR; mail it with git send-email`)
  if (body.length > bytesMax) throw new SeriesRefusal(`${short} has more than ${bytesMax} bytes as a mail`)
  return { subject: oneLine(subject) || short, body }
}

async function coverOf(
  { directory, pusher, topic, title, description }: Range,
  { base, head }: { base: string; head: string },
): Promise<Text> {
  const between = [`${base}..${head}`, '--']
  const shortlog = await output(directory, ['shortlog', '-w72,2,4', ...between])
  const stat = await output(directory, [
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--stat=72',
    '--summary',
    ...between,
  ])
  const text = (description ?? '').replace(/\r\n?/g, '\n').trim()
  if (Buffer.byteLength(text) > limits.seriesDescriptionBytesMax)
    throw new SeriesRefusal(`The description has more than ${limits.seriesDescriptionBytesMax} bytes`)
  const parts = [
    `From: ${pusher}\n`,
    ...(text === '' ? [] : [`${text}\n`]),
    '---',
    shortlog.trim(),
    '',
    stat.trimEnd(),
    '',
    `base-commit: ${base}\n`,
  ]
  return { subject: oneLine(title ?? '') || oneLine(topic), body: parts.join('\n') }
}

const withBase = ({ subject, body }: Text, base: string): Text => ({
  subject,
  body: `${body.trimEnd()}\n\nbase-commit: ${base}\n-- \nThreadwork\n`,
})

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 250)

/** None where git ends with 1: it found nothing. */
const lines = async (directory: string, words: readonly string[]): Promise<string[]> => {
  const { code, out, said } = await askGit(directory, words)
  if (code !== 0 && code !== 1) throw new Error(`Cannot look at what was pushed: ${said.trim()}`)
  return out.toString().split('\n').filter(Boolean)
}

async function output(directory: string, words: readonly string[]): Promise<string> {
  const config = ['i18n.logOutputEncoding=UTF-8', 'core.quotePath=true', 'format.useAutoBase=false']
  const { code, out, said } = await askGit(directory, words, { config })
  if (code !== 0) throw new Error(`Cannot make a series of what was pushed: ${said.trim()}`)
  if (!isUtf8(out)) throw new SeriesRefusal('It has text that is not UTF-8; mail it with git send-email')
  return out.toString()
}
