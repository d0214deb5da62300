// What was typed into the search as a query for PostgreSQL: words, "phrases", `or`, `-without`. Cut into words as the
// index is (tracker/project/words.ts), so that no round trip asks the database how it reads them.
import { toStorableText } from '../../base/storable.ts'
import { wordsOf } from '../../tracker/project/words.ts'

export interface Query {
  /** A tsquery literal; empty when there is nothing to look for. */
  readonly text: string
  /** What to mark in a hit: the words as typed, lower case, without those to leave out. */
  readonly words: readonly string[]
}

/** Any text is a valid query. `or` binds less than the words beside it. */
export function parseQuery(typed: string): Query {
  const alternatives = splitAtOr(termsOf(typed))
  // All mails without a word are no answer to anything: each alternative needs a word to look for.
  if (!alternatives.every(terms => terms.some(term => !term.without))) return { text: '', words: [] }
  return {
    text: alternatives.map(terms => terms.map(toText).join(' & ')).join(' | '),
    words: [...new Set(alternatives.flat().flatMap(term => (term.without ? [] : term.marks)))],
  }
}

interface Term {
  /** One after the other. */
  readonly words: readonly string[]
  readonly without: boolean
  readonly marks: readonly string[]
}

function termsOf(typed: string): (Term | 'or')[] {
  const pieces = toStorableText(typed).matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)
  return [...pieces].flatMap(([, minus, phrase, word]): (Term | 'or')[] => {
    if (word?.toLowerCase() === 'or' && minus === '') return ['or']
    const text = phrase ?? word ?? ''
    const words = wordsOf(text)
    if (words.length === 0) return []
    return [{ words, without: minus === '-', marks: marksOf(text) }]
  })
}

/** `tst_run.c` is marked as a whole, not each c; brackets and stops around it are not part of it. */
const marksOf = (text: string) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .map(word => word.replace(/^[^\p{L}\p{N}]+/u, '').replace(/[^\p{L}\p{M}\p{N}]+$/u, ''))
    .filter(word => word !== '')

function splitAtOr(terms: readonly (Term | 'or')[]): Term[][] {
  const alternatives: Term[][] = [[]]
  for (const term of terms) {
    if (term === 'or') alternatives.push([])
    else alternatives.at(-1)?.push(term)
  }
  const filled = alternatives.filter(({ length }) => length > 0)
  return filled.length > 0 ? filled : [[]]
}

/** Words hold letters and digits only, so nothing in the quotes can end them. */
const toText = ({ words, without }: Term) =>
  `${without ? '!' : ''}(${words.map(word => `'${word}'`).join(' <-> ')})`
