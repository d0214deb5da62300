// Sends invented mails at an even rate over a few SMTP connections, as a busy mail server does.
import { setTimeout as sleep } from 'node:timers/promises'
import { inventMails } from '../bench/invent.ts'
import { type Client, dial } from '../ingest/transcript.ts'

export interface Senders {
  /** Ids that were answered 250, the newest last; only the last thousand. */
  readonly recent: readonly string[]
  readonly acknowledged: () => number
  /** Answers other than 250, and connections that broke. */
  readonly errors: readonly string[]
  /** Milliseconds from the first command of a mail to its 250. */
  readonly times: number[]
  /** Resolves when all were sent. */
  readonly done: Promise<void>
}

const connections = 20

export function startSenders(port: number, address: string, rate: number, mails: number): Senders {
  const source = inventMails(mails)
  const began = performance.now()
  const recent: string[] = []
  const errors: string[] = []
  const times: number[] = []
  let next = 0
  let acknowledged = 0

  async function send(client: Client, mail: string): Promise<void> {
    const from = performance.now()
    const wire = `${mail.replaceAll('\n', '\r\n').replaceAll('\r\n.', '\r\n..')}\r\n.`
    await client.talk('MAIL FROM:<ada@example.org>', `RCPT TO:<${address}>`, 'DATA')
    const reply = await client.talk(wire)
    if (!reply.startsWith('250')) {
      errors.push(reply)
      return
    }
    times.push(performance.now() - from)
    acknowledged++
    recent.push(/^Message-ID: <(.*)>$/m.exec(mail)?.[1] ?? '')
    if (recent.length > 1_000) recent.shift()
  }

  async function sendOn(): Promise<void> {
    let client = await greet(port)
    for (let mail = source.next(); !mail.done; mail = source.next()) {
      const due = began + (next++ * 1000) / rate
      await sleep(Math.max(0, due - performance.now()))
      try {
        await send(client, mail.value)
      } catch (error) {
        errors.push((error as Error).message)
        client.close()
        client = await greet(port)
      }
    }
    client.close()
  }

  const done = Promise.all(Array.from({ length: connections }, sendOn)).then(() => {})
  return { recent, acknowledged: () => acknowledged, errors, times, done }
}

async function greet(port: number): Promise<Client> {
  const client = await dial(port)
  await client.line()
  await client.talk('EHLO client.example.org')
  return client
}
