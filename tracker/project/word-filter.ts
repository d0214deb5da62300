// Words beside what a mail says: those it quotes, and those of To, Cc and the names of attachments. In the word index
// they cost an import 13 %; a Bloom filter of one byte a word costs next to nothing. It names all mails that hold a word
// in any of its forms and 2 % of the others; whoever asks looks into the mail.
import { limits } from '../../base/limits.ts'
import type { SearchText } from './search-text.ts'
import { stemOf } from './word-stem.ts'
import { WordTable } from './word-table.ts'

/** Where a word stands; the sign is hashed before it. */
export type Beside = '>' | '@'

/** Empty for a mail without such words. */
export function wordFilter({ quotes, others }: Pick<SearchText, 'quotes' | 'others'>): Buffer {
  const firsts = [...firstsOf('>', quotes), ...firstsOf('@', others)]
  const filter = Buffer.alloc(Math.min(firsts.length, limits.wordFilterBytesMax))
  for (const first of firsts) mark(filter, first)
  return filter
}

/** Of each distinct word. */
function firstsOf(sign: Beside, text: string): number[] {
  if (table.size > knownWordsMax) table.clear()
  const firsts: number[] = []
  readings++
  table.read(text, (number, fresh) => {
    if (fresh) known[number] = knownWord(table.text)
    const word = known[number]
    if (word === undefined || word.reading === readings) return
    word.reading = readings
    firsts.push(word[sign])
  })
  return firsts
}

/** The words of a list come again and again; ten thousand mails have some forty thousand. */
const table = new WordTable()
const knownWordsMax = 50_000

/** By its number in the table. */
const known: KnownWord[] = []

interface KnownWord extends Readonly<Record<Beside, number>> {
  /** That which had it last. */
  reading: number
}

function knownWord(word: string): KnownWord {
  const stem = stemOf(word)
  return { '>': firstOf('>', stem), '@': firstOf('@', stem), reading: 0 }
}

let readings = 0

/** Bits as PostgreSQL's get_bit counts them: within a byte from the lowest. */
function mark(filter: Buffer, first: number): void {
  const step = stepOf(first)
  for (let times = 0; times < 4; times++) {
    const bit = placeOf(first, step, times) % (filter.length * 8)
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7))
  }
}

/** Four numbers of 31 bits; modulo the bits of a filter they are the word's places in it, and those of all its forms. */
export function filterPlaces(sign: Beside, word: string): [number, number, number, number] {
  const first = firstOf(sign, stemOf(word))
  const step = stepOf(first)
  return [placeOf(first, step, 0), placeOf(first, step, 1), placeOf(first, step, 2), placeOf(first, step, 3)]
}

/** FNV-1a over UTF-16, then half a round of MurmurHash3's, the other half is the step: so the low bits hang on all letters. */
function firstOf(sign: Beside, word: string): number {
  let value = Math.imul(0x811c9dc5 ^ sign.charCodeAt(0), 0x01000193)
  for (let at = 0; at < word.length; at++) value = Math.imul(value ^ word.charCodeAt(at), 0x01000193)
  return Math.imul(value ^ (value >>> 16), 0x85ebca6b)
}

const stepOf = (first: number): number => Math.imul(first ^ (first >>> 13), 0xc2b2ae35) | 1
const placeOf = (first: number, step: number, times: number): number =>
  (first + Math.imul(times, step)) & 0x7fffffff
