// A list's footer broke the signature under a maintainer's change: the maintainer is asked, at the configured address,
// whether the mail is theirs. A mail that was never signed asks nobody: then a forger would choose who is bothered.
import type { Transaction } from 'kysely'
import { type ListId, seq } from '../../base/ids.ts'
import { sameOrganisation } from '../../base/organisation.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Person } from '../mail/facts.ts'
import { mailmapOf } from '../project/people.ts'
import { type Mailmap, mappedPerson, rosterWithMailmap } from '../topic/mailmap.ts'
import { addressesOf } from '../topic/rules.ts'
import type { Topic } from '../topic/topic.ts'
import type { AnsweringList } from './asker.ts'
import { type MailCopy, mayAnswer, type Situation } from './may-answer.ts'
import { tokenMail } from './token-mail.ts'

export interface Unconfirmed {
  readonly id: ListId
  readonly list: AnsweringList
  /** That of the mail, and those of which it speaks beside. */
  readonly topics: readonly [Topic, ...Topic[]]
  readonly copies: readonly MailCopy[]
  readonly situation: Situation
}

/** Owes the question once; nothing when the mail waits for no confirmation, or nobody can give it. */
export async function askMaintainer(trx: Transaction<Tables>, asked: Unconfirmed): Promise<void> {
  const { id, list, topics, copies, situation } = asked
  const [first] = copies
  const lines = first ? waitingLines(topics, first) : []
  const signed = copies.find(({ envelope, facts, verdict }) => {
    const relayed = envelope.trace !== undefined && facts.viaList !== ''
    return relayed && verdict?.broken?.some(domain => sameOrganisation(domain, facts.sender.address))
  })
  const headed = copies.some(({ facts, verdict }) =>
    verdict?.headed?.some(domain => sameOrganisation(domain, facts.sender.address)),
  )
  const address = first && configuredAddress(list, first.facts.sender, await mailmapOf(trx, id))
  // By the rules for robots, whoever is in From; the mail goes to the configured address and no other.
  if (!signed || !address || lines.length === 0) return
  if ('reason' in mayAnswer(copies, { ...situation, trust: 'from' })) return
  const { messageId, subject } = signed.facts
  const { own } = situation
  const question = {
    own,
    list: { id, ...list },
    seq: seq(signed.seq),
    messageId,
    subject: subject.text,
    address,
    lines,
    headed,
  }
  const mail = await tokenMail(trx, question)
  if (mail) await oweMail(trx, { ...mail, thread: topics[0].id })
}

/** The mail's lines that a confirmed sender would be allowed. */
function waitingLines(topics: readonly Topic[], { facts }: MailCopy): string[] {
  const waits = topics.some(({ history }) =>
    history.some(change => change.mail === facts.messageId && change.unconfirmed),
  )
  if (!waits) return []
  const lines = facts.tags.map(({ line }) => line)
  return lines.length > 0 ? lines : facts.applied ? [facts.applied.line] : []
}

/** Of whoever may have sent it, from whichever of his addresses. */
function configuredAddress({ people }: AnsweringList, sender: Person, mailmap: Mailmap): string | undefined {
  const meant = [sender.address, mappedPerson(sender, mailmap).address]
  const known = rosterWithMailmap(people, mailmap).find(entry =>
    addressesOf(entry).some(address => meant.includes(address)),
  )
  return known?.person.address
}
