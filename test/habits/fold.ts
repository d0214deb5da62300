// The pure way from an invented list to its export: each mail read into facts, all of them folded, in memory.
import { createHash } from 'node:crypto'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { exportLine } from '../../tracker/export/line.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { fold } from '../../tracker/topic/fold.ts'
import { openRules, type Rules } from '../../tracker/topic/rules.ts'
import type { Arrival } from '../../tracker/topic/unit.ts'
import { imported } from '../../tracker/topic/verdict.ts'
import type { Invented } from './invent.ts'
import type { ListDress } from './letter.ts'
import type { ExportedTopic } from './score.ts'

export function foldList({ mails, robots }: Invented, dress: ListDress): ExportedTopic[] {
  const { address, listId, prefix } = dress
  const dressing = { address, listId, prefix, learnt: new Set<string>() }
  const arrivals = mails.map(
    (raw): Arrival => ({
      hash: createHash('sha256').update(raw).digest('hex'),
      facts: factsOf(decodeMail(raw), messageIdOf(raw), {}, dressing),
      verdict: imported,
      knownAt: null,
    }),
  )
  const rules = rulesOf(robots)
  // Once to learn who writes here, as an import does.
  const { established } = fold(arrivals, rules, { established: new Set() })
  const { topics } = fold(arrivals, rules, { established })
  const lines = topics.map(topic => exportLine(topic, '', undefined)).map(line => JSON.parse(line))
  return lines.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function rulesOf(robots: Invented['robots']): Rules {
  if (robots.length === 0) return openRules
  const people = robots.map(({ name, address }) => ({
    person: { name, address },
    role: 'robot' as const,
    paths: [],
  }))
  return { ...openRules, rosters: [{ since: 0, people }] }
}
