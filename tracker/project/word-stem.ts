// The stem of an English word, by Porter's second algorithm, which Snowball and Xapian have, too: `leaks`, `leaked` and
// `leaking` are `leak`. It is the same for all forms of a word, and need not be a word itself (`studies` is `studi`).
import { stem } from 'stemr'
import { memoText } from '../../base/memo-text.ts'

export const stemOf = (word: string): string => (isEnglish(word) ? knownStem(word) : word)

/** Of letters from a to z, for words that hardly come again. */
export const stemAnew = (word: string): string => stem(word)

/** The words of a list come again and again; ten thousand mails have some forty thousand. */
const knownStem = memoText(stemAnew, 50_000)

/** What is longer is a name or data; shorter words have one form. */
function isEnglish(word: string): boolean {
  if (word.length < 3 || word.length > 24) return false
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    if (code < 97 || code > 122) return false
  }
  return true
}
