// Whether a mail posts something, and what: by its subject, its diff, the files it brings.
import type { Attached } from './attached.ts'
import type { Posting, PullRequestFact, SubjectFact } from './facts.ts'
import type { Text } from './text.ts'

export function postingOf(
  subject: SubjectFact,
  text: Text,
  diff: string,
  pull: PullRequestFact | null,
  attached: readonly Attached[],
): Posting {
  // An answer with files of `git format-patch -v3` is the third version, as PostgreSQL and GCC send them.
  if (subject.reply && attached.some(one => one.version !== null && one.text.diff !== '')) return 'patch'
  if (subject.reply) return diff === '' ? 'none' : 'offered'
  if (subject.number === 0) return 'cover'
  if (pull) return 'pull-request'
  const numbered = subject.number !== null && subject.total !== null && subject.number <= subject.total
  if (diff === '') return subject.patch && numbered ? 'patch' : 'none'
  const marked = subject.patch || subject.rfc || subject.resend || subject.version !== null || numbered
  return marked || formatPatch(text) ? 'patch' : 'offered'
}

/**
 * What the files say of themselves where the mail's own subject does not. The patches of one mail are posted as one, those
 * of a cover that has them all, too.
 */
export function subjectWith(own: SubjectFact, attached: readonly Attached[]): SubjectFact {
  const posted = attached.filter(({ text, subject }) => subject?.patch && text.diff !== '')
  const version = attached.find(one => one.version !== null)?.version ?? null
  if (own.reply) return version === null ? own : { ...own, patch: true, version }
  // A report with its fix attached is a report.
  if (posted.length === 0 || own.tags.some(tag => /^(?:bug|regression|problem|report)/i.test(tag))) return own
  const whole = own.number === 0 && posted.length >= (own.total ?? 1)
  return {
    ...own,
    patch: true,
    version: own.version ?? version,
    ...(whole ? { number: null, total: null } : {}),
  }
}

/** A patch without any mark in its subject still shows git's form: sign-off, three dashes, diff. */
function formatPatch(text: Text): boolean {
  const dashes = text.lines.indexOf('---')
  return (
    dashes > 0 &&
    text.lines.slice(0, dashes).some(line => /^Signed-off-by: \S/.test(line)) &&
    text.diff.startsWith('diff --git ')
  )
}
