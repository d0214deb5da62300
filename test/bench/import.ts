// What an import costs, by the real command line into a fresh database: the CPU time of Node and PostgreSQL together.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { nodeWords } from '../node-words.ts'
import { cpuOf, cpuOfEndedChildren, peakMemoryOf } from './cpu.ts'
import { type BenchDatabase, withBenchDatabase } from './database.ts'
import { inventMails } from './invent.ts'

/** Imports an mbox, or as many invented mails, and says what it cost. */
export const benchImport = (options: { mbox: string | undefined; mails: number }): Promise<string[]> =>
  withBenchDatabase(bench => measure(bench, options.mbox ?? inventedMbox(bench, options.mails)))

/** Into the list `bench`, by the program itself. */
export function startImport({ data }: BenchDatabase, mbox: string): ChildProcess {
  const words = [...nodeWords(), 'import', '--data', data, '--list', 'bench', mbox]
  return spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] })
}

export function inventedMbox({ directory }: BenchDatabase, count: number): string {
  const path = join(directory, 'invented.mbox')
  writeInvented(path, count)
  return path
}

function writeInvented(path: string, count: number): void {
  const file = openSync(path, 'w')
  for (const mail of inventMails(count))
    writeSync(file, `From mboxrd@z Thu Jan  1 00:00:00 1970\n${mail.replace(/^(>*From )/gm, '>$1')}\n`)
  closeSync(file)
}

async function measure(bench: BenchDatabase, mbox: string): Promise<string[]> {
  const { db } = bench
  const databaseBefore = bench.databaseCpu()
  const nodeBefore = cpuOfEndedChildren(process.pid)
  const sizeBefore = await databaseBytes(db)
  const began = performance.now()

  const child = startImport(bench, mbox)
  const ended = once(child, 'exit')
  const { samples, memory } = await watch(
    db,
    child,
    () => cpuOf(child.pid ?? 0) + bench.databaseCpu() - databaseBefore,
  )
  const [code] = await ended
  if (code !== 0) throw new Error(`import ended with ${code}`)

  const seconds = (performance.now() - began) / 1000
  const node = cpuOfEndedChildren(process.pid) - nodeBefore
  const postgres = bench.databaseCpu() - databaseBefore
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
