// What the lines of other trackers in a mail mean, beside a file that was written by reading the mails. A row of
// the file is a line: mail, word, meaning, of what, value. A mail without rows says nothing, whatever it quotes.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import type { MailFacts, TagFact } from '../../tracker/mail/facts.ts'
import { factsOf } from '../../tracker/mail/facts-of.ts'
import { nameOf, valueText } from '../../tracker/mail/tag/value.ts'

/** `word, meaning, of, value`, with tabs between them. */
type Row = string

export interface Compared {
  readonly agreed: readonly Row[]
  readonly missing: readonly Row[]
  readonly unexpected: readonly Row[]
}

/** The rows of a file by the mail they are of. */
export function rowsOf(path: string): Map<string, Row[]> {
  const rows = new Map<string, Row[]>()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [mail = '', ...row] = line.split('\t')
    if (line.startsWith('#') || row.length !== 4) continue
    const meaning = row[1] ?? ''
    const said = meaning.startsWith('not said') ? [] : [row.join('\t')]
    rows.set(mail, [...(rows.get(mail) ?? []), ...said])
  }
  return rows
}

/** Compares in order; a value is written plainly or as its hash. */
export function compareRows(found: readonly TagFact[], expected: readonly Row[]): Compared {
  const spelled = found.map(tag => [rowOf(tag, valueText(tag)), rowOf(tag, hashed(valueText(tag)))])
  const agreed = expected.filter((row, at) => spelled[at]?.includes(row))
  if (agreed.length === expected.length && found.length === expected.length)
    return { agreed, missing: [], unexpected: [] }
  return {
    agreed: [],
    missing: expected,
    unexpected: spelled.map(([plain = '']) => plain),
  }
}

export function factsIn(raw: Buffer): MailFacts {
  return factsOf(decodeMail(raw), messageIdOf(raw), {})
}

export function rowOf(tag: TagFact, value: string): Row {
  return [tag.alias ?? '-', meaningOf(tag), ofWhat(tag), value === '' ? '-' : value].join('\t')
}

const meaningOf = (tag: TagFact) =>
  tag.tag !== 'Recorded' ? nameOf(tag) : tag.mirrors ? `${tag.mirrors}'s` : 'recorded'

function ofWhat(tag: TagFact): string {
  if (tag.whole) return 'series'
  if (tag.number !== undefined) return `patch ${tag.number}`
  if (tag.bug !== undefined) return `#${tag.bug}`
  return tag.on === undefined ? 'thread' : `<${tag.on}>`
}

export const hashed = (text: string) =>
  text === '' ? '' : createHash('sha256').update(text).digest('hex').slice(0, 16)
