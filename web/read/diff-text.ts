// The lines of a mail's diffs by what they are, and the blobs that they name: what the prefixes dfa, dfb, dfhh, dfctx,
// dfpre and dfpost ask for.

export interface DiffText {
  readonly removed: readonly string[]
  readonly added: readonly string[]
  /** What stands behind the second `@@`. */
  readonly heads: readonly string[]
  readonly context: readonly string[]
  /** The names of blobs as they are written, before and after. */
  readonly pre: readonly string[]
  readonly post: readonly string[]
}

/** As public-inbox cuts a mail: a diff begins at its first header line and ends at a line that none can have. */
export function diffTextOf(text: string): DiffText {
  const found = { removed: [], added: [], heads: [], context: [], pre: [], post: [] } as Record<
    keyof DiffText,
    string[]
  >
  let inDiff = false
  for (const line of text.split('\n')) {
    const blobs = /^index ([0-9a-f]{1,64})\.\.([0-9a-f]{1,64})/.exec(line)
    if (blobs) {
      found.pre.push(blobs[1] ?? '')
      found.post.push(blobs[2] ?? '')
      inDiff = true
    } else if (/^(?:diff -|--- \S|\+\+\+ \S)/.test(line)) inDiff = true
    else if (line === '-- ') inDiff = false
    else if (inDiff) inDiff = takeLine(line, found)
  }
  return found
}

/** False where the diff has ended. */
function takeLine(line: string, found: Record<keyof DiffText, string[]>): boolean {
  if (line === '') return true
  if (line.startsWith(' ')) found.context.push(line.slice(1))
  else if (line.startsWith('+')) found.added.push(line.slice(1))
  else if (line.startsWith('-')) found.removed.push(line.slice(1))
  else if (line.startsWith('@@')) found.heads.push(/^@@ \S+ \S+ @@(.*)$/.exec(line)?.[1] ?? '')
  else return between.test(line)
  return true
}

/** Lines of a diff that hold none of its text. */
const between =
  /^(?:old mode|new mode|deleted file|new file|copy |rename |similarity|dissimilarity|Binary files|GIT binary|\\ No)/
