// One mail of the outbox as a line for the operator.
import type { OutboxRow } from '../../sql/outbox-rows.ts'

/** Columns: its number and state, and the rest as a sentence. */
export function outboxLine(row: OutboxRow): [string, string] {
  const { id, kind, state, recipient, messageId, attempts, madeAt, nextAt, reply } = row
  const when = state === 'owed' ? `next attempt ${nextAt.toISOString()}` : `made ${madeAt.toISOString()}`
  const tries = attempts === 0 ? '' : `, ${attempts} attempt${attempts === 1 ? '' : 's'}`
  return [
    `${id} ${state}`,
    `${kind} to ${recipient}, <${messageId}>, ${when}${tries}${reply === null ? '' : `: ${reply}`}`,
  ]
}
