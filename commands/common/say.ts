/** Answers on standard output; the exit code of a command that did what it was asked. */
export function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}
