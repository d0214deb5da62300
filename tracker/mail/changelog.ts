// What the author says changed since the last revision: "Changes since v2:", "v3:", "v1 -> v2". In a cover letter, or
// below the three dashes of a patch.
import { limits } from '../../base/limits.ts'

/** The lines of it, without the diffstat and the list of commits; empty when the author says nothing of the kind. */
export function changelogOf(lines: readonly string[]): string[] {
  const start = lines.findIndex(line => heading.test(line.slice(0, 200)))
  if (start === -1) return []
  const rest = lines.slice(start, start + limits.changelogLinesMax)
  const end = rest.findIndex(endsChangelog)
  const own = end === -1 ? rest : rest.slice(0, end)
  while (own.at(-1)?.trim() === '') own.pop()
  return own
}

const heading =
  /^\s{0,4}(?:[*#=-]{1,3}\s?)?(?:(?:the )?(?:changes?|changelog|differences?|diff|history|updates?|what changed)\b.{0,40}\bv?\d|change ?log\b|\[?\(?v\d{1,3}\b.{0,40}(?::|->|=>|→)|(?:since|from) v\d)/i

/** git's diffstat and shortlog, and what b4 and format-patch write last. */
const endsChangelog = (line: string) =>
  /^ .{1,200}\|\s{1,5}(?:\d|Bin )|^ \d{1,6} files? changed|^-- ?$|^\S.{0,100} \(\d{1,4}\):$|^(?:---|base-commit:|change-id:|diff --git )/.test(
    line,
  )
