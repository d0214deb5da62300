// The worker behind all mail that leaves: owes the answers that became due, lets out what is owed, and drops what is too old.
// Any number of processes may run one.
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../../base/limits.ts'
import { dropAged } from '../../sql/ages.ts'
import { oweDigests } from './digests.ts'
import { answerErrors } from './errors.ts'
import { notifyOfEvents } from './notify.ts'
import { type SenderOptions, sendDue } from './send.ts'
import { tellUndelivered } from './undelivered.ts'

export interface Sender {
  /** Lets the mail under way end. */
  close(): Promise<void>
}

export function startSender(options: SenderOptions): Sender {
  const { relay, log } = options
  const stop = new AbortController()
  const calendar = { next: new Date(0), ages: new Date(0) }
  const run = async () => {
    while (!stop.signal.aborted) {
      const rest = await round(options, calendar, stop.signal).catch((error: unknown) => {
        log.warn({ error }, 'Sending failed and will be tried again')
        return limits.outboxRestMillisecondsMax
      })
      await sleep(rest, undefined, { signal: stop.signal }).catch(() => {})
    }
    relay?.close()
  }
  const running = run()
  return {
    close: async () => {
      stop.abort()
      // A relay that says nothing must not keep us; what it has not answered goes to it again.
      const patience = setTimeout(() => relay?.close(), limits.relayCloseSecondsMax * 1000)
      await running
      clearTimeout(patience)
    },
  }
}

/** Owes what became due and lets out what can leave; answers for how long to rest. */
async function round(options: SenderOptions, calendar: Calendar, signal: AbortSignal): Promise<number> {
  const { db, log } = options
  const now = new Date()
  await answerErrors(db, now, log)
  await notifyOfEvents(db, now, log)
  await tellUndelivered(db, now, log)
  if (now >= calendar.next) {
    await oweDigests(db, now)
    calendar.next = new Date(now.getTime() + limits.digestLookMinutesMax * 60_000)
  }
  if (now >= calendar.ages) {
    await dropAged(db, now)
    calendar.ages = new Date(now.getTime() + limits.ageLookMinutesMax * 60_000)
  }
  const ended = await sendDue({ ...options, signal, clock: () => new Date() })
  return ended === 'all' ? limits.outboxLookMillisecondsMax : limits.outboxRestMillisecondsMax
}

interface Calendar {
  next: Date
  ages: Date
}
