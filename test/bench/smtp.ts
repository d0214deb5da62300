// Live mail: a real `serve` with all its roles takes invented mails over 50 connections as fast as it answers 250,
// which it does when a mail is on disk. What it cost includes the sorting, also what is done behind the last 250.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, dial } from '../ingest/transcript.ts'
import { type Instance, startInstance } from '../soak/instance.ts'
import { cpuOf, cpuOfTree } from './cpu.ts'
import { inventMails } from './invent.ts'

const connections = 50
/** They warm the program. */
const before = 1_000

export async function benchSmtp(options: { mails: number }): Promise<string[]> {
  const wires = [...inventMails(before + options.mails)].map(
    mail => `${mail.replaceAll('\n', '\r\n').replaceAll('\r\n.', '\r\n..')}\r\n.\r\n`,
  )
  const instance = await startInstance()
  try {
    await sendAll(instance, wires.slice(0, before))
    await sorted(instance)
    return await measure(instance, wires.slice(before))
  } finally {
    await instance.stop()
    instance.remove()
  }
}

async function measure(instance: Instance, wires: readonly string[]): Promise<string[]> {
  const node = cpuOf(instance.nodePid)
  const postgres = cpuOfTree(instance.postmaster)
  const began = performance.now()
  await sendAll(instance, wires)
  const seconds = (performance.now() - began) / 1000
  await sorted(instance)
  const behind = (performance.now() - began) / 1000 - seconds
  const perMail = (ms: number) => `${(ms / wires.length).toFixed(2)} ms`
  return [
    `${wires.length} mails over ${connections} connections in ${seconds.toFixed(1)} s: ${Math.round(wires.length / seconds)} durable mails a second`,
    `with their sorting Node ${perMail(cpuOf(instance.nodePid) - node)}, PostgreSQL ${perMail(cpuOfTree(instance.postmaster) - postgres)} of CPU a mail`,
    `all were sorted ${behind.toFixed(1)} s behind the last 250`,
  ]
}

async function sendAll({ smtpPort, address }: Instance, wires: readonly string[]): Promise<void> {
  const left = wires.values()
  await Promise.all(Array.from({ length: connections }, () => sendSome(smtpPort, address, left)))
}

async function sendSome(port: number, address: string, wires: IterableIterator<string>): Promise<void> {
  const client = await dial(port)
  await client.line()
  await client.talk('EHLO client.example.org')
  for (const wire of wires) await send(client, address, wire)
  client.close()
}

/** The envelope in one piece, as Postfix sends it. */
async function send(client: Client, address: string, wire: string): Promise<void> {
  client.send(`MAIL FROM:<ada@example.org>\r\nRCPT TO:<${address}>\r\nDATA\r\n`)
  for (let answer = 0; answer < 3; answer++) await client.line()
  client.send(wire)
  const answer = await client.line()
  if (!answer.startsWith('250')) throw new Error(answer)
}

/** Nothing waits for the worker any more. */
async function sorted({ metrics }: Instance): Promise<void> {
  const settled = [/^threadwork_unsorted_mails\S* 0$/m, /^threadwork_dirty_clusters\S* 0$/m]
  for (;;) {
    const text = await (await fetch(metrics)).text()
    if (settled.every(line => line.test(text))) return
    await sleep(100)
  }
}
