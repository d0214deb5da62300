// What list servers add below a mail. It is taken off for reading and comparing, never from the raw mail.

/** The line at which the list's footer begins, or the number of lines when there is none. */
export function footerStart(lines: readonly string[]): number {
  let end = lines.length
  for (let again = 0; again < 3; again++) {
    const start = oneFooter(lines, end)
    if (start === end) break
    end = start
  }
  return end
}

const footerLinesMax = 12

/**
 * Looks for a footer's first line among the last lines above `end`. A footer is one block: what stands above a blank
 * line has other text below it, a company's notice perhaps.
 */
function oneFooter(lines: readonly string[], end: number): number {
  const last = blankAbove(lines, end)
  for (let at = last - 1; at >= Math.max(0, last - footerLinesMax) && !isBlank(lines[at]); at--)
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
      /listinfo|\/mailman/i.test(third)
    )
  if (/^-{1,3}\s?$/.test(first)) return subscription.test(second)
  return /^(?:-=){8,}-\s?$/.test(first) && /^Groups\.io Links:/.test(second)
}

/** mlmmj as LTP and others set it up, Google Groups, majordomo, Sympa. */
const subscription =
  /^(?:Mailing list info: |You received this message because you are subscribed to|(?:To )?unsubscribe\b|You are (?:currently )?subscribed|Subscription settings)/i

const isBlank = (line: string | undefined) => (line ?? '').trim() === ''

function blankAbove(lines: readonly string[], at: number): number {
  let start = at
  while (start > 0 && isBlank(lines[start - 1])) start--
  return start
}
