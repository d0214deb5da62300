// The distinct words of texts, read from them letter by letter. What a word is for the search is said here, in the index and
// in a query alike: a run of letters and digits in lower case, in Latin letters without marks (`Müller` is muller). Names
// from code and paths are several words in a row (`tst_run.c` is tst, run, c), so that they are found by their parts and, as a
// phrase, whole.
import { foldLetters } from './fold-letters.ts'

/** `fresh`: the word comes for the first time. */
type Take = (word: number, fresh: boolean) => void

/**
 * A word is known by its number, in the order in which they first came: an import reads a thousand words a mail, and
 * making a text of each and looking it up took twice as long.
 */
export class WordTable {
  size = 0
  #letters = new Uint16Array(8 * 1024)
  /** Where the letters of each word end. */
  #ends = new Int32Array(1024)
  #hashes = new Int32Array(1024)
  /** By hash the number of a word and one; the next free place when two words want the same. */
  #places = new Int32Array(2 * 1024)
  /** Where the last word stands. */
  #text = ''
  #from = 0
  #until = 0

  /** Gives each word of the text, in order and repeats too. */
  read(text: string, take: Take): void {
    const lower = text.toLowerCase()
    let start = -1
    let ascii = true
    // Letter by letter: PostgreSQL's parser took 0.54 ms for a mail with a diff, this loop takes 0.1 ms.
    for (let at = 0; at <= lower.length; at++) {
      const code = at < lower.length ? lower.charCodeAt(at) : space
      if (isWordCode(code)) {
        if (start < 0) start = at
        if (code > 127) ascii = false
      } else if (start >= 0) {
        if (ascii) this.#give(lower, start, at, take)
        else for (const word of foreignWords(lower.slice(start, at))) this.#give(word, 0, word.length, take)
        start = -1
        ascii = true
      }
    }
  }

  /** The word that `read` gave last. */
  get text(): string {
    return this.#text.slice(this.#from, this.#until)
  }

  /** Of UTF-16. */
  lengthOf(word: number): number {
    return (this.#ends[word] ?? 0) - this.#startOf(word)
  }

  /** Writes the word in UTF-8 and answers where it ends. */
  writeTo(bytes: Buffer, word: number, from: number): number {
    const letters = this.#letters
    const until = this.#ends[word] ?? 0
    let end = from
    for (let at = this.#startOf(word); at < until; at++) {
      const code = letters[at] ?? 0
      if (code > 127) return from + bytes.write(this.#textOf(word), from)
      bytes[end++] = code
    }
    return end
  }

  clear(): void {
    this.size = 0
    if (this.#places.length > keptPlacesMax) {
      this.#letters = new Uint16Array(8 * 1024)
      this.#ends = new Int32Array(1024)
      this.#hashes = new Int32Array(1024)
      this.#places = new Int32Array(2 * 1024)
    } else this.#places.fill(0)
  }

  #give(text: string, from: number, until: number, take: Take): void {
    this.#text = text
    this.#from = from
    this.#until = Math.min(until, from + wordCharactersMax)
    const before = this.size
    const word = this.#number(text, from, this.#until)
    take(word, this.size > before)
  }

  #textOf(word: number): string {
    return String.fromCharCode(...this.#letters.subarray(this.#startOf(word), this.#ends[word]))
  }

  #number(text: string, from: number, until: number): number {
    const start = this.#startOf(this.size)
    const end = start + until - from
    if (end > this.#letters.length)
      this.#letters = grown(this.#letters, new Uint16Array(2 * this.#letters.length))
    const letters = this.#letters
    let hash = 0x811c9dc5
    for (let at = 0; at < until - from; at++) {
      const code = text.charCodeAt(from + at)
      letters[start + at] = code
      hash = Math.imul(hash ^ code, 0x01000193)
    }
    const places = this.#places
    let place = (hash ^ (hash >>> 15)) & (places.length - 1)
    for (let known = places[place] ?? 0; known > 0; known = places[place] ?? 0) {
      if (this.#hashes[known - 1] === hash && this.#isWord(known - 1, start, end)) return known - 1
      place = (place + 1) & (places.length - 1)
    }
    places[place] = this.size + 1
    this.#hashes[this.size] = hash
    this.#ends[this.size] = end
    this.size++
    if (this.size === this.#ends.length) this.#grow()
    return this.size - 1
  }

  #isWord(word: number, start: number, end: number): boolean {
    const from = this.#startOf(word)
    if ((this.#ends[word] ?? 0) - from !== end - start) return false
    for (let at = 0; at < end - start; at++)
      if (this.#letters[from + at] !== this.#letters[start + at]) return false
    return true
  }

  #startOf(word: number): number {
    return word === 0 ? 0 : (this.#ends[word - 1] ?? 0)
  }

  #grow(): void {
    this.#ends = grown(this.#ends, new Int32Array(2 * this.size))
    this.#hashes = grown(this.#hashes, new Int32Array(2 * this.size))
    this.#places = new Int32Array(4 * this.size)
    for (let word = 0; word < this.size; word++) {
      const hash = this.#hashes[word] ?? 0
      let place = (hash ^ (hash >>> 15)) & (this.#places.length - 1)
      while ((this.#places[place] ?? 0) > 0) place = (place + 1) & (this.#places.length - 1)
      this.#places[place] = word + 1
    }
  }
}

function grown<Numbers extends Int32Array | Uint16Array>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers)
  return larger
}

/** What one long mail needed is not cleared for each short one behind it. */
const keptPlacesMax = 32 * 1024

const space = 32

/** a to z, 0 to 9, and all that ASCII does not know: `foreignWords` looks at those closer. */
const isWordCode = (code: number) => (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127

/** Chinese and Japanese have no spaces: each of their characters is a word, and a word of theirs a phrase. */
function foreignWords(run: string): string[] {
  const found = foldLetters(run.normalize('NFC')).match(foreignWord) ?? []
  return found.map(word => word.slice(0, wordCharactersMax).toWellFormed())
}

const foreignWord =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[[\p{L}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+/gv

/** Hashes of 64 digits are words that people look for; what is longer is data, found by its start. */
const wordCharactersMax = 64
