// What a mail says: its tags, results, findings, that it applied or withdraws something, and the words around them.
import { tagNames } from '../../base/state-words.ts'
import type { DecodedMail } from '../decode/mail.ts'
import { appliedOf } from './applied.ts'
import { bugzillaTags } from './bugzilla.ts'
import { checksOf } from './check.ts'
import type { MailFacts, TagFact } from './facts.ts'
import { findingsOf } from './findings.ts'
import type { OpenedMail } from './opened.ts'
import { releasesOf } from './release.ts'
import { resultOf } from './result.ts'
import type { Traits } from './robots.ts'
import { surroundingsOf } from './surroundings.ts'
import { tagsOf } from './tags.ts'
import { reportedLines } from './text.ts'
import { withdrawalOf } from './withdrawal.ts'

type Spoken = Pick<
  MailFacts,
  | 'tags'
  | 'misses'
  | 'checks'
  | 'result'
  | 'findings'
  | 'applied'
  | 'withdrawal'
  | 'releases'
  | 'surroundings'
  | 'problems'
>

export function spokenIn(opened: OpenedMail): Spoken {
  const { mail, text, lines, posting, isPosting, robot, speaker, traits } = opened
  const spoken = tagsOf({ headers: mail.headers, text, posting, robot: speaker, isPlain: plainIn(mail) })
  const tags = [...spoken.tags, ...(traits?.changes ? changesIn[traits.changes](lines) : [])]
  const reported = reportedIn(opened)
  const applied = appliedIn(opened, reported)
  const withdrawal = isPosting || speaker ? null : withdrawalOf(lines)
  const releases = releasesOf(lines)
  const surroundings = surroundingsOf(lines, [
    ...(isPosting ? tagLines(lines) : tags.map(({ line }) => line)),
    ...[applied, withdrawal].flatMap(fact => fact?.line ?? []),
  ])
  return {
    tags,
    // A program is told nothing.
    misses: robot === 'vacation' ? [] : spoken.misses,
    ...reported,
    applied,
    withdrawal,
    ...(releases.length === 0 ? {} : { releases }),
    ...(surroundings.length === 0 ? {} : { surroundings }),
    problems: spoken.problems,
  }
}

type Reported = Pick<Spoken, 'checks' | 'result' | 'findings'>

/** What a program found out; `result` where only the list can say that the sender is one. */
function reportedIn({ mail, text, subject, from, answers, robot, traits, isPosting }: OpenedMail): Reported {
  const findings =
    answers && !isPosting && traits?.behind !== 'person' && traits?.behind !== 'nobody'
      ? findingsOf(text)
      : []
  const lines = reportedLines(text)
  const by = {
    sender: from,
    subject: subject.text,
    findings: findings.length,
    link: () => linkIn(mail),
  }
  const checks = checksOf(lines, answers ? robot : null, by)
  const maybe = answers && robot === null && checks.length === 0 && !isPosting && text.diff === ''
  const result = maybe ? resultOf(lines, by) : null
  return {
    checks,
    ...(result === null ? {} : { result }),
    ...(findings.length === 0 ? {} : { findings }),
  }
}

/** A CI bot says on what it applied the patch, not that it is in. */
function appliedIn(opened: OpenedMail, { checks, findings }: Reported): Spoken['applied'] {
  const { subject, lines, robot, isPosting } = opened
  if (isPosting) return takenAlready(subject)
  if (checks.length > 0 || (robot && findings !== undefined)) return null
  return appliedOf(subject.text, lines, subject.tags)
}

/**
 * "[committed] x", "[PATCH, pushed] x": who may push himself posts what is in, as on the lists of GCC and binutils. A
 * participle in the bracket is said of the posting itself wherever it is written.
 */
function takenAlready({ tags, title }: OpenedMail['subject']): Spoken['applied'] {
  const word = tags.find(tag => /^(?:committed|pushed|applied|merged|installed)$/i.test(tag))
  return word ? { commit: null, line: `[${word}] ${title}`.slice(0, 200) } : null
}

/** The readers of what a robot says was changed. */
const changesIn: Record<NonNullable<Traits['changes']>, (lines: readonly string[]) => TagFact[]> = {
  bugzilla: bugzillaTags,
}

/** A commit message says nothing; an answer that repeats it without a mark would. */
const tagLines = (lines: readonly string[]): string[] => lines.filter(line => tagLine.test(line.slice(0, 40)))
const tagLine = new RegExp(`^(?:${tagNames.join('|')}):`, 'i')

/** The first address behind words of its HTML. */
const linkIn = ({ parts }: DecodedMail): string | null =>
  parts
    .find(({ type }) => type === 'text/html')
    ?.text.match(/\bhref\s{0,3}=\s{0,3}["']?(https?:\/\/[^\s<>"']{4,500})/i)?.[1] ?? null

/** Does a line of the body stand in plain text? */
const plainIn = (mail: DecodedMail) => (line: string) =>
  mail.parts.some(part => !part.attached && part.type !== 'text/html' && part.text.includes(line))
