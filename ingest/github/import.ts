// `import github`: issues of a repository become bugs here. First what people wrote, as mails in their names; then what happened to the
// issues, as notes with their dates; then, where an issue stands otherwise all the same, a note that says how it stands. Each step goes
// page by page and remembers which, so that the same command goes on after any end and asks next time only for what changed.
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { forgetPosition, savedPosition, savePosition } from '../import-position.ts'
import { linesOfEvent, titleOf } from './lines.ts'
import { type Names, namesOf } from './names.ts'
import { type GitHubNote, writeNotes } from './notes.ts'
import { type Comment, type Issue, type IssueEvent, numberIn, objects } from './objects.ts'
import type { GitHubReport } from './report.ts'
import type { GitHubSource, Page, Stream } from './source.ts'
import { bugsHere, differenceOf } from './standing.ts'
import { hashOfText, mailTextOf } from './text.ts'
import { type Wanted, writeMails } from './write-mails.ts'

export interface GitHubImport {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly source: GitHubSource
  /** OWNER/REPO. */
  readonly repository: string
  /** Of files that are read to their end; an import of them begins anew. */
  readonly saved: string | null
  readonly report: GitHubReport
  readonly say: (sentence: string) => void
}

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

type Run = GitHubImport & {
  /** OWNER/REPO as it was when it was first imported: Message-IDs are made of it. */
  readonly name: string
  /** All names it is known by, in lower case. */
  readonly aliases: ReadonlySet<string>
  readonly names: Names
  /** Those that had another standing, to look at them again when all is done. */
  readonly noted: Map<number, Issue>
}

const stepNames = ['issues', 'comments', 'events', 'standing'] as const
const cursors = z.partialRecord(z.enum(stepNames), z.string())

interface Step {
  readonly name: (typeof stepNames)[number]
  readonly stream: Stream
  readonly take: (run: Run, page: Page) => Promise<void>
}

const steps: readonly Step[] = [
  { name: 'issues', stream: 'issues', take: takeIssues },
  { name: 'comments', stream: 'comments', take: takeComments },
  { name: 'events', stream: 'events', take: takeEvents },
  { name: 'standing', stream: 'issues', take: takeStanding },
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
  return { ...given, name: first, aliases, names: namesOf(source.host, first), noted: new Map() }
}

/** Those that are of the repository; the others are told. */
function readAll<T>(run: Run, what: string, schema: z.ZodType<T>, items: readonly unknown[]): T[] {
  return items.flatMap(item => {
    const read = schema.safeParse(item)
    const address = addressIn(item)
    const id = (item as { number?: unknown; id?: unknown } | null)?.[what === 'issue' ? 'number' : 'id']
    if (read.success && run.aliases.has(address.toLowerCase())) return [read.data]
    const [issue] = read.error?.issues ?? []
    const why = issue ? `${issue.path.join('.')}: ${issue.message}` : `it is of ${address || 'no repository'}`
    run.report.tell('strange', `${what} ${String(id)}`, why)
    return []
  })
}

/** OWNER/REPO in the first address that an object has. */
function addressIn(item: unknown): string {
  const { html_url, issue_url, url } = (item ?? {}) as Record<string, unknown>
  const address = [html_url, issue_url, url].find(one => typeof one === 'string') ?? ''
  return /([^/]+\/[^/]+)\/(?:issues|pull|pulls)\//.exec(address)?.[1] ?? ''
}

async function takeIssues(run: Run, { items }: Page): Promise<void> {
  const { report } = run
  const all = readAll(run, 'issue', objects.issue, items)
  const own = all.filter(issue => !isPull(issue))
  report.issues.read += items.length
  report.issues.other += items.length - own.length
  for (const { number } of all.filter(isPull)) report.tell('pull', `pull request ${number}`, 'not taken over')
  const wanted = own.map(issue => ({ issue, ...wantedIssue(run, issue) }))
  const { fresh, known, edits } = await writeMails(run.db, run.list, wanted)
  report.issues.fresh += fresh.length
  report.issues.known += own.length - fresh.length
  report.edits += edits
  for (const one of fresh)
    if (one.mail.from.name === 'ghost') report.tell('ghost', one.mail.origin, 'no account')
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
    subject: issue.title.replace(/\s+/g, ' ').trim(),
    origin: `issue ${number}`,
    remarks: [html_url ?? `https://${run.source.host}/${run.name}/issues/${number}`, ...reacted(reactions)],
  })
}

