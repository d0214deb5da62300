// The stem of an English word, by Porter's second algorithm, which Snowball and Xapian have, too: `leaks`, `leaked` and
// `leaking` are `leak`. It is the same for all forms of a word, and need not be a word itself (`studies` is `studi`).
import { stem } from 'stemr'

export const stemOf = (word: string): string => (mayDiffer(word) && isEnglish(word) ? stem(word) : word)

/** Of all other endings the algorithm takes nothing away: half of the words of a mail, and most of those that never come again. */
const endings: Readonly<Record<string, readonly string[]>> = {
  c: ['ic'],
  d: ['ed'],
  e: ['e'],
  g: ['ing'],
  i: ['i'],
  l: ['al', 'ful', 'll'],
  m: ['ism'],
  n: ['ion'],
  r: ['er', 'or'],
  s: ['s'],
  t: ['ant', 'ent'],
  y: ['y'],
}

const mayDiffer = (word: string): boolean =>
  endings[word.charAt(word.length - 1)]?.some(ending => word.endsWith(ending)) ?? false

/** What is longer is a name or data; shorter words have one form. */
function isEnglish(word: string): boolean {
  if (word.length < 3 || word.length > 24) return false
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    if (code < 97 || code > 122) return false
  }
  return true
}
