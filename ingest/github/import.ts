// `import github`: issues of a repository become bugs here, and pull requests patchsets. First what people wrote, as mails in their
// names; then what happened, as notes with their dates; then, where something stands otherwise all the same, a note that says how it
// stands. Each step goes page by page and remembers which, so that the same command goes on after any end and asks next time only for
// what changed.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { indexKey } from '../../base/key.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { forgetPosition, savedPosition, savePosition } from '../import-position.ts'
import { linesOfEvent, linesOfPullEvent, titleOf } from './lines.ts'
import { subjectText } from './mail.ts'
import { namesOf } from './names.ts'
import { type GitHubNote, writeNotes } from './notes.ts'
import { type Comment, type Issue, type IssueEvent, numberIn, objects, type Pull } from './objects.ts'
import { takePulls } from './pulls.ts'
import { takeRemarks } from './remarks.ts'
import { addressIn, type GitHubImport, type Run, reacted, readAll, wantedOf, wasEdited } from './run.ts'
import type { Page, Stream } from './source.ts'
import { bugsHere, differenceOf, patchsetsHere, pullDifferenceOf } from './standing.ts'
import { type Wanted, writeMails } from './write-mails.ts'

/** Resolves when all is taken over; throws where it cannot go on. */
export async function importGitHub(given: GitHubImport): Promise<void> {
  const { db, list, source, saved } = given
  const run = await begin(given)
  const place = { list: list.id, source: `github ${source.host} ${run.name}${saved ? ` in ${saved}` : ''}` }
  const done = cursors.parse(JSON.parse((await savedPosition(db, place)) ?? '{}'))
  for (const { name, stream, take } of steps) {
    for await (const page of source.pages(stream, done[name] ?? null)) {
      await take(run, page)
      done[name] = page.cursor
      await savePosition(db, place, JSON.stringify(done))
    }
    await sortAll(db, list.id)
  }
  await tellLeft(run)
  if (saved !== null) await forgetPosition(db, place)
}

const stepNames = ['issues', 'pulls', 'comments', 'remarks', 'events', 'standing', 'pullStanding'] as const
const cursors = z.partialRecord(z.enum(stepNames), z.string())

interface Step {
  readonly name: (typeof stepNames)[number]
  readonly stream: Stream
  readonly take: (run: Run, page: Page) => Promise<void>
}

const steps: readonly Step[] = [
  { name: 'issues', stream: 'issues', take: takeIssues },
  { name: 'pulls', stream: 'pulls', take: takePulls },
  { name: 'comments', stream: 'comments', take: takeComments },
  { name: 'remarks', stream: 'remarks', take: takeRemarks },
  { name: 'events', stream: 'events', take: takeEvents },
  { name: 'standing', stream: 'issues', take: takeStanding },
  { name: 'pullStanding', stream: 'pulls', take: takePullStanding },
]

/** A repository that was renamed is the same by its number. */
async function begin(given: GitHubImport): Promise<Run> {
  const { db, list, source, repository } = given
  const found = await source.repository()
  const known = found?.name ?? repository
  const place = (word: string | number) => ({ list: list.id, source: `github ${source.host} is ${word}` })
  const first =
    (found === null ? undefined : await savedPosition(db, place(found.id))) ??
    (await savedPosition(db, place(repository.toLowerCase()))) ??
    known
  if (found !== null) await savePosition(db, place(found.id), first)
  for (const name of new Set([repository.toLowerCase(), known.toLowerCase()]))
    await savePosition(db, place(name), first)
  const aliases = new Set([repository, known, first].map(name => name.toLowerCase()))
  return {
    ...given,
    name: first,
    aliases,
    names: namesOf(source.host, first),
    noted: { issues: new Map(), pulls: new Map() },
  }
}

async function takeIssues(run: Run, { items }: Page): Promise<void> {
  const { report } = run
  const all = readAll(run, 'issue', objects.issue, items)
  const own = all.filter(issue => !isPull(issue))
  // Pull requests come as such, too.
  const pulls = all.length - own.length
  report.issues.read += items.length - pulls
  report.issues.other += items.length - all.length
  const wanted = own.map(issue => ({ issue, ...wantedIssue(run, issue) }))
  const { fresh, known, edits } = await writeMails(run.db, run.list, wanted)
  report.issues.fresh += fresh.length
  report.issues.known += own.length - fresh.length
  report.edits += edits
  for (const one of fresh)
    if (one.mail.from.name === 'ghost') report.tell('ghost', one.mail.origin ?? '', 'no account')
  // A title that was changed since; where the events are had, they say so, too.
  const renamed = wanted.filter(one => known.has(one) && known.get(one) !== one.mail.subject)
  const notes = renamed.map(({ issue }) =>
    standingNote(run, issue, [`Title: ${titleOf(issue.title)}`], issue.updated_at),
  )
  report.standings += await writeNotes({ ...run, host: run.source.host }, notes)
  run.say(`issues: ${report.issues.read} read`)
}

