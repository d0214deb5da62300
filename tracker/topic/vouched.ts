// What a mail says under its verdict. The facts are read from the bytes before anybody knows who signed what; here what no
// signature covers loses its voice, or its power to silence. What nothing vouches for is as good as its From: all of it.
import type { MailFacts } from '../mail/facts.ts'
import type { Verdict } from './verdict.ts'

/** The same value where nothing differs, as in nearly all mails. */
export function vouchedFacts(facts: MailFacts, verdict: Verdict): MailFacts {
  const heard = facts.robot === 'vacation' ? withAutomaticTrait(facts, verdict) : facts
  if (!heard.tags.some(({ field }) => field !== undefined && !covers(verdict, field))) return heard
  const tags = heard.tags.map(tag =>
    tag.field === undefined || covers(verdict, tag.field) ? tag : { ...tag, uncovered: true as const },
  )
  return { ...heard, tags }
}

/** Anybody can write Auto-Submitted above a signed mail. */
function withAutomaticTrait(facts: MailFacts, verdict: Verdict): MailFacts {
  if (!covers(verdict, 'auto-submitted')) return { ...facts, robot: null }
  return {
    ...facts,
    posting: 'none',
    tags: [],
    misses: [],
    withdrawal: null,
    bugSign: null,
    author: facts.sender,
  }
}

/** Whoever answered a token mail saw the mail as it is, and a note is our own. */
const covers = ({ grade, how, covers: fields = [] }: Verdict, field: string): boolean =>
  (grade !== 'A' && grade !== 'B') || how.code === 'token' || how.code === 'noted' || fields.includes(field)
