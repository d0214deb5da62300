// What list servers add below a mail. It is taken off for reading and comparing, never from the raw mail.
import { limits } from '../../base/limits.ts'

/** The line at which a footer of a known form begins above `from`, or `from` when there is none. */
export function footerStart(lines: readonly string[], from = lines.length): number {
  let end = from
  for (let again = 0; again < 3; again++) {
    const start = oneFooter(lines, end)
    if (start === end) break
    end = start
  }
  return end
}

/** The end of a mail that may be a footer of a form that nobody told us. */
export interface Tail {
  readonly from: number
  readonly end: number
  /** The same for each mail that has it: white space, case and numbers do not count. */
  readonly text: string
  /** It begins with a line that is drawn: `-- `, `_____`. */
  readonly ruled: boolean
}

/** What stands below the last rule, and the last block, above `end`; at most two, the longer one first. */
export function tailsOf(lines: readonly string[], end: number): Tail[] {
  const last = blankAbove(lines, end)
  const top = Math.max(0, last - limits.footerLinesMax)
  let closed = last
  while (closed > top && isRule(lines[closed - 1])) closed--
  let block = closed
  while (block > top && !isBlank(lines[block - 1]) && !isRule(lines[block - 1])) block--
  let rule = block
  while (rule >= top && !isRule(lines[rule])) rule--
  const whole = block > top || top === 0
  return [
    ...(rule >= top && rule < closed ? [tailOf(lines, rule, last, true)] : []),
    ...(whole && block < closed && block !== rule + 1 ? [tailOf(lines, block, last, false)] : []),
  ]
}

function tailOf(lines: readonly string[], from: number, end: number, ruled: boolean): Tail {
  const own = lines.slice(from, end).map(line => line.slice(0, 400).trim().replace(/\s+/g, ' '))
  return { from, end, text: own.join('\n').toLowerCase().replace(/\d+/g, '0'), ruled }
}

/** Drawn of one or two signs. */
const isRule = (line = '') => /^[-_=*~#+]{2,200}$/.test(line.trim())

/**
 * Looks for a footer's first line among the last lines above `end`. A footer is one block: what stands above a blank
 * line has other text below it, a company's notice perhaps.
 */
function oneFooter(lines: readonly string[], end: number): number {
  const last = blankAbove(lines, end)
  for (let at = last - 1; at >= Math.max(0, last - limits.footerLinesMax) && !isBlank(lines[at]); at--)
    if (isFooter(lines.slice(at, last))) return blankAbove(lines, at)
  return end
}

/** Each begins with a rule of its own; what stands below must speak of the list, since people draw rules, too. */
function isFooter(rest: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = rest.map(line => line.slice(0, 400))
  // Mailman 2 and 3, and what their administrators make of it: the list's name, its address or its page.
  if (/^_{20,}\s{0,5}$/.test(first))
    return (
      /mailing list|-- \S+@\S|^\S+@(?:\S*\.)?(?:lists?|groups)\b/i.test(second) ||
      /listinfo|\/mailman/i.test(third) ||
      leaves(third)
    )
  if (/^-{1,3}\s?$/.test(first)) return subscription.test(second) || leaves(second)
  return /^(?:-=){8,}-\s?$/.test(first) && /^Groups\.io Links:/.test(second)
}

/** mlmmj as LTP and others set it up, Google Groups, majordomo, Sympa. */
const subscription =
  /^(?:Mailing list info: |You received this message because you are subscribed to|(?:To )?unsubscribe\b|You are (?:currently )?subscribed|Subscription settings)/i

/** In the words of the list's country, with an address for it, as Sympa and others are set up. */
const leaves = (text: string) => leaving.test(text) && /mailto:|https?:\/\/|\S@\S/.test(text)
const leaving =
  /^(?:to |pour |zum |um |f[uü]r |para |per |om |för |for )?[^\n:]{0,60}(?:unsubscri|un-subscri|d[eé]sinscri|d[eé]sabonn|abmeld|abbestell|austrag|darse de baja|desuscri|cancelar|cancellar|disiscri|annullare l'iscrizione|afmeld|uitschrij|avregistr|avmeld|wypisa|rezygn|odhl[aá]s|leiratkoz|отпис|取消订阅|退订|退会|配信停止|수신거부|구독)/imu

const isBlank = (line: string | undefined) => (line ?? '').trim() === ''

function blankAbove(lines: readonly string[], at: number): number {
  let start = at
  while (start > 0 && isBlank(lines[start - 1])) start--
  return start
}