const isPull = ({ pull_request, html_url }: Issue): boolean =>
  pull_request != null || /\/pull\//.test(html_url ?? '')

function wantedIssue(run: Run, issue: Issue): Wanted {
  const { number, user, created_at, updated_at, html_url, reactions, body } = issue
  const id = run.names.root(number)
  return wantedOf(run, {
    ...{ id, above: null, body, at: created_at, changed: updated_at, who: user },
    subject: subjectText(issue.title),
    origin: `issue ${number}`,
    remarks: [html_url ?? `https://${run.source.host}/${run.name}/issues/${number}`, ...reacted(reactions)],
  })
}

async function takeComments(run: Run, { items }: Page): Promise<void> {
  const { report } = run
  const all = readAll(run, 'comment', objects.comment, items)
  const own = all.filter(comment => numberIn(comment.issue_url) !== null)
  report.comments.read += items.length
  report.comments.other += items.length - own.length
  const wanted = own.map(comment => ({ comment, ...wantedComment(run, comment) }))
  const { fresh, edits } = await writeMails(run.db, run.list, wanted)
  report.comments.fresh += fresh.length
  report.comments.known += own.length - fresh.length
  report.edits += edits
  const freshHere = new Set<Wanted>(fresh)
  for (const one of wanted) if (freshHere.has(one)) tellOf(run, one.comment)
  run.say(`comments: ${report.comments.read} read`)
}

function tellOf({ report }: Run, { id, user, minimized, ...comment }: Comment): void {
  if (user === null) report.tell('ghost', `comment ${id}`, 'no account')
  if (minimized !== null) report.tell('minimized', `comment ${id}`, minimized)
  if (wasEdited(comment)) report.tell('edited', `comment ${id}`, 'its earlier text is lost')
}

function wantedComment(run: Run, comment: Comment): Wanted {
  const { id, user, body, created_at, updated_at, html_url, issue_url, reactions, minimized } = comment
  const number = numberIn(issue_url) ?? 0
  const edited = !wasEdited(comment)
    ? []
    : [updated_at > created_at ? `Edited on ${new Date(updated_at).toISOString()}` : 'Edited']
  return wantedOf(run, {
    ...{ id: run.names.comment(id), above: run.names.root(number), who: user, body },
    ...{ at: created_at, changed: updated_at, origin: `comment ${id}` },
    subject: `Re: ${run.name}#${number}`,
    remarks: [
      html_url ?? issue_url,
      ...edited,
      ...(minimized === null ? [] : [`Hidden there as: ${minimized}`]),
      ...reacted(reactions),
    ],
  })
}

async function takeEvents(run: Run, { items }: Page): Promise<void> {
  const { report, names } = run
  const all = readAll(run, 'event', objects.event, items)
  const notes = all.flatMap(event => {
    const addressOf = (login: string | null) => names.person(login).address
    const linesOf = event.issue.pull_request == null ? linesOfEvent : linesOfPullEvent
    const lines = linesOf(event, addressOf)
    if (lines === null) tellEvent(run, event)
    return lines === null ? [] : [noteOf(run, event, lines)]
  })
  const fresh = await writeNotes({ ...run, host: run.source.host }, notes)
  report.events.read += items.length
  report.events.fresh += fresh
  report.events.known += notes.length - fresh
  report.events.other += items.length - notes.length
  run.say(`events: ${report.events.read} read`)
}

function tellEvent({ report }: Run, { id, event, label, issue }: IssueEvent): void {
  const where = `${issue.pull_request == null ? 'issue' : 'pull request'} ${issue.number}, event ${id}`
  if (label && issue.pull_request == null) report.tell('label', JSON.stringify(label.name), where)
  else report.tell('event', event, where)
}

const noteOf = ({ names, name }: Run, event: IssueEvent, lines: readonly string[]): GitHubNote => ({
  ...{ id: names.event(event.id), on: names.root(event.issue.number), lines, at: event.created_at },
  title: `${name}#${event.issue.number}`,
  who: names.person(event.actor),
})

