// One mail -> its facts. The only place that knows all readers of this folder; each of them reads one thing.

import { hash } from 'node:crypto'
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { tagNames } from '../../base/state-words.ts'
import type { DecodedMail, Header } from '../decode/mail.ts'
import { decodeWords } from '../decode/words.ts'
import { appliedOf } from './applied.ts'
import { type Attached, readAttached } from './attached.ts'
import { senderOf } from './author.ts'
import { bugSignOf } from './bug-sign.ts'
import { bugzillaTags } from './bugzilla.ts'
import { checksOf } from './check.ts'
import { touchedFiles } from './diff.ts'
import { type Dressing, isLearntBracket, noDressing } from './dressing.ts'
import type { MailFacts, Posting, PullRequestFact, SubjectFact, TagFact } from './facts.ts'
import { findingsOf } from './findings.ts'
import { inBodyFrom } from './in-body.ts'
import { linksOf } from './links.ts'
import { isListPrefix } from './list-prefix.ts'
import { addressedShort } from './lost-answer.ts'
import { marksOf } from './marks.ts'
import { patchId } from './patch-id.ts'
import { pullRequestOf } from './pull-request.ts'
import { answersLine, referencesOf } from './references.ts'
import { relationsOf } from './relations.ts'
import { releasesOf } from './release.ts'
import { resultOf } from './result.ts'
import { personBehind, robotOf, type Traits, traitsOf } from './robots.ts'
import { saidTime, type Travelled } from './said-time.ts'
import { signalsOf } from './signals.ts'
import { parseSubject } from './subject.ts'
import { surroundingsOf } from './surroundings.ts'
import { tagsOf } from './tags.ts'
import { readText, reportedLines, type Text } from './text.ts'
import { trailersOf } from './trailers.ts'
import { withdrawalOf } from './withdrawal.ts'

/** Raised when a change here gives other facts for the same mail; a rebuild then reads every mail again. */
export const factsVersion = 16

/**
 * Pure: the same bytes, envelope and dressing give the same facts. `envelope`: what the way it came says of its time.
 * `dressing`: what is known of the list that the mail is on.
 */
