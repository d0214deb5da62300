// A topic as an issue of git-dit: a commit for each mail, below the one that it answers, and one for each command that had an effect, in
// the chain whose end is the issue's head. All of it comes from the mails and the fold, so two servers write the same commits. Pure.
import type { MessageId } from '../../base/ids.ts'
import { decodeMail } from '../decode/decode.ts'
import { ditMessage } from '../mail/dit-text.ts'
import { type Change, finalStates, type State, type Topic } from '../topic/topic.ts'
import { gitPerson, inboxCommit } from './inbox-commit.ts'

interface DitCommit {
  /** Within its issue. */
  readonly name: string
  /** Names; they stand before it. */
  readonly parents: readonly string[]
  /** `Ada Example <ada@example.org> 1772323200 +0100`. */
  readonly author: string
  /** Seconds and a zone. */
  readonly committed: string
  readonly message: string
}

export interface DitIssue {
  /** The first is the issue itself. */
  readonly commits: readonly DitCommit[]
  readonly head: string
  /** Ends of conversations that the head does not hold. */
  readonly leaves: readonly string[]
}

/** Null where no mail of it can be had. `bytes`: of each mail, by Message-ID. */
export function ditIssue(topic: Topic, bytes: ReadonlyMap<MessageId, Buffer>): DitIssue | null {
  const commits: DitCommit[] = []
  const here = new Set<string>()
  for (const { id, parent } of topic.mails) {
    const mail = bytes.get(id)
    if (mail === undefined) continue
    const root = commits[0]?.name
    const above = parent !== null && here.has(parent) ? parent : root
    here.add(id)
    commits.push(mailCommit(id, mail, above))
  }
  const root = commits[0]?.name
  if (root === undefined) return null
  let head = root
  for (const [index, tag] of tagsOf(topic).entries()) {
    const name = `tag ${index}`
    const said = tag.mail !== null && tag.mail !== head && here.has(tag.mail) ? [tag.mail] : []
    commits.push({ name, parents: [head, ...said], ...tagCommit(topic, tag) })
    head = name
  }
  return { commits, head, leaves: leavesOf(commits, head) }
}

function mailCommit(id: MessageId, mail: Buffer, above: string | undefined): DitCommit {
  const { author, authored, title } = inboxCommit(mail, 0)
  return {
    name: id,
    parents: above === undefined ? [] : [above],
    author: `${author} ${authored}`,
    committed: authored,
    message: ditMessage(title, decodeMail(mail).body, id),
  }
}

/** A command: what it says in git-dit's words, who gave it and when. */
interface Tag extends Pick<Change, 'who' | 'said'> {
  readonly mail: MessageId | null
  readonly lines: readonly string[]
}

function tagsOf(topic: Topic): Tag[] {
  const { kind, bug, author, said, history, state } = topic
  const tags: Tag[] = bug ? [{ who: author, said, mail: null, lines: [`Dit-type: ${bug.type}`] }] : []
  let standing = ''
  for (const change of history) {
    if (!change.effect) continue
    const lines = linesOf(change, kind)
    if (lines.length > 0) tags.push({ ...change, lines })
    standing =
      lines.find(line => line.startsWith('Dit-status')) === undefined ? standing : statusOf(change.state)
  }
  const end = statusOf(state)
  const last = history.findLast(({ effect }) => effect)
  if (end !== standing && (standing !== '' || end !== open))
    tags.push({
      ...{ who: last?.who ?? author, said: last?.said ?? topic.lastSaid, mail: last?.mail ?? null },
      lines: statusLines(state),
    })
  return tags
}

function linesOf({ what, value, state }: Change, kind: Topic['kind']): string[] {
  if (what === 'Bug-Status' && kind === 'bug') return statusLines(state)
  if (what === 'Delegate') return [`Dit-assignee: ${oneLine(value)}`]
  if (what === 'Severity' && kind === 'bug') return [`Dit-severity: ${oneLine(value)}`]
  return []
}

const open = 'open'

type Ended = State | Change['state'] | null

/** `Dit-status` as git-dit knows it, and beside it which end it was. */
const statusLines = (state: Ended): string[] =>
  statusOf(state) === open
    ? [`Dit-status: ${open}`]
    : ['Dit-status: closed', `Dit-resolution: ${oneLine(String(state))}`]

const statusOf = (state: Ended): string =>
  state != null && ([...finalStates, ...closedBugs] as readonly string[]).includes(state) ? 'closed' : open

const closedBugs = ['fixed', 'wontfix', 'invalid', 'worksforme', 'duplicate'] as const

function tagCommit({ title }: Topic, { who, said, lines }: Tag): Omit<DitCommit, 'name' | 'parents'> {
  const time = `${Math.max(0, Math.floor(said / 1000))} +0000`
  return {
    author: `${gitPerson(who.name || who.address, who.address)} ${time}`,
    committed: time,
    message: `Re: ${oneLine(title) || '(no subject)'}\n\n${lines.join('\n')}\n`,
  }
}

const oneLine = (text: string) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim()

function leavesOf(commits: readonly DitCommit[], head: string): string[] {
  const parents = new Map(commits.map(commit => [commit.name, commit.parents]))
  const held = new Set<string>()
  const waiting = [head]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (held.has(name)) continue
    held.add(name)
    waiting.push(...(parents.get(name) ?? []))
  }
  const answered = new Set(commits.flatMap(commit => commit.parents))
  return commits.flatMap(({ name }) => (held.has(name) || answered.has(name) ? [] : [name]))
}
