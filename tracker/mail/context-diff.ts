// A context diff (`diff -c`: old projects write it to this day) as the unified diff that says the same. Each hunk shows
// its place twice, before and after; lines that changed have a `!` in both.

/** The lines with every context diff among them as a unified one; the same array when there is none. */
export function withUnifiedDiffs(lines: readonly string[]): readonly string[] {
  if (!lines.some((_, at) => beginsContextDiff(lines, at))) return lines
  const unified: string[] = []
  for (let at = 0; at < lines.length; ) {
    if (!beginsContextDiff(lines, at)) {
      unified.push(lines[at] ?? '')
      at++
      continue
    }
    unified.push(`--- ${lines[at]?.slice(4)}`, `+++ ${lines[at + 1]?.slice(4)}`)
    at += 2
    for (let hunk = contextHunk(lines, at); hunk; hunk = contextHunk(lines, at)) {
      unified.push(...hunk.unified)
      at = hunk.end
    }
  }
  return unified
}

export const beginsContextDiff = (lines: readonly string[], at: number): boolean =>
  (lines[at] ?? '').startsWith('*** ') &&
  (lines[at + 1] ?? '').startsWith('--- ') &&
  contextHunk(lines, at + 2) !== null

/** The line behind the last hunk of the context diff that begins here. */
export function contextDiffEnd(lines: readonly string[], start: number): number {
  let at = start + 2
  for (let hunk = contextHunk(lines, at); hunk; hunk = contextHunk(lines, at)) at = hunk.end
  return at
}

const hunkRule = /^\*{15}(?: .*)?$/

function contextHunk(
  lines: readonly string[],
  at: number,
): { readonly unified: readonly string[]; readonly end: number } | null {
  const old = /^\*\*\* (\d{1,9})(?:,(\d{1,9}))? \*{4}/.exec(lines[at + 1] ?? '')
  if (!hunkRule.test(lines[at] ?? '') || !old) return null
  const before = sideOf(lines, at + 2, /^[-! ] |^\\|^$/, countOf(old))
  const now = /^--- (\d{1,9})(?:,(\d{1,9}))? -{4}/.exec(lines[before.end] ?? '')
  if (!now) return null
  const after = sideOf(lines, before.end + 1, /^[+! ] |^\\|^$/, countOf(now))
  const body = merged(before.own, after.own)
  const counts = [
    body.filter(line => /^[- ]/.test(line)).length,
    body.filter(line => /^[+ ]/.test(line)).length,
  ]
  const words = lines[at]?.slice(15) ?? ''
  return {
    unified: [`@@ -${old[1]},${counts[0]} +${now[1]},${counts[1]} @@${words}`, ...body],
    end: after.end,
  }
}

const countOf = ([, from, to]: RegExpExecArray): number =>
  Number(to ?? from) === 0 ? 0 : Number(to ?? from) - Number(from) + 1

/** One side of a hunk; diff leaves out the side on which nothing changed. */
function sideOf(lines: readonly string[], from: number, own: RegExp, count: number) {
  let end = from
  if (lines[from] === '') return { own: [], end }
  for (let left = count; end < lines.length && own.test(lines[end] ?? '-'); end++) {
    if (!lines[end]?.startsWith('\\') && left-- === 0) break
  }
  return { own: lines.slice(from, end), end }
}

function merged(before: readonly string[], after: readonly string[]): string[] {
  const body: string[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old = '', now = ''] = [before[i], after[j]]
    if (/^[-!]/.test(old)) body.push(`-${old.slice(2)}`)
    else if (/^[+!]/.test(now)) body.push(`+${now.slice(2)}`)
    else body.push((old || now).startsWith('\\') ? old || now : ` ${(old || now).slice(2)}`)
    const takes = /^[-!]/.test(old) ? 'old' : /^[+!]/.test(now) ? 'now' : 'both'
    if (takes !== 'now') i++
    if (takes !== 'old') j++
  }
  return body
}
