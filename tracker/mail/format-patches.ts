// Texts of git format-patch one after the other: a relay sends what it gathered inline, and `git format-patch --stdout` makes one
// file of a whole series. Each begins with the line of an mbox, or with the header of a mail that posts a patch.

/** What stands above the first one, and each with its header; all of the text and none when it holds no such texts. */
export function formatPatchesIn(text: string): { before: string; patches: readonly string[] } {
  if (!text.includes('Subject: ')) return { before: text, patches: [] }
  const lines = text.split('\n')
  const starts = lines.flatMap((_, at) => startAt(lines, at) ?? [])
  const [first] = starts
  const patches = starts.map(({ at }, index) => lines.slice(at, starts[index + 1]?.at).join('\n'))
  // One header alone is that of git's in-body lines.
  const isOne = starts.length === 1 && first?.ofMbox !== true
  if (first === undefined || isOne || !patches.every(patch => diff.test(patch)))
    return { before: text, patches: [] }
  return { before: lines.slice(0, first.at).join('\n'), patches }
}

interface Start {
  readonly at: number
  readonly ofMbox: boolean
}

/** Lines of a diff begin with a sign or a space, so none of theirs is one. */
function startAt(lines: readonly string[], at: number): Start | null {
  const line = lines[at] ?? ''
  if (line.startsWith('From ') || line.startsWith('>From '))
    return mboxLine.test(line) && isHeader(lines, at + 1) ? { at, ofMbox: true } : null
  if (!/^(?:From|Date|Subject): /.test(line)) return null
  const above = lines[at - 1] ?? ''
  // A blank line, or the version that git writes below "-- ".
  if (above !== '' && !/^\d{1,2}\.\d[\w.() -]{0,60}$/.test(above)) return null
  return isHeader(lines, at) ? { at, ofMbox: false } : null
}

const mboxLine = /^>?From [0-9a-f]{40,64} [A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} [\d:]{8} \d{4}\s{0,3}$/
const diff = /^(?:diff --git \S|Index: \S|--- \S[^\n]{0,400}\n\+\+\+ \S|GIT binary patch)/m

/** The fields of git format-patch, of which the subject posts a patch. */
function isHeader(lines: readonly string[], from: number): boolean {
  let end = from
  while (end < lines.length && end - from < fieldsMax && field.test(lines[end] ?? '')) end++
  const names = lines.slice(from, end)
  const has = (start: RegExp) => names.some(line => start.test(line))
  return has(/^From: \S/) && has(/^Date: \S/) && has(/^Subject: .{0,40}\[[^\]]{0,40}PATCH/i)
}

const field = /^(?:[A-Z][A-Za-z-]{1,40}:(?:\s|$)|[ \t]\S)/
const fieldsMax = 30
