// Kills a real Threadwork at random moments while several connections send it mail, and then looks whether the log
// holds what it must: every mail that was answered 250 exactly once, byte for byte, and nothing twice. A mail without
// an answer is sent again, as a mail server does.
import { setTimeout as sleep } from 'node:timers/promises'
import { readMbox } from '../../ingest/source/mbox.ts'
import { type Home, makeHome, type Victim } from './home.ts'
import { type Load, startLoad } from './load.ts'

export interface TortureOptions {
  readonly kills: number
  /** The load goes on until this many mails were answered 250. */
  readonly acknowledgedMin: number
  readonly connections: number
  readonly say: (line: string) => void
}

export interface Figures {
  readonly acknowledged: number
  /** Attempts that ended without a 250, after which the mail was sent again. */
  readonly sentAgain: number
  readonly inLog: number
  /** Answered 250 and not in the log. */
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** In the log with other bytes than were sent, or never sent. */
  readonly wrong: readonly string[]
  /** Seconds from each kill to the next mail that was answered 250. */
  readonly recoveries: readonly number[]
}

/** Throws when Threadwork crashes, does not come back, or does not end when it is asked to. */
export async function torture(options: TortureOptions): Promise<Figures> {
  const home = await makeHome()
  try {
    return await Promise.race([tortureAt(home, options), home.crash])
  } finally {
    await home.destroy()
  }
}

async function tortureAt(
  home: Home,
  { kills, acknowledgedMin, connections, say }: TortureOptions,
): Promise<Figures> {
  await home.start()
  const load = startLoad(home.port, home.address, connections)
  const recoveries: number[] = []
  try {
    for (let kill = 1; kill <= kills; kill++) {
      await load.more(Math.ceil((Math.random() * acknowledgedMin) / kills))
      await sleep(Math.random() * 300)
      const victim = victims[kill % victims.length] ?? 'serve'
      const seconds = await strike(home, load, victim)
      recoveries.push(seconds)
      say(`kill ${kill} of ${kills}, ${victim}: the next mail was taken after ${seconds.toFixed(1)} s`)
    }
    await load.more(acknowledgedMin - load.acknowledged.size)
    await load.end()
  } finally {
    load.abort()
  }
  await home.stop()
  return { ...(await compare(home, load)), recoveries }
}

const victims: readonly Victim[] = ['serve', 'postmaster', 'everything']

async function strike(home: Home, load: Load, victim: Victim): Promise<number> {
  const began = performance.now()
  await home.strike(victim)
  if (victim !== 'postmaster') await home.start()
  // One for each connection may have been answered before the blow.
  await load.more(load.connections + 1)
  return (performance.now() - began) / 1000
}

async function compare(home: Home, load: Load): Promise<Omit<Figures, 'recoveries'>> {
  const found = new Map<string, number>()
  const wrong: string[] = []
  for await (const { bytes } of readMbox((await home.exportMbox()) as AsyncIterable<Buffer>)) {
    const text = bytes?.toString() ?? ''
    const id = /^Message-ID: <(.*)>$/m.exec(text)?.[1] ?? text.slice(0, 80)
    found.set(id, (found.get(id) ?? 0) + 1)
    if (load.sent.get(id) !== text) wrong.push(id)
  }
  return {
    acknowledged: load.acknowledged.size,
    sentAgain: load.sentAgain(),
    inLog: found.size,
    lost: [...load.acknowledged].filter(id => !found.has(id)),
    doubled: [...found].filter(([, times]) => times > 1).map(([id]) => id),
    wrong,
  }
}
