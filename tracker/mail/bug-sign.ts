// The explicit forms of a bug report. A guess from its words needs to know the whole list's people, not from one mail.
import type { Header } from '../decode/mail.ts'
import type { SubjectFact, TagFact } from './facts.ts'

/** What says that this mail reports a bug ("subject tag [BUG]"), or null. */
export function bugSignOf(
  headers: readonly Header[],
  subject: SubjectFact,
  tags: readonly TagFact[],
  lines: readonly string[],
): string | null {
  const word = subject.tags.find(tag => /^(?:bug|regression|task|idea)$/i.test(tag))
  if (word) return `subject tag [${word}]`
  if (/^(?:bug|regression|problem|crash)\s?\??\s?:\s/i.test(subject.title))
    return 'subject begins with a bug word'
  // regzbot's own form of a report: it says since when.
  const since = lines.find(line => /^#regzbot\s{1,5}\^?introduced\b/i.test(line))
  if (since && !subject.patch) return since.trim().slice(0, 100)
  const address = headers.find(
    h => /^(?:to|cc|x-original-to)$/.test(h.name) && bugAddress.test(h.value.slice(0, 4_000)),
  )
  if (address) return 'sent to an address for bugs'
  const status = tags.find(
    tag =>
      (tag.tag === 'Bug-Status' || (tag.tag === 'Unclear' && tag.name === 'Bug-Status')) &&
      tag.bug === undefined &&
      tag.on === undefined,
  )
  if (status && !subject.reply) return status.line
  return pseudoHeaders(lines)
}

/** `bugs+list@` and `list+bug@`: an operator may route them to the list. */
const bugAddress = /(?:^|[\s<,])(?:bugs?\+[\w.-]{1,60}|[\w.-]{1,60}\+bugs?)@/i

/** debbugs: fields at the top of the body, Package or Component among them. */
function pseudoHeaders(lines: readonly string[]): string | null {
  const first = lines.findIndex(line => line.trim() !== '')
  if (first < 0) return null
  const fields = lines.slice(first, first + 10)
  const end = fields.findIndex(line => !/^[A-Za-z][\w-]{1,20}:\s{1,10}\S/.test(line))
  const block = end < 0 ? fields : fields.slice(0, end)
  const named = block.find(line => /^(?:package|component):/i.test(line))
  return named && block.some(line => /^(?:version|severity|tags):/i.test(line)) ? named.trim() : null
}
