// A thread as a tree. Each line says who wrote what and, at its end, what the mail did: gave a review, set a state.
import { html, raw } from 'hono/html'
import type { Topic, TopicMail } from '../../tracker/topic/topic.ts'
import { type NewSince, newMark } from './news.ts'
import { dayOf, type Html, nameOf, visible } from './text.ts'

export interface TreeOptions {
  /** Where a mail's line leads. */
  readonly pathOf: (mail: TopicMail) => string
  /** The mail the reader came for. */
  readonly here?: string
  /** What each mail did, by id. */
  readonly effects: ReadonlyMap<string, Html>
  /** What was said since then is marked. */
  readonly since: NewSince | undefined
}

/** Deeper answers are not indented further: a phone has room for eight steps, and a flood may go a thousand deep. */
const depthMax = 8

/**
 * The mails in tree order: answers below what they answer, in order of said time; mails whose parent never came
 * or belongs to another topic stand below a line that says so. Of a longer thread `linesMax` lines around the mail the reader came for.
 */
export function treeOf(topic: Topic, options: TreeOptions, linesMax: number): Html {
  const parts: (Html | string)[] = []
  const lines = around(inOrder(topic), options.here, linesMax)
  const base = Math.min(...lines.map(line => line.depth))
  let depth = -1
  for (const line of lines) {
    const level = Math.min(line.depth - base, depthMax)
    if (level > depth) parts.push(raw(opening(depth, level)))
    else parts.push(raw(`${'</li></ul>'.repeat(depth - level)}</li><li>`))
    parts.push(line.mail === null ? ghostLine() : mailLine(line.mail, options))
    depth = level
  }
  parts.push(raw('</li></ul>'.repeat(depth + 1)))
  return html`${parts}`
}

const opening = (depth: number, level: number) =>
  depth === -1 ? `<ul class="tree"><li>${'<ul><li>'.repeat(level)}` : '<ul><li>'.repeat(level - depth)

/** From the root above the wanted mail, or from a few lines before it when even that tree is too long. */
function around(lines: readonly Line[], here: string | undefined, max: number): readonly Line[] {
  const at = lines.findIndex(line => line.mail?.id === here)
  if (lines.length <= max || at === -1) return lines.slice(0, max)
  const root = lines.slice(0, at + 1).findLastIndex(line => line.depth === 0)
  const start = at - root < max ? root : at - Math.floor(max / 3)
  return lines.slice(Math.min(start, lines.length - max), Math.min(start, lines.length - max) + max)
}

interface Line {
  /** Null for a mail that others answer and that is not in the topic: it never came, or belongs to another one. */
  readonly mail: TopicMail | null
  readonly depth: number
}

/** Without recursion: the depth of a thread is a stranger's choice. */
function inOrder(topic: Topic): Line[] {
  const answers = Map.groupBy<string, TopicMail>(topic.mails, mail => mail.parent ?? '')
  const ids = new Set<string>(topic.mails.map(mail => mail.id))
  const ghosts = [...answers.keys()].filter(id => id !== '' && !ids.has(id))
  const lines: Line[] = []
  const seen = new Set<string>()
  const stack: (Line & { id: string })[] = [
    ...(answers.get('') ?? []).map(mail => ({ mail, id: mail.id as string, depth: 0 })),
    ...ghosts.map(id => ({ mail: null, id, depth: 0 })),
  ].reverse()
  for (let line = stack.pop(); line !== undefined; line = stack.pop()) {
    if (seen.has(line.id)) continue
    seen.add(line.id)
    lines.push(line)
    for (const mail of answers.get(line.id)?.toReversed() ?? [])
      stack.push({ mail, id: mail.id, depth: line.depth + 1 })
  }
  return lines
}

const ghostLine = (): Html => html`<div class="row soft">A mail that is not in this topic</div>`

function mailLine(mail: TopicMail, { pathOf, here, effects, since }: TreeOptions): Html {
  const isHere = mail.id === here
  const effect = effects.get(mail.id)
  return html`<div class="row${isHere ? ' here' : ''}"><a href="${pathOf(mail)}"${isHere ? html` aria-current="true"` : ''}><bdi>${wordsOf(mail)}</bdi></a> <span class="soft">${nameOf(mail.author)}, ${dayOf(mail.said)}</span>${newMark(since, mail.said)}${
    effect || isHere
      ? html` <span class="at">${effect ?? ''}${isHere ? html` <span class="chip info">You are here</span>` : ''}</span>`
      : ''
  }</div>`
}

/** A reply's subject repeats its parent's, so its first words say more. */
function wordsOf({ role, gist, subject }: TopicMail): string {
  const text = visible(role === 'reply' && gist.trim() !== '' ? gist : subject).trim() || '(no subject)'
  return text.length > wordsMax ? `${text.slice(0, text.lastIndexOf(' ', wordsMax) || wordsMax)} …` : text
}

/** With a name and a date behind it, one line on a desk. */
const wordsMax = 64
