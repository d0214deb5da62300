// The lines by which people change state: `Patch-Status: accepted -- applied to main`. They stand at the start of
// a said line; below a signature separator counts too (39 of 64 pw-bot lines in real archives stand there).
import type { TagFact } from './facts.ts'

/** Tags among said lines, in order. Values are not judged here: that needs the topic they speak of. */
export function tagsOf(lines: readonly string[]): TagFact[] {
  return lines
    .map(tagOn)
    .filter(tag => tag !== null)
    .slice(0, tagsMax)
}

const tagsMax = 20
const names = ['Patch-Status', 'Bug-Status', 'Type', 'Severity', 'Title', 'Labels', 'Target'] as const
const canonical = new Map(names.map(name => [name.toLowerCase(), name]))
const shape = /^([A-Za-z][A-Za-z-]{2,20}):[ \t]{1,20}(?:(\d{1,4})\/\d{1,4}[ \t]{1,5})?(\S.{0,400})$/

function tagOn(line: string): TagFact | null {
  const match = line.slice(0, 500).match(shape)
  const tag = canonical.get((match?.[1] ?? '').toLowerCase())
  if (!match || !tag) return null
  const [value = '', ...reason] = (match[3] ?? '').split(/\s--\s/)
  return {
    tag,
    value: value.trim().replace(/\s+/g, ' '),
    ...(reason.length > 0 ? { reason: reason.join(' -- ').trim() } : {}),
    ...(match[2] ? { number: Number(match[2]) } : {}),
    line: line.trim(),
  }
}
