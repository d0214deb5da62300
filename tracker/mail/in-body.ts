// The header lines that `git send-email` puts above a patch somebody else wrote (git-format-patch, "in-body").
import { parseAddresses } from '../decode/addresses.ts'
import type { Person } from './facts.ts'

/**
 * The lines without those that git takes for headers and out of the message: From, Subject and Date, each once, with
 * their continuations, before anything else is said (git-mailinfo).
 */
export function withoutInBody(lines: readonly string[]): readonly string[] {
  const hg = hgHead(lines)
  if (hg) return lines.slice(hg.end)
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

/** What Mercurial writes above a change (`hg export`, `hg email`), and the line behind it; null when there is none. */
export function hgHead(lines: readonly string[]): { user: Person | null; end: number } | null {
  const start = lines.findIndex(line => line.trim() !== '')
  if (lines[start]?.trimEnd() !== '# HG changeset patch') return null
  let end = start + 1
  while (lines[end]?.startsWith('# ') || lines[end] === '#') end++
  const user = lines.slice(start, end).find(line => line.startsWith('# User '))
  return { user: user === undefined ? null : addressed(user.slice(7, 300)), end }
}

/** The person of a `From:` among the first lines of a commit message, or of Mercurial's `# User`; null without them. */
export function inBodyFrom(lines: readonly string[]): Person | null {
  const start = lines.findIndex(line => line.trim() !== '')
  if (start < 0) return null
  const hg = hgHead(lines)
  if (hg) return hg.user
  for (const line of lines.slice(start, start + 6)) {
    const from = line.match(/^>?From:\s{1,5}(\S.{0,300})$/)
    if (from?.[1]) return addressed(from[1])
    if (!/^[A-Za-z-]{2,30}:\s/.test(line)) return null
  }
  return null
}

const addressed = (text: string): Person | null =>
  parseAddresses(text).find(person => person.address.includes('@')) ?? null