/** What neither the events say nor anybody here. Each value is said once. */
async function takeStanding(run: Run, { items }: Page): Promise<void> {
  const { names } = run
  const issues = items.flatMap(item => {
    const { data } = objects.issue.safeParse(item)
    const isOwn = data && !isPull(data) && run.aliases.has(addressIn(item).toLowerCase())
    return isOwn ? [data] : []
  })
  const differing = await differencesOf(run, issues)
  const notes = differing.flatMap(({ issue, status, rest }) => {
    run.noted.issues.set(issue.number, issue)
    const closed = issue.state === 'closed' ? (issue.closed_at ?? issue.updated_at) : issue.updated_at
    return [
      ...(status.length === 0 ? [] : [standingNote(run, issue, status, closed, issue.closed_by)]),
      ...(rest.length === 0 ? [] : [standingNote(run, issue, rest, issue.updated_at)]),
    ]
  })
  for (const { number, assignees } of issues)
    for (const login of assignees.slice(1))
      run.report.tell('assignee', `issue ${number}`, names.person(login).name)
  run.report.standings += await writeNotes({ ...run, host: run.source.host }, notes)
}

function standingNote(
  { names, name }: Run,
  { number }: Pick<Issue, 'number'>,
  lines: readonly string[],
  at: number,
  by: string | null = null,
): GitHubNote {
  const hash = createHash('sha256')
    .update(`${at}\n${lines.join('\n')}`)
    .digest('hex')
    .slice(0, 20)
  const nobody = { name: '', address: names.person('import').address }
  return {
    ...{ id: names.standing(number, hash), on: names.root(number), title: `${name}#${number}`, at, lines },
    who: by === null ? nobody : names.person(by),
  }
}

async function differencesOf({ db, list, names }: Run, issues: readonly Issue[]) {
  const here = await bugsHere(
    db,
    list,
    issues.map(({ number }) => names.root(number)),
  )
  return issues.flatMap(issue => {
    const bug = here.get(indexKey(names.root(issue.number)))
    if (bug === undefined) return [{ issue, status: [], rest: [] }]
    const difference = differenceOf(issue, bug, login => names.person(login).address)
    return difference.status.length + difference.rest.length === 0 ? [] : [{ issue, ...difference }]
  })
}

async function takePullStanding(run: Run, { items }: Page): Promise<void> {
  const pulls = items.flatMap(item => {
    const { data } = objects.pull.safeParse(item)
    return data && run.aliases.has(addressIn(item).toLowerCase()) ? [data] : []
  })
  const notes = (await pullDifferencesOf(run, pulls)).flatMap(({ pull, status }) => {
    run.noted.pulls.set(pull.number, pull)
    const at = (pull.state === 'open' ? null : (pull.merged_at ?? pull.closed_at)) ?? pull.updated_at
    return status.length === 0 ? [] : [standingNote(run, pull, status, at)]
  })
  run.report.standings += await writeNotes({ ...run, host: run.source.host }, notes)
}

async function pullDifferencesOf({ db, list, names }: Run, pulls: readonly Pull[]) {
  const roots = pulls.map(({ number }) => names.root(number))
  const here = await patchsetsHere(db, list, roots)
  return pulls.flatMap(pull => {
    const topic = here.get(indexKey(names.root(pull.number)))
    const status = topic === undefined ? [] : pullDifferenceOf(pull, topic)
    return topic !== undefined && status.length === 0 ? [] : [{ pull, status }]
  })
}

async function tellLeft(run: Run): Promise<void> {
  const tell = (what: string, lines: readonly string[]) =>
    run.report.tell('left', what, lines.length === 0 ? 'it is none here' : lines.join('; '))
  for (const portion of portionsOf(run.noted.issues))
    for (const { issue, status, rest } of await differencesOf(run, portion))
      tell(`issue ${issue.number}`, [...status, ...rest])
  for (const portion of portionsOf(run.noted.pulls))
    for (const { pull, status } of await pullDifferencesOf(run, portion))
      tell(`pull request ${pull.number}`, status)
}

function* portionsOf<T>(noted: ReadonlyMap<number, T>): Generator<T[]> {
  const all = [...noted.values()]
  for (let at = 0; at < all.length; at += lookedAtOnce) yield all.slice(at, at + lookedAtOnce)
}

const lookedAtOnce = 1_000
