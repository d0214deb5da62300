/** The end of a switch over all words of a union: a word that is added does not compile before it has its case. */
export function unreachable(word: never): never {
  throw new Error(`No case for ${JSON.stringify(word)}`)
}