const reacted = (reactions: readonly string[]) =>
  reactions.length === 0 ? [] : [`Reactions: ${reactions.join(', ')}`]

interface Text {
  readonly id: Wanted['mail']['id']
  readonly above: Wanted['mail']['id'] | null
  readonly who: string | null
  readonly subject: string
  readonly body: string
  readonly at: number
  readonly changed: number
  readonly origin: string
  readonly remarks: readonly string[]
}

function wantedOf(run: Run, text: Text): Wanted {
  const { id, above, who, subject, at, changed, origin } = text
  const hash = hashOfText(text.body)
  const mail = {
    ...{ id, above, subject, at, to: run.list.address, from: run.names.person(who) },
    text: mailTextOf(text, run.name, run.names.root),
    origin: `${origin} ${hash}`,
  }
  const edited = (now: string) => ({
    ...mail,
    ...{ id: run.names.edit(id, now), above: id, at: changed, origin: `edited ${origin} ${now}` },
    subject: `Re: ${subject.replace(/^Re: /, '')}`,
    text: `Edited since; now it says:\n\n${mail.text}`,
  })
  return { mail, edited, hash }
}

async function takeComments(run: Run, { items }: Page): Promise<void> {
  const { report } = run
  const all = readAll(run, 'comment', objects.comment, items)
  const own = all.filter(comment => !isOfPull(comment) && numberIn(comment.issue_url) !== null)
  report.comments.read += items.length
  report.comments.other += items.length - own.length
  for (const { id } of all.filter(isOfPull)) report.tell('pull', `comment ${id}`, 'of a pull request')
  const wanted = own.map(comment => ({ comment, ...wantedComment(run, comment) }))
  const { fresh, edits } = await writeMails(run.db, run.list, wanted)
  report.comments.fresh += fresh.length
  report.comments.known += own.length - fresh.length
  report.edits += edits
  const freshHere = new Set<Wanted>(fresh)
  for (const one of wanted) if (freshHere.has(one)) tellOf(run, one.comment)
  run.say(`comments: ${report.comments.read} read`)
}

const isOfPull = ({ html_url, issue_url }: Comment): boolean => /\/pulls?\//.test(`${html_url} ${issue_url}`)

function tellOf({ report }: Run, { id, user, minimized, ...comment }: Comment): void {
  if (user === null) report.tell('ghost', `comment ${id}`, 'no account')
  if (minimized !== null) report.tell('minimized', `comment ${id}`, minimized)
  if (wasEdited(comment)) report.tell('edited', `comment ${id}`, 'its earlier text is lost')
}

const wasEdited = ({
  edited,
  created_at,
  updated_at,
}: Pick<Comment, 'edited' | 'created_at' | 'updated_at'>) => edited || updated_at > created_at

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
    const lines =
      event.issue.pull_request == null ? linesOfEvent(event, login => names.person(login).address) : null
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
  const where = `issue ${issue.number}, event ${id}`
  if (issue.pull_request != null) report.tell('pull', event, `pull request ${issue.number}, event ${id}`)
  else if (label) report.tell('label', JSON.stringify(label.name), where)
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
    run.noted.set(issue.number, issue)
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
  { number }: Issue,
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

async function tellLeft(run: Run): Promise<void> {
  const noted = [...run.noted.values()]
  for (let at = 0; at < noted.length; at += lookedAtOnce)
    for (const { issue, status, rest } of await differencesOf(run, noted.slice(at, at + lookedAtOnce))) {
      const lines = [...status, ...rest]
      run.report.tell(
        'left',
        `issue ${issue.number}`,
        lines.length === 0 ? 'it is no bug here' : lines.join('; '),
      )
    }
}

const lookedAtOnce = 1_000
