// Several things in a sentence, as English lists them.
/** "Ada", "Ada and Ruth", "Ada, Ruth and Ines". */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
