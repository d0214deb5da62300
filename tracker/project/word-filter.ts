// Words beside what a mail says: those it quotes, and those of To, Cc and the names of attachments. In the word index
// they cost an import 13 %; a Bloom filter of one byte a word costs next to nothing. It names all mails that hold a word
// and 2 % of the others; whoever asks looks into the mail.
import { limits } from '../../base/limits.ts'
import type { SearchText } from './search-text.ts'
import { wordsOf } from './words.ts'

/** Where a word stands; the sign is hashed before it. */
export type Beside = '>' | '@'

/** Empty for a mail without such words. */
export function wordFilter({ quotes, others }: Pick<SearchText, 'quotes' | 'others'>): Buffer {
  const quoted = quotes === '' ? noWords : new Set(wordsOf(quotes))
  const beside = others === '' ? noWords : new Set(wordsOf(others))
  const filter = Buffer.alloc(Math.min(quoted.size + beside.size, limits.wordFilterBytesMax))
  for (const word of quoted) mark(filter, filterPlaces('>', word))
  for (const word of beside) mark(filter, filterPlaces('@', word))
  return filter
}

const noWords: ReadonlySet<string> = new Set()

/** Bits as PostgreSQL's get_bit counts them: within a byte from the lowest. */
function mark(filter: Buffer, places: readonly number[]): void {
  for (const place of places) {
    const bit = place % (filter.length * 8)
    filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7))
  }
}

/** Four numbers of 31 bits; modulo the bits of a filter they are the word's places in it. */
export function filterPlaces(sign: Beside, word: string): [number, number, number, number] {
  // FNV-1a over UTF-16, then a round of MurmurHash3's so that the low bits hang on all letters.
  let value = Math.imul(0x811c9dc5 ^ sign.charCodeAt(0), 0x01000193)
  for (let at = 0; at < word.length; at++) value = Math.imul(value ^ word.charCodeAt(at), 0x01000193)
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const step = Math.imul(first ^ (first >>> 13), 0xc2b2ae35) | 1
  const place = (times: number) => (first + Math.imul(times, step)) & 0x7fffffff
  return [place(0), place(1), place(2), place(3)]
}
