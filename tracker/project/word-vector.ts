// The text of a mail as a tsvector in PostgreSQL's binary form: made here because PostgreSQL's own parser takes four
// times as long and a query must be cut into the same words, and binary because reading the form for people back took
// it half as long as storing it.
import { limits } from '../../base/limits.ts'
import { searchMarks } from './search-marks.ts'
import type { SearchText } from './search-text.ts'
import { wordsOf } from './words.ts'

type Said = Pick<SearchText, 'subject' | 'author' | 'files' | 'body' | 'patchId'>

/**
 * What `tsvectorrecv` reads: the number of words, and of each its bytes, a NUL, and its places with their weights. Byte by
 * byte: Buffer's own methods take twice as long for the short words of mails.
 */
export function wordVector(text: Said): Buffer {
  const places = placesOf(text)
  let bytesMax = 4
  for (const [word, at] of places) bytesMax += 3 * word.length + 1 + 2 + 2 * at.length
  const vector = Buffer.allocUnsafe(bytesMax)
  let end = vector.writeInt32BE(places.size)
  for (const [word, at] of places) {
    end = writeWord(vector, word, end)
    vector[end++] = 0
    end = writeNumber(vector, at.length, end)
    for (const place of at) end = writeNumber(vector, place, end)
  }
  return vector.subarray(0, end)
}

function writeWord(vector: Buffer, word: string, from: number): number {
  let end = from
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    if (code > 127) return from + vector.write(word, from)
    vector[end++] = code
  }
  return end
}

/** Two bytes, the high one first. */
function writeNumber(vector: Buffer, value: number, end: number): number {
  vector[end] = value >> 8
  vector[end + 1] = value & 255
  return end + 2
}

/**
 * Where each word stands: 14 bits, and above them the weight of its part: subject A, author B, files C, body D. A word of
 * one of these is letters and digits; others begin with a sign (`searchMarks`) and stand nowhere.
 */
function placesOf(text: Said): Map<string, number[]> {
  const places = new Map<string, number[]>()
  const { patch, long, cut } = searchMarks
  let at = 0
  let bytes = 0
  let lost = false
  const add = (part: string, weight: number) => {
    for (const word of wordsOf(part)) {
      const place = (weight << 14) | (at + 1)
      const known = places.get(word)
      if (known === undefined) {
        bytes += 3 * word.length
        places.set(bytes > limits.wordVectorBytesMax ? cut.body : word, [place])
      } else if (weightOf(known) !== weight) known.push(place)
      else if (at < placeMax && known.length < placesMax) known.push(place)
      else lost = true
      if (at < placeMax) at++
    }
    // No phrase reaches from one part into the next.
    at = Math.min(at + 1, placeMax)
  }
  add(text.subject, 3)
  add(text.author, 2)
  add(text.files.slice(0, limits.fileNamesCharactersMax), 1)
  add(text.body, 0)
  if (text.files.length > limits.fileNamesCharactersMax) places.set(cut.files, nowhere)
  if (text.patchId !== null) places.set(`${patch}${text.patchId}`, nowhere)
  if (lost || at >= placeMax) places.set(long, nowhere)
  return places
}

const nowhere: number[] = []

/** The body's words come last. */
const weightOf = (places: readonly number[] | undefined) => {
  const last = places?.at(-1)
  return last === undefined ? null : last >> 14
}

/** The last place that PostgreSQL knows is 16,383; words behind it are found, phrases of them are not. */
const placeMax = 16_382
/** It keeps no more places of one word. */
const placesMax = 255
