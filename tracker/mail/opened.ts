// A mail opened, before anything in it is understood: its subject, the lines that its sender wrote, its diff, who speaks,
// whether it answers or posts. What every reader of a fact is given.
import type { MessageId } from '../../base/ids.ts'
import { headerValue } from '../decode/headers.ts'
import type { DecodedMail } from '../decode/mail.ts'
import { decodeWords } from '../decode/words.ts'
import { type Attached, readAttached } from './attached.ts'
import { senderOf } from './author.ts'
import { type Dressing, isLearntBracket } from './dressing.ts'
import type { Person, Posting, PullRequestFact, SubjectFact } from './facts.ts'
import { formatPatchesIn } from './format-patches.ts'
import { isListPrefix } from './list-prefix.ts'
import { addressedShort } from './lost-answer.ts'
import { postingOf, subjectWith } from './posting.ts'
import { pullRequestOf } from './pull-request.ts'
import { answersLine, referencesOf } from './references.ts'
import { originField, type RobotName, robotOf, type Traits, traitsOf } from './robots.ts'
import { parseSubject } from './subject.ts'
import { readText, type Text } from './text.ts'

export interface OpenedMail {
  readonly mail: DecodedMail
  /** As decoded, with its brackets. */
  readonly written: string
  readonly subject: SubjectFact
  readonly text: Text
  /** The own lines. */
  readonly lines: readonly string[]
  /** The patches that stand one after the other in the body, as if each was a file; `text` is what is above them. */
  readonly gathered: readonly Attached[]
  /** These, and the files. */
  readonly attached: readonly Attached[]
  /** Of the body and of the files. */
  readonly diff: string
  readonly references: readonly MessageId[]
  /** The short id of the mail that its address names; null where its fields say what it answers. */
  readonly addressed: string | null
  readonly answers: boolean
  readonly from: Person
  readonly robot: RobotName | null
  /** The robot that its lines are of: whether an Auto-Submitted is to be believed is known when there is a verdict (topic/vouched.ts). */
  readonly speaker: RobotName | null
  readonly traits: Traits | null
  readonly pullRequest: PullRequestFact | null
  readonly posting: Posting
  /** It posts a patch, a cover letter or a pull request. */
  readonly isPosting: boolean
}

export function openMail(mail: DecodedMail, id: MessageId, dressing: Dressing): OpenedMail {
  const { headers } = mail
  const written = decodeWords(headerValue(headers, 'subject')?.trim() ?? '')
  const references = answeredBy(mail, id)
  const refers = refersByField(mail) || references.length > 0
  const addressed = refers ? null : addressedShort(headers, dressing.address)
  const answers = references.length > 0 || addressed !== null
  const isListBracket = (bracket: string) =>
    isLearntBracket(dressing, bracket) || isListPrefix(bracket, headers, dressing)
  const own = parseSubject(written, isListBracket, answers)
  const isReply = isAnswer(own, answers)
  const inline = isReply || isForeign(mail) ? null : formatPatchesIn(mail.body)
  const text = readText(inline?.before ?? mail.body, dressing, isReply ? own.key : null, mail.signed)
  const lines = text.own.map(({ line }) => line)
  const gathered = inline?.patches.flatMap(patch => readAttached({ text: patch, filename: null })) ?? []
  const attached = [...gathered, ...mail.attachedPatches.flatMap(readAttached)]
  const subject = subjectWith(own, attached)
  const diff = [text.diff, ...attached.map(a => a.text.diff)].filter(Boolean).join('')
  const from = senderOf(headers, dressing.address)
  const robot = robotOf({
    sender: from,
    subject: subject.text,
    id,
    headers,
    answers,
    lines,
    end: text.lines.slice(-endLines).join('\n'),
  })
  const speaker = robot === 'vacation' ? null : robot
  const traits = speaker && traitsOf(speaker)
  const pullRequest = subject.reply || traits?.foreign ? null : pullRequestOf(lines)
  const posting = traits?.posts === false ? 'none' : postingOf(subject, text, diff, pullRequest, attached)
  const isPosting = posting !== 'none' && posting !== 'offered'
  return {
    mail,
    written,
    subject,
    text,
    lines,
    gathered,
    attached,
    diff,
    references,
    addressed,
    answers,
    from,
    robot,
    speaker,
    traits,
    pullRequest,
    posting,
    isPosting,
  }
}

/** In which programs write fields of their own. */
const endLines = 20

/** By its fields; a mail whose client lost them may say in a line of its own which one it answers. */
function answeredBy(mail: DecodedMail, own: MessageId): readonly MessageId[] {
  const references = referencesOf(mail.headers, own)
  if (references.length > 0 || refersByField(mail)) return references
  const named = answersLine(mail.body)
  return named === null || named === own ? [] : [named]
}

/** What it answers is said by its header alone: it posts files, which answer nothing, or its text was written elsewhere. */
const refersByField = ({ headers, attachedPatches }: DecodedMail): boolean =>
  attachedPatches.length > 0 || headers.some(({ name }) => saysWhere.includes(name))

/** A line of it can post nothing. */
const isForeign = ({ headers }: DecodedMail): boolean =>
  headers.some(({ name }) => name === originField.toLowerCase())

const saysWhere = ['in-reply-to', 'references', originField.toLowerCase()]

/** A mail that refers to another one answers it, when its subject doesn't post anything. */
const isAnswer = ({ reply, patch, version, number }: SubjectFact, refers: boolean): boolean =>
  reply || (refers && !patch && version === null && number === null)
