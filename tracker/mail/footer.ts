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

/** Looks for a footer's first line among the last lines above `end`. */
function oneFooter(lines: readonly string[], end: number): number {
  for (let at = end - 1; at >= Math.max(0, end - footerLinesMax); at--) {
    const rest = lines.slice(at, end)
    if (isFooter(rest)) return blankAbove(lines, at)
  }
  return end
}

function isFooter(rest: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = rest
  // Mailman 2 and 3: a rule, the list's name, its address or page.
  if (/^_{30,}\s*$/.test(first))
    return /mailing list|-- \S+@\S+|^\S+@\S+\s*$/i.test(second) || /^https?:|\S+@\S+/.test(third)
  if (!/^--\s?$/.test(first)) return false
  return /^(?:Mailing list info: |You received this message because you are subscribed to the Google Groups|To unsubscribe|You are (?:currently )?subscribed|Subscription settings)/i.test(
    second,
  )
}

function blankAbove(lines: readonly string[], at: number): number {
  let start = at
  while (start > 0 && (lines[start - 1] ?? '').trim() === '') start--
  return start
}
