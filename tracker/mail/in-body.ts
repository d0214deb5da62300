// The header lines that `git send-email` puts above a patch somebody else wrote (git-format-patch, "in-body").
import { parseAddresses } from '../decode/addresses.ts'
import type { Person } from './facts.ts'

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
