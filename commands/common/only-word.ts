/** The one word of a command. Throws when there is none, or more. */
export function onlyWord(words: readonly string[], what: string, allowed: string): string {
  const [word] = words
  if (word !== undefined && words.length === 1) return word
  throw new Error(
    `Cannot ${what} ${words.length === 0 ? 'nothing' : JSON.stringify(words)}; allowed: ${allowed}`,
  )
}
