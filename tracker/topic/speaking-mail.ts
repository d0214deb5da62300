// Who says something to a topic: one of its own mails, or a mail of another topic that speaks of it. What judges a line
// (authority, conflict, undo) asks no more of a mail than this, so that both are judged alike.
import type { MessageId } from '../../base/ids.ts'
import type { MailFacts, TagLine } from '../mail/facts.ts'
import type { Undone } from './topic.ts'
import type { Node } from './tree.ts'
import type { How } from './verdict.ts'

/** A commit is named, and no branch has it. */
export const unseenCommit = ({ namedCommit }: Pick<SpeakingMail, 'namedCommit'>): string | undefined =>
  namedCommit?.branch === null ? 'no followed branch holds the commit it names' : undefined

/** A mail of the topic is one as it is. */
export interface SpeakingMail
  extends Pick<Node, 'id' | 'said' | 'verdict' | 'counts' | 'namedCommit' | 'astray'> {
  readonly facts: Pick<MailFacts, 'sender' | 'robot' | 'tags'>
  readonly parent: Node | null
  /** Of a mail of another topic: the mails that it answers, nearest first; some may be here. */
  readonly above?: readonly MessageId[]
  /** It was taken back in its own topic. */
  readonly undone?: Undone
}

/** The mail as the sender of this line: what no signature covers is said by who stands in From. */
export const heardAs = <Mail extends SpeakingMail>(
  mail: Mail,
  { field, uncovered }: Pick<TagLine, 'field' | 'uncovered'>,
): Mail =>
  uncovered && field !== undefined
    ? withOnlyFrom(mail, { code: 'uncovered', field: fieldName(field) })
    : heardHere(mail)

/** The mail as it counts on this list: what is signed for others is said by who stands in From. */
export const heardHere = <Mail extends SpeakingMail>(mail: Mail): Mail =>
  mail.astray ? withOnlyFrom(mail, { code: 'astray' }) : mail

function withOnlyFrom<Mail extends SpeakingMail>(mail: Mail, how: How): Mail {
  const { confirmed } = mail.verdict
  return { ...mail, verdict: { grade: 'C', how, ...(confirmed === undefined ? {} : { confirmed }) } }
}

const fieldName = (field: string) => field.replace(/(?:^|-)[a-z]/g, letter => letter.toUpperCase())
