// The fixture threads and cases: folders of mails in the order they were said, each with the export that must come out.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lfOnly } from '../../base/line-ends.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import type { Arrival } from '../../tracker/topic/unit.ts'
import { imported } from '../../tracker/topic/verdict.ts'

export interface Thread {
  readonly name: string
  readonly mails: readonly Buffer[]
  /** Lines of the export, without list and number. */
  readonly expected: readonly Record<string, unknown>[]
}

/** Whole threads of eight mails or more, for the laws of order. */
export const threads = threadsIn('thread')

/** One class of mail each, as few mails as it takes. */
export const cases = threadsIn('case')

function threadsIn(name: string): readonly Thread[] {
  const folder = join(import.meta.dirname, '../../fixtures', name)
  return readdirSync(folder)
    .sort()
    .map(name => threadOf(name, join(folder, name)))
}

function threadOf(name: string, folder: string): Thread {
  const files = readdirSync(folder).filter(file => file.endsWith('.eml'))
  return {
    name,
    mails: files.sort().map(file => readFileSync(join(folder, file))),
    expected: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')),
  }
}

/** Bytes -> what the fold takes. */
export function arrivalOf(raw: Buffer): Arrival {
  // The log keeps LF, whatever came.
  const hash = createHash('sha256').update(lfOnly(raw)).digest('hex')
  return { hash, facts: factsOf(decodeMail(raw), messageIdOf(raw), {}), verdict: imported, knownAt: null }
}

/** The same mail as a server with other line ends would hand it over. */
export function crlf(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
}

/** A reproducible shuffle: the same seed gives the same order (mulberry32). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items]
  let state = seed
  for (let i = result.length - 1; i > 0; i--) {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    const j = ((t ^ (t >>> 14)) >>> 0) % (i + 1)
    const [a, b] = [result[i] as T, result[j] as T]
    result[i] = b
    result[j] = a
  }
  return result
}
