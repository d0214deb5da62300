// What fixes and reopens a bug without a line in its thread counts by its time, whatever else was said meanwhile.
import { expect, test } from 'vitest'
import type { MessageId } from '../../../base/ids.ts'
import { fold } from '../../../tracker/topic/fold.ts'
import type { Landing } from '../../../tracker/topic/landing.ts'
import { nothingOutside } from '../../../tracker/topic/outside.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import type { Closing } from '../../../tracker/topic/topic.ts'
import { arrivalOf } from '../threads.ts'

const hour = (number: number) => Date.UTC(2026, 2, 2, number)
const marek = { name: 'Marek Tolvanen', address: 'marek@example.org' }

const mail = (id: string, at: number, answers = '') =>
  arrivalOf(
    Buffer.from(
      `From: Ines Oduya <ines@example.org>\nSubject: ${answers ? 'Re: ' : ''}[BUG] wal: it tears\nDate: ${new Date(hour(at)).toUTCString()}\nMessage-ID: <${id}@example.org>\n${answers ? `In-Reply-To: <${answers}@example.org>\n` : ''}\nIt tears.\n`,
    ),
  )

/** A commit closes it at 1 and is reverted at 2; a patch that closes it is accepted at `accepted`. */
function statusOf(accepted: number, chatter: readonly number[]) {
  const landing: Landing = {
    commit: 'a'.repeat(40),
    branch: 'main',
    release: null,
    at: hour(1),
    by: marek,
    how: 'closes',
    changed: false,
    turns: [{ commit: 'b'.repeat(40), at: hour(2), by: marek }],
  }
  const closing: Closing = {
    what: 'closing',
    target: 'bug@example.org' as MessageId,
    title: 'wal: no tear',
    mail: 'accepted@example.org' as MessageId,
    sender: marek,
    said: hour(accepted),
  }
  const said = chatter.map(at => mail(`answer-${at}`, at, 'bug'))
  const arrivals = [{ ...mail('bug', 0), landed: [landing] }, ...said]
  const { topics } = fold(
    arrivals,
    openRules,
    { established: new Set() },
    { ...nothingOutside, statements: [closing] },
  )
  return topics.map(({ state, history }) => [state, history.map(({ what }) => what).join(' ')])
}

test.each([
  ['an accepted patch after a revert fixes it', 3, 'fixed', 'landed reverted Bug-Status'],
  ['a revert after an accepted patch reopens it', 0.5, 'reopened', 'Bug-Status landed reverted'],
] as const)('%s', (_, accepted, state, history) => {
  for (const chatter of [[], [2.5], [1.5, 2.5, 4]])
    expect(statusOf(accepted, chatter)).toEqual([[state, history]])
})
