// The text of a mail as a tsvector literal, made here because PostgreSQL's own parser takes four times as long, and
// because a query must be cut into the same words.
import type { SearchText } from './search-text.ts'
import { wordsOf } from './words.ts'

/** `'word':1A,7` for each word. Weights: subject A, author B, files C, body D. */
export function wordVector(text: SearchText): string {
  const places = new Map<string, string>()
  let at = 0
  const add = (part: string, weight: string) => {
    for (const word of wordsOf(part)) {
      const known = places.get(word)
      if (known === undefined) places.set(word, `'${word}':${at + 1}${weight}`)
      else if (at < placeMax) places.set(word, `${known},${at + 1}${weight}`)
      if (at < placeMax) at++
    }
    // No phrase reaches from one part into the next.
    at = Math.min(at + 1, placeMax)
  }
  add(text.subject, 'A')
  add(text.author, 'B')
  add(text.files, 'C')
  add(text.body, '')
  return [...places.values()].join(' ')
}

/** The last place that PostgreSQL knows is 16,383; words behind it are found, phrases of them are not. */
const placeMax = 16_382
