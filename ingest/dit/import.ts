// `import git-dit`: the issues of a repository become topics. Each message becomes a mail below the one that it answers, where the log
// has none of its name; what the head of an issue says of it (`Dit-status: closed`) becomes a note, since whoever may move a head was
// asked by the repository. What is only proposed in an answer says nothing until the head holds it.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { type MessageId, messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { bugStatuses, patchStates } from '../../base/state-words.ts'
import type { List } from '../../sql/lists.ts'
import { appendWithin, type MailForList } from '../../sql/log.ts'
import { appendNotes, type NewNote } from '../../sql/notes.ts'
import type { Tables } from '../../sql/tables.ts'
import { noteBytes } from '../../tracker/answer/note-mail.ts'
import { oneLine } from '../../tracker/answer/one-line.ts'
import { type DitText, ditTrailers, isTag, readDitMessage } from '../../tracker/mail/dit-text.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { forgetPosition, savedPosition, savePosition } from '../import-position.ts'
import { ditMail } from './mail.ts'
import { type DitCommit, DitCommits, type DitIssueRefs, readRefs } from './repository.ts'

export interface DitImport {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly directory: string
  readonly follow: boolean
  readonly signal: AbortSignal
  readonly say: (sentence: string) => void
}

/** Goes on with what is pushed until `signal` where it follows. */
export async function importDit(given: DitImport): Promise<DitReport> {
  const { db, list, directory, follow, signal, say } = given
  const place = { list: list.id, source: `git-dit ${directory}` }
  // The first import into a list that has no mail yet is history. What is pushed later may bear any date.
  const begun = await savedPosition(db, place)
  const isNew = begun === undefined && (await isEmpty(db, list))
  if (isNew) await savePosition(db, place, 'history')
  const report: DitReport = { issues: 0, mails: 0, notes: 0, strange: [] }
  let before = ''
  for (;;) {
    const issues = await readRefs(directory)
    const standing = JSON.stringify(issues)
    if (standing !== before)
      await takeIssues({ ...given, isHistory: isNew || begun === 'history', report }, issues)
    if (before === '') await forgetPosition(db, place)
    if (!follow || signal.aborted) return report
    if (before === '') say('All is read; waiting for new messages until Ctrl-C')
    before = standing
    await sleep(followEveryMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return report
  }
}

const followEveryMs = 1_000

export interface DitReport {
  issues: number
  mails: number
  notes: number
  /** Issues whose refs do not lead to them. */
  readonly strange: string[]
}

type Run = DitImport & { readonly isHistory: boolean; readonly report: DitReport }

async function isEmpty(db: Kysely<Tables>, { id }: List): Promise<boolean> {
  return (
    (await db.selectFrom('mail').select('seq').where('list_id', '=', id).limit(1).executeTakeFirst()) ===
    undefined
  )
}

async function takeIssues(run: Run, issues: readonly DitIssueRefs[]): Promise<void> {
  const { db, list, directory, signal, report } = run
  const commits = new DitCommits(directory)
  try {
    for (const issue of issues) {
      if (signal.aborted) break
      const messages = await commits.messages(issue)
      if (messages === null) report.strange.push(issue.id)
      else await takeIssue(run, issue, messages)
    }
    report.issues = issues.length - report.strange.length
  } finally {
    await commits.close()
  }
  await sortAll(db, list.id)
}

interface Message extends DitText {
  readonly commit: DitCommit
  /** Of its mail, or of the mail that a tag is about. */
  readonly name: MessageId
  readonly references: readonly MessageId[]
  readonly tag: boolean
}

async function takeIssue(run: Run, issue: DitIssueRefs, commits: readonly DitCommit[]): Promise<void> {
  const messages = new Map<string, Message>()
  for (const commit of commits) {
    const above = commit.id === issue.id ? undefined : messages.get(commit.parents[0] ?? '')
    const text = readDitMessage(commit.message)
    const tag = above !== undefined && text.id === null && isTag(commit.message)
    const name = tag ? above.name : messageId(text.id ?? `${commit.id}@git-dit.invalid`)
    const references = tag ? above.references : above ? [...above.references, above.name].slice(-20) : []
    messages.set(commit.id, { ...text, commit, name, references, tag })
  }
  const mails = await newMails(
    run,
    [...messages.values()].filter(({ tag }) => !tag),
  )
  const note = await noteOf(run, issue, messages)
  await run.db.transaction().execute(async trx => {
    for (let at = 0; at < mails.length; at += limits.commitMailsMax) {
      const appended = await appendWithin(trx, mails.slice(at, at + limits.commitMailsMax))
      run.report.mails += appended.filter(({ fresh }) => fresh).length
    }
    if (note !== null) run.report.notes += (await appendNotes(trx, [note])).length
  })
}

/** Whatever mail has the name is the message: nobody replaces it by pushing another. */
async function newMails({ db, list, isHistory }: Run, messages: readonly Message[]): Promise<MailForList[]> {
  const known = new Set<string>()
  for (let at = 0; at < messages.length; at += askedAtOnce) {
    const rows = await db
      .selectFrom('mail')
      .select('message_key')
      .where('list_id', '=', list.id)
      .where(
        'message_key',
        'in',
        messages.slice(at, at + askedAtOnce).map(({ name }) => indexKey(name)),
      )
      .execute()
    for (const { message_key } of rows) known.add(message_key)
  }
  // Of two that claim one name the upper one has it.
  const named = new Map(messages.toReversed().map(message => [indexKey(message.name), message]))
  const fresh = messages.filter(message => {
    const key = indexKey(message.name)
    return !known.has(key) && named.get(key) === message
  })
  return Promise.all(
    fresh.map(async ({ name, commit, subject, body, references }) => ({
      list: list.id,
      bytes: await ditMail({ id: name, commit, subject, body, references, to: list.address }),
      envelope: { road: 'import' },
      newest: isHistory ? commit.at : Date.now(),
    })),
  )
}

const askedAtOnce = 1_000

/** What the head of an issue says of it, as a note; null when it says nothing, or said so before. */
async function noteOf(
  { db, list }: Run,
  { id, head }: DitIssueRefs,
  messages: ReadonlyMap<string, Message>,
): Promise<NewNote | null> {
  const root = messages.get(id)
  // A name that a mail cannot say.
  if (root === undefined || !/^[^\s<>"\\(),]{1,900}$/.test(root.name)) return null
  const { said, newest = root.commit, wasClosed } = headSays(root, head, messages)
  const lines = linesFor(said, root, wasClosed)
  if (lines.length === 0) return null
  const hash = createHash('sha256')
    .update(`${newest.id}\n${lines.join('\n')}`)
    .digest('hex')
    .slice(0, 20)
  const name = messageId(`git-dit.${id}.${hash}@git-dit.invalid`)
  if (await hasNote(db, list, name)) return null
  const { author, address, at } = newest
  const isAddress = /^[^\s@<>,"()\\:;]{1,64}@[^\s@<>,"()\\:;]{1,255}$/.test(address)
  const who = { name: oneLine(author), address: isAddress ? address.toLowerCase() : nobody }
  const bytes = await noteBytes({
    ...{ id: name, who, by: 'imported from git-dit', to: list.address },
    ...{ subject: `Re: ${oneLine(root.subject)}`, body: `${lines.join('\n')}\n` },
    date: new Date(Math.min(Math.max(at, root.commit.at), Date.now())),
    ...{ inReplyTo: root.name, references: [root.name] },
  })
  return { list: list.id, bytes, by: { from: 'git-dit' }, address: who.address, restored: true }
}

const nobody = 'nobody@git-dit.invalid'

/** The newest word of each kind, in the chain from the head to the issue; of one message the first. */
function headSays(
  root: Message,
  head: string | null,
  messages: ReadonlyMap<string, Message>,
): { said: Map<string, string>; newest: DitCommit | undefined; wasClosed: boolean } {
  const said = new Map<string, string>()
  let newest: DitCommit | undefined
  let wasClosed = false
  let at = head === null ? undefined : messages.get(head)
  while (at !== undefined) {
    const { commit } = at
    const dit = ditTrailers(commit.message).filter(({ key }) => key.startsWith('Dit'))
    if (dit.length > 0) newest ??= commit
    wasClosed ||= dit.some(({ key, value }) => key === 'Dit-status' && value === 'closed')
    for (const { key, value } of dit) if (!said.has(key.toLowerCase())) said.set(key.toLowerCase(), value)
    at = at === root ? undefined : messages.get(commit.parents[0] ?? '')
  }
  return { said, newest, wasClosed }
}

async function hasNote(db: Kysely<Tables>, list: List, name: MessageId): Promise<boolean> {
  const row = await db
    .selectFrom('mail')
    .select('seq')
    .where('list_id', '=', list.id)
    .where('message_key', '=', indexKey(name))
    .where('note', '=', true)
    .executeTakeFirst()
  return row !== undefined
}

/** In our words. An issue that was written in git is a bug; one that was a mail is what its mail is. */
function linesFor(said: ReadonlyMap<string, string>, root: Message, wasClosed: boolean): string[] {
  const type = said.get('dit-type')?.toLowerCase()
  const kind = type === undefined ? (root.id === null ? 'bug' : null) : (types[type] ?? 'bug')
  const isPatch = /^\s*\[[^\]]{0,100}PATCH/i.test(root.subject)
  const status = statusFor(said, isPatch, wasClosed)
  const severity = /^[\p{L}\d][\p{L}\d_-]{0,39}$/u.exec(
    said.get('dit-severity') ?? said.get('dit-priority') ?? '',
  )
  const assignee = /<?([^\s@<>,"]{1,64}@[^\s@<>,"]{1,255})>?\s*$/.exec(said.get('dit-assignee') ?? '')?.[1]
  return [
    ...(kind === null || isPatch ? [] : [`Type: ${kind}`]),
    ...(status === null ? [] : [status]),
    ...(severity === null || isPatch ? [] : [`Severity: ${severity[0]}`]),
    ...(assignee === undefined ? [] : [`Delegate: ${assignee.toLowerCase()}`]),
  ]
}

const types: Readonly<Record<string, 'bug' | 'task' | 'idea'>> = {
  bug: 'bug',
  task: 'task',
  todo: 'task',
  idea: 'idea',
  feature: 'idea',
}

/** `Dit-resolution` is what an export of ours says beside `Dit-status: closed`. */
function statusFor(said: ReadonlyMap<string, string>, isPatch: boolean, wasClosed: boolean): string | null {
  const status = said.get('dit-status')?.toLowerCase()
  const resolution = said.get('dit-resolution')?.toLowerCase() ?? ''
  if (status === 'closed' && isPatch)
    return (patchStates as readonly string[]).includes(resolution) ? `Patch-Status: ${resolution}` : null
  if (status === 'closed') {
    const plain = (bugStatuses as readonly string[]).includes(resolution) && resolution !== 'duplicate'
    return `Bug-Status: ${plain ? resolution : 'fixed'}`
  }
  return status === 'open' && wasClosed && !isPatch ? 'Bug-Status: reopened' : null
}
