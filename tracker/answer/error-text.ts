// The private answer to a mail whose lines had no effect: each line, why, and the nearest line that would be understood. What
// looks like a command stands behind "> ", so that no program, and not we ourselves, takes it for one.
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { replyAddress } from '../../base/reply-address.ts'
import type { MailFacts, TagFact } from '../mail/facts.ts'
import { nameOf, valueText } from '../mail/tag/value.ts'
import type { Change, Topic } from '../topic/topic.ts'
import { oneLine } from './one-line.ts'

export interface LineError {
  /** As it stands in the mail. */
  readonly line: string
  readonly reason: string
  /** The line that was perhaps meant. */
  readonly instead: string | null
}

/**
 * What is wrong with a mail's lines as its topic stands now, and those of which it speaks beside (`reached`); empty when
 * all of them have their effect.
 */
export function errorsOf(
  facts: MailFacts,
  topic: Topic,
  reached: ReadonlyMap<MessageId, Topic>,
): LineError[] {
  const refused = [topic, ...reached.values()]
    .flatMap(({ history }) => history)
    .filter(change => change.mail === facts.messageId && isError(change))
    .flatMap(change => {
      const line = change.what === 'review' ? change.value : facts.tags.find(one => saidBy(one, change))?.line
      return line === undefined ? [] : [{ line, reason: change.reason ?? '', instead: null }]
    })
  const missed = facts.misses.map(({ line, nearest }) => ({
    line,
    reason: 'this line is not understood',
    instead: nearest,
  }))
  const lost = topic.history.flatMap(({ mail, sent, what, value }) => {
    if (mail !== facts.messageId || !sent || reached.has(sent.target)) return []
    const tag = facts.tags.find(one => saidBy(one, { what, value }))
    return tag ? [{ line: tag.line, reason: `the list has no mail <${sent.target}>`, instead: null }] : []
  })
  return [...new Map([...refused, ...lost, ...missed].map(error => [error.line, error])).values()]
}

/** What stood so already is no error, and neither is what was taken back. */
const isError = (change: Change) =>
  !change.effect && change.reason !== null && !('undone' in change && change.undone)

/** "Applied, thanks" is prose: only a line that was meant for us is answered. */
const saidBy = (tag: TagFact, { what, value }: Pick<Change, 'what' | 'value'>): boolean =>
  tag.tag !== 'Recorded' && nameOf(tag) === what && words(value).endsWith(words(valueText(tag)))

const words = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, ' ')

/** How the lines of an answer that lost its thread are made to count. */
export interface Way {
  /** The mail that it seems to answer; null where nobody can tell. */
  readonly seems: { readonly id: MessageId; readonly title: string } | null
  /** The list's own address. */
  readonly list: string
}

/** `where`: the list, for people. `way`: of an answer that lost its thread. */
export function errorText(errors: readonly LineError[], where: string, way: Way | null = null): string {
  const shown = errors.slice(0, limits.errorLinesMax)
  const more = errors.length - shown.length
  return [
    `Your mail to ${where} has lines for the tracker that changed nothing:`,
    ...shown.map(showError),
    ...(more > 0 ? [`${more} more lines changed nothing either; the page of the thread shows them.`] : []),
    way === null
      ? 'To say it again, answer in the thread with the corrected line; this mail needs\nno answer.'
      : wayBack(way),
  ]
    .join('\n\n')
    .concat('\n')
}

/** The id of any mail stands on its page, and so does the address. */
function wayBack({ seems, list }: Way): string {
  const again =
    'Send it once more as an answer in the thread. Where your mail program drops\nthe field In-Reply-To, '
  if (seems === null)
    return `${again}add one line with the id of the mail that you answer, as its page\nshows it:\n\n${quoted('Answers: <...>')}\n\nor send it to the reply address on that page. This mail needs no answer.`
  return `It seems to answer "${oneLine(seems.title)}". ${again}add this line:\n\n${quoted(`Answers: <${seems.id}>`)}\n\nor send it to ${replyAddress(list, seems.id)}.\nThis mail needs no answer.`
}

function showError({ line, reason, instead }: LineError): string {
  const near = instead === null ? '' : `\nDid you mean this?\n\n${quoted(instead)}`
  return `${quoted(line)}\n\n${sentence(reason)}${near}`
}

/** Of one line, whatever is in it, and bounded. */
const quoted = (line: string) => `> ${oneLine(line)}`

const sentence = (reason: string) => {
  const text = oneLine(reason)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`
}
