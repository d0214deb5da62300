// Mails and their second deliveries folded together, beside the fold of the mails alone: a copy is no second mail and
// changes nothing that the export says.
import { createHash } from 'node:crypto'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { exportLine } from '../../tracker/export/line.ts'
import type { MailFacts } from '../../tracker/mail/facts.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { fold } from '../../tracker/topic/fold.ts'
import { openRules } from '../../tracker/topic/rules.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { type Arrival, unitsOf } from '../../tracker/topic/unit.ts'
import { imported } from '../../tracker/topic/verdict.ts'
import { makeChance } from '../fuzz/chance.ts'
import { redressed } from './dress.ts'

export interface Comparison {
  readonly mails: number
  /** Mails whose second delivery is taken for an imposter, with what differs. */
  readonly imposters: readonly { readonly id: string; readonly differs: string; readonly copy: Buffer }[]
  /** Lines of the export that are not the same with the copies as without. */
  readonly lines: readonly { readonly without: string; readonly withCopies: string }[]
}

export function compareCopies(mails: readonly Buffer[], seed: number): Comparison {
  const chance = makeChance(seed)
  const originals = mails.filter(mail => !messageIdOf(mail).made)
  const copies = originals.map(mail => redressed(mail, chance))
  const alone = originals.map(arrivalOf)
  const second = copies.map(arrivalOf)
  const both = [...alone, ...second]
  return {
    mails: originals.length,
    imposters: impostersAmong(alone, second, copies),
    lines: differingLines(topicsOf(alone), topicsOf(both.reverse())),
  }
}

function arrivalOf(raw: Buffer): Arrival {
  return {
    hash: createHash('sha256').update(raw).digest('hex'),
    facts: factsOf(decodeMail(raw), messageIdOf(raw), {}),
    verdict: imported,
    knownAt: null,
  }
}

function topicsOf(arrivals: readonly Arrival[]): readonly Topic[] {
  const { established } = fold(arrivals, openRules, { established: new Set() })
  return fold(arrivals, openRules, { established }).topics
}

function impostersAmong(alone: readonly Arrival[], second: readonly Arrival[], copies: readonly Buffer[]) {
  return alone.flatMap((original, index) => {
    const copy = second[index]
    if (!copy || original.facts.messageId !== copy.facts.messageId)
      return [{ id: original.facts.messageId, differs: 'id', copy: copies[index] ?? Buffer.of() }]
    const [unit] = unitsOf([original, copy], openRules)
    return unit && unit.imposters > 0
      ? [
          {
            id: unit.id,
            differs: differenceOf(original.facts, copy.facts),
            copy: copies[index] ?? Buffer.of(),
          },
        ]
      : []
  })
}

const differenceOf = (a: MailFacts, b: MailFacts) =>
  a.textHash === b.textHash ? `sender ${personOf(a)} and ${personOf(b)}` : 'text'
const personOf = ({ sender }: MailFacts) => `${sender.name} <${sender.address}>`

function differingLines(without: readonly Topic[], withCopies: readonly Topic[]) {
  const lines = new Map(withCopies.map(topic => [topic.id, exportLine(topic, '', undefined)]))
  return without.flatMap(topic => {
    const [line, other = 'missing'] = [exportLine(topic, '', undefined), lines.get(topic.id)]
    return line === other ? [] : [{ without: line, withCopies: other }]
  })
}
