// Pull requests as patchsets: the description is the cover letter, each commit a patch, and what is pushed later the next revision. What
// was pushed before the first import is lost; GitHub keeps the last one alone.

import type { MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { closedBy } from './lines.ts'
import type { GitHubMail } from './mail.ts'
import { short } from './names.ts'
import { type GitHubNote, writeNotes } from './notes.ts'
import { objects, type Pull } from './objects.ts'
import { type Commit, commitsIn, commitsInGit } from './patches.ts'
import { takeReviews } from './reviews.ts'
import { type Run, readAll, wantedOf } from './run.ts'
import type { Page } from './source.ts'
import { type PatchsetHere, patchsetsHere } from './standing.ts'
import { patchSubject } from './subject.ts'
import { rewritten } from './text.ts'
import { type Wanted, writeMails } from './write-mails.ts'

export async function takePulls(run: Run, { items }: Page): Promise<void> {
  const { report, names } = run
  const own = readAll(run, 'pull request', objects.pull, items)
  report.pulls.read += items.length
  report.pulls.other += items.length - own.length
  const roots = own.map(({ number }) => names.root(number))
  const here = await patchsetsHere(run.db, run.list, roots)
  for (const pull of own) await takePull(run, pull, here.get(indexKey(names.root(pull.number))))
  run.say(`pull requests: ${report.pulls.read} read`)
}

async function takePull(run: Run, pull: Pull, here: PatchsetHere | undefined): Promise<void> {
  const { report, names } = run
  const covers = coversOf(run, pull, here)
  const head = pull.head.sha ?? ''
  const commits = head !== '' && covers.has(short(head)) ? [] : await commitsOf(run, pull)
  if (commits === null)
    report.tell('patches', `pull request ${pull.number}`, `of ${pull.head.label ?? 'nobody'}`)
  const version = 1 + covers.size
  const cover = version === 1 ? names.root(pull.number) : names.push(pull.number, head)
  const patches = (commits ?? []).map((commit, at) => {
    const place = { version, number: at + 1, total: commits?.length ?? 0, cover }
    return asWanted(patchOf(run, pull, commit, place))
  })
  const root = rootOf(run, pull, covers.size > 0 || patches.length === 0 ? 1 : patches.length)
  const push =
    version > 1 && patches.length > 0 ? [asWanted(pushOf(run, pull, cover, version, patches.length))] : []
  const { fresh, edits } = await writeMails(run.db, run.list, [root, ...push, ...patches])
  const isFresh = fresh.includes(root)
  if (isFresh) report.pulls.fresh++
  else report.pulls.known++
  report.patches += fresh.filter(one => patches.includes(one)).length
  report.edits += edits
  if (patches.length > 0) covers.set(short(head), cover)
  const links = push.map(({ mail }) => linkOf(run, pull, mail))
  await writeNotes({ ...run, host: run.source.host }, [...closesOf(run, pull), ...links])
  await takeReviews(run, pull, covers)
}

/** The cover letter of each head that is here. */
function coversOf({ names }: Run, { number }: Pull, here: PatchsetHere | undefined): Map<string, MessageId> {
  return new Map(
    (here?.revisions ?? []).flatMap(({ cover, patches }) => {
      const [, head] = /^commit-[0-9a-f]+\.\d+-([0-9a-f]+)\./.exec(patches[0]?.id ?? '') ?? []
      return head === undefined ? [] : [[head, cover ?? names.root(number)] as const]
    }),
  )
}

/** Null where they cannot be had. */
async function commitsOf(
  { git, source }: Run,
  { number, head, base }: Pull,
): Promise<readonly Commit[] | null> {
  const found = git !== null && head.sha && base.sha ? await commitsInGit(git, base.sha, head.sha) : null
  if (found !== null && found.length > 0) return found
  const patches = await source.patches(number)
  const commits = patches === null ? [] : commitsIn(patches)
  return commits.length === 0 ? null : commits
}

function rootOf(run: Run, pull: Pull, total: number): Wanted {
  const { number, title, user, body, created_at, updated_at, html_url, head, base } = pull
  return wantedOf(run, {
    ...{ id: run.names.root(number), above: null, who: user, body, at: created_at, changed: updated_at },
    subject: patchSubject({ version: 1, number: 0, total }, title),
    origin: `pull ${number}`,
    remarks: [
      html_url ?? `https://${run.source.host}/${run.name}/pull/${number}`,
      `From ${head.label ?? 'somewhere'} into ${base.ref ?? 'somewhere'}`,
    ],
  })
}

function pushOf(run: Run, pull: Pull, id: MessageId, version: number, total: number): GitHubMail {
  const { number, title, user, updated_at, head } = pull
  return {
    ...{ id, above: run.names.root(number), at: updated_at, to: run.list.address },
    from: run.names.person(user),
    subject: patchSubject({ version, number: 0, total }, title),
    origin: `pull ${number}`,
    text: `Pushed again: ${head.sha ?? ''}\n`,
  }
}

interface Place {
  readonly version: number
  readonly number: number
  readonly total: number
  readonly cover: MessageId
}

/** Its author stands in the text, as git has it where somebody else sends a patch; the sender is whoever asks to pull it. */
function patchOf(run: Run, pull: Pull, commit: Commit, { version, number, total, cover }: Place): GitHubMail {
  const { names } = run
  const head = pull.head.sha ?? ''
  const from = commit.from.replace(/\s+/g, ' ').trim()
  return {
    ...{ id: names.commit(pull.number, head, commit.id), above: cover, to: run.list.address },
    from: names.person(pull.user),
    at: version === 1 ? pull.created_at : pull.updated_at,
    subject: patchSubject({ version, number, total }, commit.title),
    origin: null,
    text: Buffer.concat([Buffer.from(`From: ${from}\n\n`), rewritten(commit.body, run.name)]),
  }
}

/** It is written once, and its text is what it is. */
const asWanted = (mail: GitHubMail): Wanted => ({ mail, hash: null, edited: () => mail })

/** However long it rested, and whatever its title is by now. */
const linkOf = ({ names, name }: Run, { number, user }: Pull, { id, at }: GitHubMail): GitHubNote => ({
  ...{ id: names.link(id), on: id, title: `${name}#${number}`, at, who: names.person(user) },
  lines: [`Link-Revision: <${names.root(number)}>`],
})

/** GitHub closes these when it is merged. */
function closesOf({ names, name }: Run, { number, body, user, created_at }: Pull): GitHubNote[] {
  const lines = closedBy(body).map(closed => `Closes: <${names.root(closed)}>`)
  const note = { on: names.root(number), title: `${name}#${number}`, at: created_at, who: names.person(user) }
  return lines.length === 0 ? [] : [{ ...note, id: names.closes(number), lines }]
}