export function factsOf(
  mail: DecodedMail,
  id: { id: MessageId; made: boolean },
  envelope: Travelled,
  dressing: Dressing = noDressing,
): MailFacts {
  const written = decodeWords(header(mail.headers, 'subject') ?? '')
  const references = answeredBy(mail, id.id)
  const addressed =
    refersByField(mail) || references.length > 0 ? null : addressedShort(mail.headers, dressing.address)
  const answers = references.length > 0 || addressed !== null
  const own = parseSubject(
    written,
    bracket => isLearntBracket(dressing, bracket) || isListPrefix(bracket, mail.headers, dressing),
    answers,
  )
  const text = readText(mail.body, dressing, isAnswer(own, answers) ? own.key : null, mail.signed)
  const lines = text.own.map(({ line }) => line)
  const attached = mail.attachedPatches.map(readAttached)
  const subject = subjectWith(own, attached)
  const diff = [text.diff, ...attached.map(a => a.text.diff)].filter(Boolean).join('')
  const from = senderOf(mail.headers, dressing.address)
  const robot = robotOf({
    sender: from,
    subject: subject.text,
    id: id.id,
    headers: mail.headers,
    answers,
    lines,
  })
  // Whether Auto-Submitted is to be believed is known when the mail has its verdict (topic/vouched.ts).
  const speaker = robot === 'vacation' ? null : robot
  const traits = speaker && traitsOf(speaker)
  const pullRequest = subject.reply ? null : pullRequestOf(lines)
  const posting = traits?.posts === false ? 'none' : postingOf(subject, text, diff, pullRequest, attached)
  const isPosting = posting !== 'none' && posting !== 'offered'
  const spoken = tagsOf({ headers: mail.headers, text, posting, robot: speaker, isPlain: plainIn(mail) })
  const tags = [...spoken.tags, ...(traits?.changes ? changesIn[traits.changes](lines) : [])]
  const behalf = speaker && personBehind(speaker, mail.headers)
  const findings = answers && !isPosting && (!traits || traits.tags) ? findingsOf(text) : []
  const reported = {
    sender: from,
    subject: subject.text,
    findings: findings.length,
    link: () => linkIn(mail),
  }
  const checks = checksOf(reportedLines(text), answers ? robot : null, reported)
  const result =
    answers && robot === null && checks.length === 0 && !isPosting && text.diff === ''
      ? resultOf(reportedLines(text), reported)
      : null
  const time = saidTime(mail.headers, envelope)
  const marks = marksOf(mail.headers, written, text, dressing)
  const releases = releasesOf(lines)
  const postedLines = isPosting ? [...lines, ...attached.flatMap(ownOf)] : lines
  const relations = isPosting ? relationsOf(postedLines) : []
  const message = posting === 'patch' ? commitMessage(text, attached) : lines
  // A CI bot says on what it applied the patch, not that it is in.
  const applied =
    isPosting || checks.length > 0 || (robot && findings.length > 0)
      ? null
      : appliedOf(subject.text, lines, subject.tags)
  const withdrawal = isPosting || speaker ? null : withdrawalOf(lines)
  const surroundings = surroundingsOf(lines, [
    ...(isPosting ? tagLines(lines) : tags.map(({ line }) => line)),
    ...[applied, withdrawal].flatMap(fact => fact?.line ?? []),
  ])
  return {
    messageId: id.id,
    ...(id.made ? { madeId: true as const } : {}),
    ...(mail.wraps === undefined || mail.wraps === id.id ? {} : { wraps: mail.wraps }),
    references,
    ...(addressed === null || isPosting ? {} : { answersShort: addressed }),
    sender: from,
    ...(behalf ? { behalf: { name: '', address: behalf } } : {}),
    author: (isPosting ? authorOf(message, attached) : null) ?? from,
    subject,
    said: time.said,
    date: header(mail.headers, 'date')?.slice(0, limits.fieldCharactersMax) ?? null,
    posting,
    patchId: patchId(diff),
    files: touchedFiles(diff),
    changeId: changeIdOf(mail.headers, postedLines),
    baseCommit: firstMatch(postedLines, /^base-commit:\s{1,5}([0-9a-f]{7,64})\s*$/),
    ...(relations.length === 0 ? {} : { relations }),
    trailers: trailersOf(message),
    tags,
    // A program is told nothing.
    misses: robot === 'vacation' ? [] : spoken.misses,
    checks,
    applied,
    withdrawal,
    pullRequest,
    links: linksOf(lines),
    // A robot's report is a report, whatever its subject says.
    bugSign: traits ? traits.bugSign : bugSignOf(mail.headers, subject, tags, lines),
    robot,
    signals: isPosting || answers ? null : signalsOf(subject, lines, fencedIn(text)),
    textHash: textHash(mail, text),
    viaList: (header(mail.headers, 'list-id') ?? header(mail.headers, 'x-beenthere') ?? '').slice(
      0,
      limits.fieldCharactersMax,
    ),
    ...(releases.length === 0 ? {} : { releases }),
    ...(marks === null ? {} : { marks }),
    ...(surroundings.length === 0 ? {} : { surroundings }),
    ...(result === null ? {} : { result }),
    ...(findings.length === 0 ? {} : { findings }),
    gist: gistOf(lines),
    problems: [
      ...mail.problems,
      ...(id.made ? ['The mail has no Message-ID; this one is made from its bytes'] : []),
      ...(time.problem ? [time.problem] : []),
      ...spoken.problems,
      ...(text.damagedDiff ? ['A hunk of the diff ends before its counts say so'] : []),
    ],
  }
}

/** The readers of what a robot says was changed. */
const changesIn: Record<NonNullable<Traits['changes']>, (lines: readonly string[]) => TagFact[]> = {
  bugzilla: bugzillaTags,
}

/** By its fields; a mail whose client lost them may say in a line of its own which one it answers. */
function answeredBy(mail: DecodedMail, own: MessageId): readonly MessageId[] {
  const references = referencesOf(mail.headers, own)
  if (references.length > 0 || refersByField(mail)) return references
  const named = answersLine(mail.body)
  return named === null || named === own ? [] : [named]
}

/** What it answers is said by its header, or it posts files, which answer nothing. */
const refersByField = ({ headers, attachedPatches }: DecodedMail): boolean =>
  attachedPatches.length > 0 || headers.some(({ name }) => name === 'in-reply-to' || name === 'references')

/** A commit message says nothing; an answer that repeats it without a mark would. */
const tagLines = (lines: readonly string[]): string[] => lines.filter(line => tagLine.test(line.slice(0, 40)))
const tagLine = new RegExp(`^(?:${tagNames.join('|')}):`, 'i')

