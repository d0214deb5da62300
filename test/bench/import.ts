// npm run bench: what an import costs, by the real command line into a fresh database. Counts the CPU time of Node
// and PostgreSQL together. `npm run bench -- --mbox PATH` takes real mail, `--mails N` another number of invented.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Kysely, sql } from 'kysely'
import { openDatabase } from '../../sql/server.ts'
import type { Tables } from '../../sql/tables.ts'
import { cpuOf, cpuOfEndedChildren, cpuOfTree, peakMemoryOf } from './cpu.ts'
import { inventMails } from './invent.ts'

const { values: options } = parseArgs({ options: { mbox: { type: 'string' }, mails: { type: 'string' } } })
const directory = mkdtempSync(join(tmpdir(), 'threadwork-bench-'))
// PostgreSQL runs under another account when we are root, and must get through.
chmodSync(directory, 0o711)
const data = join(directory, 'data')
const database = await openDatabase(
  { database: null, data, dataChosen: true },
  { info: () => {}, warn: console.warn },
)
try {
  const mbox =
    options.mbox ?? writeInvented(join(directory, 'invented.mbox'), Number(options.mails ?? 20_000))
  for (const line of await measure(database.db, mbox)) process.stdout.write(`${line}\n`)
} finally {
  await database.close()
  rmSync(directory, { recursive: true })
}

function writeInvented(path: string, count: number): string {
  const file = openSync(path, 'w')
  for (const mail of inventMails(count))
    writeSync(file, `From mboxrd@z Thu Jan  1 00:00:00 1970\n${mail.replace(/^(>*From )/gm, '>$1')}\n`)
  closeSync(file)
  return path
}

async function measure(db: Kysely<Tables>, mbox: string): Promise<string[]> {
  const postmaster = Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  const databaseBefore = cpuOfTree(postmaster)
  const nodeBefore = cpuOfEndedChildren(process.pid)
  const sizeBefore = await databaseBytes(db)
  const began = performance.now()

  const child = spawn(
    process.execPath,
    [...threadwork(), 'import', '--data', data, '--list', 'bench', mbox],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  const { samples, memory } = await watch(
    db,
    child,
    () => cpuOf(child.pid ?? 0) + cpuOfTree(postmaster) - databaseBefore,
  )
  const [code] = await ended
  if (code !== 0) throw new Error(`import ended with ${code}`)

  const seconds = (performance.now() - began) / 1000
  const node = cpuOfEndedChildren(process.pid) - nodeBefore
  const postgres = cpuOfTree(postmaster) - databaseBefore
  const { mails, bytes } = await contents(db)
  const perMail = (ms: number) => `${(ms / mails).toFixed(2)} ms`
  return [
    `${mails} mails, ${(bytes / mails / 1000).toFixed(1)} kB each, in ${seconds.toFixed(1)} s`,
    `${Math.round(mails / ((node + postgres) / 1000))} mails per CPU-second: Node ${perMail(node)}, PostgreSQL ${perMail(postgres)} a mail`,
    `Node's memory at most ${Math.round(memory / 1e6)} MB`,
    `CPU ms a mail in each thousand while reading: ${perThousand(samples).join(' ')}`,
    `behind the last mail read: ${perMail(node + postgres - (samples.at(-1)?.cpu ?? 0))} a mail`,
    `${(((await databaseBytes(db)) - sizeBefore) / bytes).toFixed(2)} bytes in the database for a byte of mail`,
  ]
}

/** What `npm run threadwork` gives to node. */
function threadwork(): string[] {
  const root = join(import.meta.dirname, '..', '..')
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return String(scripts.threadwork)
    .split(' ')
    .slice(1)
    .map(word => (word === 'main.ts' ? join(root, word) : word))
}

interface Sample {
  readonly mails: number
  readonly cpu: number
}

/** Looks ten times a second how many mails are in and what they cost, until the last one is in; then only at memory. */
async function watch(db: Kysely<Tables>, child: ChildProcess, cpu: () => number) {
  const samples: Sample[] = []
  let memory = 0
  while (child.exitCode === null && child.signalCode === null) {
    const mails = await appended(db)
    if (mails > (samples.at(-1)?.mails ?? -1)) samples.push({ mails, cpu: cpu() })
    memory = Math.max(memory, peakMemoryOf(child.pid ?? 0))
    await sleep(100)
  }
  return { samples, memory }
}

/** From the sequence, which costs nothing to ask; it is the number of mails as long as none came twice. */
async function appended(db: Kysely<Tables>): Promise<number> {
  const sequence = sql<{
    last: string | null
  }>`select pg_sequence_last_value(pg_get_serial_sequence('mail', 'seq')) as last`
  return Number((await sequence.execute(db)).rows[0]?.last ?? 0)
}

/** The start of the programs is left out: it belongs to no mail. */
function perThousand(samples: readonly Sample[]): string[] {
  const figures: string[] = []
  let from = samples.find(({ mails }) => mails > 0)
  for (const sample of samples) {
    if (from === undefined || sample.mails - from.mails < 1000) continue
    figures.push(((sample.cpu - from.cpu) / (sample.mails - from.mails)).toFixed(2))
    from = sample
  }
  return figures
}

async function contents(db: Kysely<Tables>): Promise<{ mails: number; bytes: number }> {
  const { mails, bytes } = await db
    .selectFrom('mail')
    .innerJoin('raw', 'raw.hash', 'mail.raw_hash')
    .select(eb => [eb.fn.countAll<string>().as('mails'), eb.fn.sum<string>('raw.size').as('bytes')])
    .executeTakeFirstOrThrow()
  return { mails: Number(mails), bytes: Number(bytes) }
}

async function databaseBytes(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`select pg_database_size(current_database()) as bytes`.execute(
    db,
  )
  return Number(rows[0]?.bytes)
}
