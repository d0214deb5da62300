// What a mail of Bugzilla's bridge says that its bug was set to, in a table of changes ("Resolution|---  |CODE_FIX") that
// no person would type.
import type { BugStatus } from '../../base/state-words.ts'
import type { TagFact } from './facts.ts'

/** A Bug-Status for each change of status or resolution. */
export function bugzillaTags(lines: readonly string[]): TagFact[] {
  const resolution = changed(lines, 'Resolution')
  const status = changed(lines, 'Status')
  const to = resolution ? (resolutions[resolution.to] ?? 'invalid') : status && statuses[status.to]
  const line = (resolution ?? status)?.line
  return to && line ? [{ tag: 'Bug-Status', status: to, line }] : []
}

function changed(lines: readonly string[], what: string): { to: string; line: string } | null {
  for (const line of lines) {
    const row = line.slice(0, 200).match(/^\s{0,30}(\w{3,20})\|([^|]{0,40})\|(\S{1,40})\s*$/)
    if (row?.[1] === what && row[3] && row[3] !== '---')
      return { to: row[3].toUpperCase(), line: line.trim() }
  }
  return null
}

const statuses: Readonly<Record<string, BugStatus>> = {
  CONFIRMED: 'confirmed',
  ASSIGNED: 'confirmed',
  NEEDINFO: 'needs-info',
  REOPENED: 'reopened',
}

const resolutions: Readonly<Record<string, BugStatus>> = {
  FIXED: 'fixed',
  CODE_FIX: 'fixed',
  DOCUMENTED: 'fixed',
  PATCH_ALREADY_AVAILABLE: 'fixed',
  WILL_FIX_LATER: 'confirmed',
  WONTFIX: 'wontfix',
  WILL_NOT_FIX: 'wontfix',
  DUPLICATE: 'duplicate',
  WORKSFORME: 'worksforme',
  UNREPRODUCIBLE: 'worksforme',
}
