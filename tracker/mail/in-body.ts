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
  const { end } = gitHead(lines)
  if (end === 0) return lines
  const text = lines.findIndex((line, index) => index >= end && line.trim() !== '')
  return text < 0 ? [] : lines.slice(text)
}

/** The person of a `From:` among these headers, or of Mercurial's `# User`; null without them. */
export const inBodyFrom = (lines: readonly string[]): Person | null => (hgHead(lines) ?? gitHead(lines)).user

/** The headers at the start of a commit message, and the line behind them; 0 when there is none. */
function gitHead(lines: readonly string[]): { user: Person | null; end: number } {
  const start = Math.max(
    lines.findIndex(line => line.trim() !== ''),
    0,
  )
  const values = new Map<string, string>()
  let end = start
  for (; end < lines.length; end++) {
    const [, name, value = ''] = lines[end]?.slice(0, 320).match(/^>?(From|Subject|Date):\s(.*)/i) ?? []
    const goesOn = end > start && /^[ \t]+\S/.test(lines[end] ?? '')
    if (!goesOn && (name === undefined || values.has(name.toLowerCase()))) break
    if (name !== undefined) values.set(name.toLowerCase(), value)
  }
  return { user: addressed(values.get('from') ?? ''), end: end === start ? 0 : end }
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

const addressed = (text: string): Person | null =>
  parseAddresses(text).find(person => person.address.includes('@')) ?? null
