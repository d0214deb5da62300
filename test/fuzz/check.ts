// What must hold for mails whatever they hold, without a database: decoding, facts and fold throw nothing and are
// quick, every mail is in exactly one topic, and the order of the mails changes nothing.
import { createHash } from 'node:crypto'
import { messageId } from '../../base/ids.ts'
import { toStorableText } from '../../base/storable.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { exportLine } from '../../tracker/export/line.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { searchText } from '../../tracker/project/search-text.ts'
import { fold } from '../../tracker/topic/fold.ts'
import { openRules } from '../../tracker/topic/rules.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import type { Arrival } from '../../tracker/topic/unit.ts'
import { imported } from '../../tracker/topic/verdict.ts'

/** A mail of normal size takes at most this much CPU in any step. */
const stepMsMax = 200
/** What is below this is of normal size. */
const normalBytes = 100_000

/** A sentence that says what failed, null when all is well. */
export function checkMail(raw: Buffer): string | null {
  return (
    quick('decoding', raw.length, () => decodeMail(raw)) ??
    quick('reading the id', raw.length, () => messageIdOf(raw)) ??
    quick('reading the facts', raw.length, () => arrivalOf(raw)) ??
    quick('reading the words', raw.length, () => searchText(decodeMail(raw), arrivalOf(raw).facts))
  )
}

/** The same for the fold of a group; `shuffle` gives another order of the mails. */
export function checkGroup(
  mails: readonly Buffer[],
  shuffle: <T>(items: readonly T[]) => T[],
): string | null {
  const arrivals = mails.map(arrivalOf)
  const slow = quick('folding', 0, () => topicsOf(arrivals))
  if (slow !== null) return slow
  const folded = topicsOf(arrivals)
  const placed = folded.flatMap(topic => topic.mails.map(mail => mail.id)).sort()
  const sent = [...new Set(arrivals.map(({ facts }) => facts.messageId))].sort()
  if (placed.join('\n') !== sent.join('\n'))
    return `the topics hold ${placed.length} mails, but ${sent.length} were sent`
  if (asText(topicsOf(shuffle(arrivals))) !== asText(folded))
    return 'another order of the mails gives another fold'
  for (const topic of folded) exportLine(topic, 'fuzz', undefined)
  return null
}

/** As on a list that holds these mails alone: the fold itself says whom it knows. */
function topicsOf(arrivals: readonly Arrival[]): readonly Topic[] {
  const { established } = fold(arrivals, openRules, { established: new Set() })
  return fold(arrivals, openRules, { established }).topics
}

const asText = (topics: readonly Topic[]) =>
  JSON.stringify([...topics].sort((a, b) => (a.id < b.id ? -1 : 1)))

/** Bytes -> what the fold takes, as the projector makes it. */
function arrivalOf(raw: Buffer): Arrival {
  const { id, made } = messageIdOf(raw)
  const stored = { id: messageId(toStorableText(id)), made }
  const hash = createHash('sha256').update(raw).digest('hex')
  return { hash, facts: factsOf(decodeMail(raw), stored, {}), verdict: imported, knownAt: null }
}

/** Runs a step; a slow one again, since our neighbours and the garbage collector cost time, too. */
function quick(name: string, bytes: number, step: () => unknown): string | null {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage()
    try {
      step()
    } catch (error) {
      return `${name} throws: ${error instanceof Error ? error.stack : error}`
    }
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
    if (least < stepMsMax || bytes > normalBytes) return null
  }
  return `${name} takes ${Math.round(least)} ms`
}
