// The words of a text as texts: of queries, and of what a query is compared with.
import { WordTable } from './word-table.ts'

/** All words of a text in their order, repeats too. */
export function wordsOf(text: string): string[] {
  const table = new WordTable()
  const distinct: string[] = []
  const words: string[] = []
  table.read(text, (word, fresh) => {
    if (fresh) distinct.push(table.text)
    words.push(distinct[word] ?? '')
  })
  return words
}
