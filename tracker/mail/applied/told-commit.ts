// The commit that a notice tells of: "Applied as 1a2b3c4d5e6f", or a link to it below.

/**
 * The first commit that is told as the patch's. "I also fixed the leak, see <URL>" tells of another one; below a title, as b4
 * and patchwork's robot list them, no word of it counts.
 */
export function commitIn(lines: readonly string[]): string | null {
  for (const [at, line] of lines.entries()) {
    const id = line.match(commitId)?.[1]
    if (!id) continue
    const above = lines[at - 1] ?? ''
    const told = isOnlyLink.test(line.slice(0, 450)) && !listedTitle.test(above) ? `${above} ${line}` : line
    if (at === 0 || !ofAnother.test(told.slice(0, 700))) return id
  }
  return null
}

const isOnlyLink = /^\W{0,12}(?:\d{1,3}\]\W{0,4})?(?:commit:?\s|https?:)\S{0,400}\s*$/i
const listedTitle = /^\s{0,8}(?:-\s)?\[/
const ofAnother =
  /\b(?:fyi|also|since|introduced|caused|broke|broken|regression|reverts?|reverted|previously|my fix|another|unrelated|follow-?up)\b/i

/** In a web address (`/c/`, `?id=`, `commit/`), behind "commit", or a hash standing alone. git writes them in lower case. */
const commitId =
  /(?:\b[Cc]ommit(?:-[Ii][Dd])?:?\s{1,6}|\/c\/|\/commit\/(?:\?id=)?|\?id=|(?:^|\s)(?=\d{0,39}[a-f]))([0-9a-f]{10,40})\b(?![@-]|\.\w)/m
