// Owes many mails and kills the sender again and again after the relay has taken one and before the database knows: each mail
// must reach the relay at least once, and always under one Message-ID and as the same bytes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connect } from '../../sql/connect.ts'
import { migrate } from '../../sql/migrate.ts'
import { oweMail } from '../../sql/outbox.ts'
import { outboxState } from '../../sql/outbox-rows.ts'
import { type Delivered, startMailServer } from '../answer/mail-server.ts'
import { makeGate } from './gate.ts'

export interface OwedOptions {
  /** Of an empty database. */
  readonly url: string
  readonly mails: number
  readonly kills: number
  readonly say: (line: string) => void
}

export interface OwedFigures {
  readonly kills: number
  /** Mails that the relay answered 250, the same one counted each time. */
  readonly deliveries: number
  /** Owed and never delivered. */
  readonly missing: readonly string[]
  /** Recipients whose mail came under several Message-IDs, or as other bytes. */
  readonly changed: readonly string[]
  /** Still owed, refused or given up at the end. */
  readonly left: number
}

export async function killSenders({ url, mails, kills, say }: OwedOptions): Promise<OwedFigures> {
  const db = connect(url, { max: 2 })
  await migrate(db)
  const gate = await makeGate(url)
  let killed = 0
  let striking: Promise<void> | null = null
  let sender: ChildProcess | undefined

  async function beforeOk(): Promise<void> {
    // Now and then it may go on, so that mails do leave.
    if (striking !== null || killed >= kills || Math.random() < 0.5) return
    striking = gate.stopAt(stops[killed % stops.length] ?? null).then(() => {
      sender?.kill('SIGKILL')
      killed++
    })
  }

  const relay = await startMailServer({ beforeOk })
  try {
    for (let n = 0; n < mails; n++)
      await db.transaction().execute(trx =>
        oweMail(trx, {
          key: `mail ${n}`,
          list: null,
          to: `p${n}@example.org`,
          subject: `mail ${n}`,
          body: `This is mail ${n}.\n`,
          kind: 'result',
        }),
      )
    while ((await outboxState(db)).owed > 0) {
      gate.open()
      striking = null
      sender = start(gate.url, relay.port)
      const [code] = await once(sender, 'exit')
      if (striking !== null) await striking
      else if (code !== 0) throw new Error(`The sender ended by itself with ${code}`)
      if (striking !== null && killed % 20 === 0) say(`${killed} kills, ${relay.mails.length} deliveries`)
    }
    return {
      kills: killed,
      deliveries: relay.mails.length,
      ...compare(relay.mails, mails),
      left: await unsent(),
    }
  } finally {
    sender?.kill('SIGKILL')
    await relay.close()
    await gate.close()
    await db.destroy()
  }

  async function unsent(): Promise<number> {
    const rows = await db.selectFrom('outbox').select('id').where('state', '!=', 'sent').execute()
    return rows.length
  }
}

/** What the sender says to the database next, what ends its transaction. */
const stops = [null, 'commit']

function start(database: string, port: number): ChildProcess {
  const words = [join(import.meta.dirname, 'sender.ts'), database, `smtp://127.0.0.1:${port}`]
  return spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
}

function compare(delivered: readonly Delivered[], mails: number): Pick<OwedFigures, 'missing' | 'changed'> {
  const byRecipient = Map.groupBy(delivered, ({ to }) => to.join(' '))
  const recipients = Array.from({ length: mails }, (_, n) => `p${n}@example.org`)
  const ids = Map.groupBy(delivered, ({ messageId }) => messageId)
  return {
    missing: recipients.filter(recipient => !byRecipient.has(recipient)),
    changed: [
      ...[...byRecipient].filter(([, same]) => new Set(same.map(mail => mail.text)).size > 1),
      ...[...ids].filter(([, same]) => new Set(same.map(mail => mail.to.join(' '))).size > 1),
    ].map(([name]) => name),
  }
}
