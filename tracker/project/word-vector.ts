// The text of a mail as a tsvector in PostgreSQL's binary form: made here because PostgreSQL's own parser takes four
// times as long and a query must be cut into the same words, and binary because reading the form for people back took
// it half as long as storing it.
import { limits } from '../../base/limits.ts'
import { searchMarks } from './search-marks.ts'
import type { SearchText } from './search-text.ts'
import { WordTable } from './word-table.ts'

type Said = Pick<SearchText, 'subject' | 'author' | 'files' | 'body' | 'patchId'>

/**
 * What `tsvectorrecv` reads: the number of words, and of each its bytes, a NUL, and its places with their weights. Byte by
 * byte: Buffer's own methods take twice as long for the short words of mails.
 */
export function wordVector(text: Said): Buffer {
  const { places, marks } = placesOf(text)
  let bytesMax = 4
  for (let word = 0; word < places.length; word++)
    bytesMax += 3 * table.lengthOf(word) + 1 + 2 + 2 * (places[word]?.length ?? 0)
  for (const [mark, at] of marks) bytesMax += mark.length + 1 + 2 + 2 * at.length
  const vector = Buffer.allocUnsafe(bytesMax)
  let end = vector.writeInt32BE(places.length + marks.size)
  for (let word = 0; word < places.length; word++)
    end = writePlaces(vector, places[word] ?? nowhere, table.writeTo(vector, word, end))
  for (const [mark, at] of marks) end = writePlaces(vector, at, end + vector.write(mark, end))
  return vector.subarray(0, end)
}

function writePlaces(vector: Buffer, at: readonly number[], from: number): number {
  vector[from] = 0
  let end = writeNumber(vector, at.length, from + 1)
  for (const place of at) end = writeNumber(vector, place, end)
  return end
}

/** Two bytes, the high one first. */
function writeNumber(vector: Buffer, value: number, end: number): number {
  vector[end] = value >> 8
  vector[end + 1] = value & 255
  return end + 2
}

interface Places {
  /** Of each word in `table`, up to the bytes that a vector may have. */
  readonly places: readonly (readonly number[])[]
  /** Those of words that begin with a sign (`searchMarks`) and stand nowhere. */
  readonly marks: ReadonlyMap<string, readonly number[]>
}

/** Where each word stands: 14 bits, and above them the weight of its part: subject A, author B, files C, body D. */
function placesOf(text: Said): Places {
  const { patch, long, cut } = searchMarks
  const places: number[][] = []
  const marks = new Map<string, readonly number[]>()
  let at = 0
  let bytes = 0
  let lost = false
  table.clear()
  const add = (part: string, weight: number) => {
    table.read(part, (word, fresh) => {
      const place = (weight << 14) | (at + 1)
      if (fresh) bytes += 3 * table.lengthOf(word)
      const known = places[word]
      if (bytes > limits.wordVectorBytesMax && known === undefined) marks.set(cut.body, [place])
      else if (known === undefined) places.push([place])
      else if (weightOf(known) !== weight) known.push(place)
      else if (at < placeMax && known.length < placesMax) known.push(place)
      else lost = true
      if (at < placeMax) at++
    })
    // No phrase reaches from one part into the next.
    at = Math.min(at + 1, placeMax)
  }
  add(text.subject, 3)
  add(text.author, 2)
  add(text.files.slice(0, limits.fileNamesCharactersMax), 1)
  add(text.body, 0)
  if (text.files.length > limits.fileNamesCharactersMax) marks.set(cut.files, nowhere)
  if (text.patchId !== null) marks.set(`${patch}${text.patchId}`, nowhere)
  if (lost || at >= placeMax) marks.set(long, nowhere)
  return { places, marks }
}

/** The words of the one mail that is read. */
const table = new WordTable()

const nowhere: readonly number[] = []

/** The body's words come last. */
const weightOf = (places: readonly number[] | undefined) => {
  const last = places?.at(-1)
  return last === undefined ? null : last >> 14
}

/** The last place that PostgreSQL knows is 16,383; words behind it are found, phrases of them are not. */
const placeMax = 16_382
/** It keeps no more places of one word. */
const placesMax = 255
