// One mail -> its facts. Whoever reads one thing in it is a file of this folder: who it is and whether it posts (opened.ts),
// what it gives as a posting (posted.ts), what it says (spoken.ts).

import { hash } from 'node:crypto'
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { headerValue } from '../decode/headers.ts'
import type { DecodedMail } from '../decode/mail.ts'
import { amHash } from './am-text.ts'
import { bugSignOf } from './bug-sign.ts'
import { type Dressing, noDressing } from './dressing.ts'
import type { MailFacts } from './facts.ts'
import { linksOf } from './links.ts'
import { listedTitles } from './listed-titles.ts'
import { marksOf } from './marks.ts'
import { type OpenedMail, openMail } from './opened.ts'
import { postedIn } from './posted.ts'
import { personBehind } from './robots.ts'
import { saidTime, type Travelled } from './said-time.ts'
import { signalsOf } from './signals.ts'
import { spokenIn } from './spoken.ts'
import type { Text } from './text.ts'

/** Raised when a change gives other facts or other words of the index for the same mail; every mail is then read again. */
export const factsVersion = 22

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
  const opened = openMail(mail, id.id, dressing)
  const { subject, text, lines, answers, addressed, from, speaker, traits, isPosting } = opened
  const isForeign = traits?.foreign === true
  const { problems, ...spoken } = isForeign ? { ...unspoken, problems: [] } : spokenIn(opened)
  const behalf = speaker && personBehind(speaker, mail.headers)
  const time = saidTime(mail.headers, envelope)
  const given = amHash(opened, id.id)
  const listed = mayHead(opened) ? listedTitles(lines) : []
  const marks = marksOf(mail.headers, opened.written, text, dressing)
  return {
    messageId: id.id,
    ...(id.made ? { madeId: true as const } : {}),
    ...(mail.wraps === undefined || mail.wraps === id.id ? {} : { wraps: mail.wraps }),
    references: opened.references,
    ...(addressed === null || isPosting ? {} : { answersShort: addressed }),
    sender: from,
    ...(behalf ? { behalf: { name: '', address: behalf } } : {}),
    subject,
    said: time.said,
    date: headerValue(mail.headers, 'date')?.trim().slice(0, limits.fieldCharactersMax) ?? null,
    posting: opened.posting,
    pullRequest: opened.pullRequest,
    ...(isForeign ? { ...unposted, author: from } : postedIn(opened)),
    ...spoken,
    ...(listed.length === 0 ? {} : { listed }),
    links: linksOf(lines),
    // A robot's report is a report, whatever its subject says.
    bugSign: traits ? traits.bugSign : bugSignOf(mail.headers, subject, spoken.tags, lines),
    robot: opened.robot,
    signals: isPosting || answers ? null : signalsOf(subject, lines, fencedIn(text), hasPlain(mail)),
    textHash: textHash(mail, opened),
    ...(given === null ? {} : { amHash: given }),
    viaList: viaList(mail),
    ...(marks === null ? {} : { marks }),
    gist: gistOf(lines),
    problems: [
      ...mail.problems,
      ...(id.made ? ['The mail has no Message-ID; this one is made from its bytes'] : []),
      ...(time.problem ? [time.problem] : []),
      ...problems,
      ...(text.damagedDiff ? ['A hunk of the diff ends before its counts say so'] : []),
    ],
  }
}

/** What a text says that was written for another tracker: nothing that counts here. */
const unspoken = { tags: [], misses: [], checks: [], applied: null, withdrawal: null } as const
const unposted = {
  patchId: null,
  files: [],
  changeId: null,
  baseCommit: null,
  trailers: [],
} as const

/** A plain cover letter has no mark of its own. */
const mayHead = ({ subject, posting, robot, diff }: OpenedMail): boolean =>
  posting === 'none' && robot === null && !subject.reply && diff === ''

const viaList = ({ headers }: DecodedMail): string =>
  (headerValue(headers, 'list-id')?.trim() ?? headerValue(headers, 'x-beenthere')?.trim() ?? '').slice(
    0,
    limits.fieldCharactersMax,
  )

const hasPlain = ({ parts }: DecodedMail): boolean =>
  parts.every(({ type }) => type !== 'text/html') || parts.some(({ type }) => type === 'text/plain')

const fencedIn = ({ lines, kinds }: Text): string[] => lines.filter((_, at) => kinds[at] === 'code')

/** What a reader sees, without list footer and line-end differences: equal for copies of a mail. */
function textHash(mail: DecodedMail, { text, gathered }: OpenedMail): string {
  const seen: string[] = []
  for (const { lines, kinds } of [text, ...gathered.map(one => one.text)])
    lines.forEach((line, at) => {
      if (kinds[at] !== 'footer' && kinds[at] !== 'banner') seen.push(line.trimEnd())
    })
  for (const { from, subject } of gathered) seen.push(from?.address ?? '', subject?.text ?? '')
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
