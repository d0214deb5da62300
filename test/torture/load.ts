// Several SMTP connections that send mail without a pause, each mail again and again until it is answered 250.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, dial } from '../ingest/transcript.ts'

export interface Load {
  readonly connections: number
  /** The ids that were answered 250. */
  readonly acknowledged: ReadonlySet<string>
  /** Each mail that was ever sent, by its id, with LF line ends. */
  readonly sent: ReadonlyMap<string, string>
  readonly sentAgain: () => number
  /** Resolves when so many more were answered 250; rejects after a minute without it. */
  more(mails: number): Promise<void>
  /** Sends no new mail; resolves when every mail that was begun is answered 250. */
  end(): Promise<void>
  abort(): void
}

export function startLoad(port: number, address: string, connections: number): Load {
  const acknowledged = new Set<string>()
  const sent = new Map<string, string>()
  const aborted = new AbortController()
  const run = randomBytes(4).toString('hex')
  let attempts = 0
  let ending = false

  async function sendOn(): Promise<void> {
    let client: Client | undefined
    while (!ending && !aborted.signal.aborted) {
      const id = `${run}-${sent.size}@example.org`
      sent.set(id, makeMail(id, sent.size))
      while (!acknowledged.has(id) && !aborted.signal.aborted) {
        attempts++
        client = await attempt(client, id)
      }
    }
    client?.close()
  }

  /** One try; resolves with the connection when it may be used again. */
  async function attempt(old: Client | undefined, id: string): Promise<Client | undefined> {
    let client = old
    try {
      client ??= await greet(port)
      const said = await client.talk('MAIL FROM:<ada@example.org>', `RCPT TO:<${address}>`, 'DATA')
      if (!said.startsWith('354')) throw new Error(said)
      const reply = await client.talk(wire(sent.get(id) ?? ''))
      if (!reply.startsWith('250')) throw new Error(reply)
      acknowledged.add(id)
      return client
    } catch {
      client?.close()
      // A mail server would wait longer before it tries again.
      await sleep(20)
      return undefined
    }
  }

  const senders = Array.from({ length: connections }, sendOn)
  return {
    connections,
    acknowledged,
    sent,
    sentAgain: () => attempts - acknowledged.size,
    async more(mails) {
      const goal = acknowledged.size + mails
      const deadline = Date.now() + 60_000
      while (acknowledged.size < goal) {
        if (Date.now() > deadline)
          throw new Error(`No answer 250 to ${goal - acknowledged.size} of ${mails} mails`)
        await sleep(5)
      }
    },
    async end() {
      ending = true
      await Promise.all(senders)
    },
    abort: () => aborted.abort(),
  }
}

async function greet(port: number): Promise<Client> {
  const client = await dial(port)
  const greeting = await client.line()
  if (!greeting.startsWith('220')) throw new Error(greeting)
  await client.talk('EHLO client.example.org')
  return client
}

/** Mostly small, now and then larger than a socket takes at once; every fifth answers an earlier one. */
function makeMail(id: string, index: number): string {
  const lines = index % 50 === 0 ? 4_000 : 20 + (index % 200)
  const parent = id.replace(/-\d+@/, `-${Math.floor(index / 5)}@`)
  return [
    'From: Ada Example <ada@example.org>',
    'To: torture@lists.example.net',
    `Subject: ${index % 5 === 0 ? '[PATCH] ' : 'Re: [PATCH] '}change number ${Math.floor(index / 5)}`,
    'Date: Mon, 2 Mar 2026 10:00:00 +0000',
    `Message-ID: <${id}>`,
    ...(index % 5 === 0 ? [] : [`In-Reply-To: <${parent}>`]),
    '',
    ...Array.from(
      { length: lines },
      (_, line) => `${line} ${(line * 7919 + index).toString(36)} From here to there`,
    ),
    '',
  ].join('\n')
}

const wire = (mail: string) => `${mail.replaceAll('\n', '\r\n').replaceAll('\r\n.', '\r\n..')}.`
