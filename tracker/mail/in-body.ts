// The header lines that `git send-email` puts above a patch somebody else wrote (git-format-patch, "in-body").
import { parseAddresses } from '../decode/addresses.ts'
import type { Person } from './facts.ts'

/**
 * The lines without those that git takes for headers and out of the message: From, Subject and Date, each once, with
 * their continuations, before anything else is said (git-mailinfo).
 */
export function withoutInBody(lines: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  let at = lines.findIndex(line => line.trim() !== '')
  if (at < 0) return lines
  const start = at
  for (; at < lines.length; at++) {
    const name = lines[at]
      ?.slice(0, 20)
      .match(/^>?(From|Subject|Date):\s/i)?.[1]
      ?.toLowerCase()
    const goesOn = at > start && /^[ \t]+\S/.test(lines[at] ?? '')
    if (!goesOn && (name === undefined || seen.has(name))) break
    if (name !== undefined) seen.add(name)
  }
  if (at === start) return lines
  const said = lines.findIndex((line, index) => index >= at && line.trim() !== '')
  return said < 0 ? [] : lines.slice(said)
}

/** The person of a `From:` among the first lines of a commit message, or null. */
export function inBodyFrom(lines: readonly string[]): Person | null {
  const start = lines.findIndex(line => line.trim() !== '')
  if (start < 0) return null
  for (const line of lines.slice(start, start + 6)) {
    const from = line.match(/^>?From:\s{1,5}(\S.{0,300})$/)
    if (from?.[1]) return parseAddresses(from[1]).find(person => person.address.includes('@')) ?? null
    if (!/^[A-Za-z-]{2,30}:\s/.test(line)) return null
  }
  return null
}