const fencedIn = ({ lines, kinds }: Text): string[] => lines.filter((_, at) => kinds[at] === 'code')

/** The first address behind words of its HTML. */
const linkIn = ({ parts }: DecodedMail): string | null =>
  parts
    .find(({ type }) => type === 'text/html')
    ?.text.match(/\bhref\s{0,3}=\s{0,3}["']?(https?:\/\/[^\s<>"']{4,500})/i)?.[1] ?? null

/** A mail that refers to another one answers it, when its subject doesn't post anything. */
const isAnswer = ({ reply, patch, version, number }: SubjectFact, refers: boolean): boolean =>
  reply || (refers && !patch && version === null && number === null)

/** Does a line of the body stand in plain text? */
const plainIn = (mail: DecodedMail) => (line: string) =>
  mail.parts.some(part => !part.attached && part.type !== 'text/html' && part.text.includes(line))

/** The first field of a name: of a doubled header the first is believed, as most readers do. */
const header = (headers: readonly Header[], name: string) => headers.find(h => h.name === name)?.value.trim()

const firstMatch = (lines: readonly string[], pattern: RegExp) => {
  for (const line of lines) {
    const match = line.slice(0, 300).match(pattern)
    if (match?.[1]) return match[1]
  }
  return null
}

function postingOf(
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
function subjectWith(own: SubjectFact, attached: readonly Attached[]): SubjectFact {
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

const ownOf = ({ text }: Pick<Attached, 'text'>) => text.own.map(({ line }) => line)

/** The first file's own header, else what stands above the message. */
const authorOf = (message: readonly string[], attached: readonly Attached[]) =>
  inBodyFrom(message) ?? attached[0]?.from ?? null

/** A patch without any mark in its subject still shows git's form: sign-off, three dashes, diff. */
function formatPatch(text: Text): boolean {
  const dashes = text.lines.indexOf('---')
  return (
    dashes > 0 &&
    text.lines.slice(0, dashes).some(line => /^Signed-off-by: \S/.test(line)) &&
    text.diff.startsWith('diff --git ')
  )
}

/** The own lines above the three dashes (or above the diff); of attached patches their own messages, when they have some. */
function commitMessage(text: Text, attached: readonly Attached[]): string[] {
  const files = text.diff === '' ? attached.flatMap(one => messageIn(one.text)) : []
  return files.some(line => line.trim() !== '') ? files : messageIn(text)
}

function messageIn({ own, kinds }: Text): string[] {
  const dashes = own.find(({ line }) => line === '---')?.at ?? Number.POSITIVE_INFINITY
  const diff = kinds.indexOf('diff')
  const end = Math.min(dashes, diff < 0 ? Number.POSITIVE_INFINITY : diff)
  return own.filter(({ at }) => at < end).map(({ line }) => line)
}

/** b4's `change-id:` line or header, or Gerrit's `Change-Id:` trailer. */
function changeIdOf(headers: readonly Header[], lines: readonly string[]): string | null {
  const id = header(headers, 'x-change-id') ?? firstMatch(lines, /^change-id:\s{1,5}(\S{8,200})\s*$/i)
  return id ? id.slice(0, 200) : null
}

/** What a reader sees, without list footer and line-end differences: equal for copies of a mail. */
function textHash(mail: DecodedMail, text: Text): string {
  const seen = text.lines
    .filter((_, at) => text.kinds[at] !== 'footer' && text.kinds[at] !== 'banner')
    .map(line => line.trimEnd())
  const files = mail.attachedPatches.map(part => part.text.trimEnd())
  return hash('sha256', [seen.join('\n').trim(), ...files].join('\0')).slice(0, 32)
}

/** The first words said, for trees and lists. */
function gistOf(lines: readonly string[]): string {
  const start = lines.findIndex(line => /\p{L}/u.test(line) && !noGist.test(line.slice(0, 300)))
  if (start < 0) return ''
  return lines
    .slice(start, start + 4)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
}
const noGist =
  /(?:wrote|writes|schrieb|写道)\s*[:：]\s*$|^# (?:HG changeset|User|Date|Node|Parent|Branch) |^#\s{6}|^(?:hi|hello|hey|dear)\b.{0,40}$|^(?:from|subject|date):\s|^on .{0,200}$/i
