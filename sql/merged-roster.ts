// The people of a list, from its row: those of its configuration and those of its MAINTAINERS file.
import type { Roster } from '../tracker/topic/rules.ts'

/** The configuration wins: who has a role there has the one that it gives. */
export function mergedRoster(configured: Roster, file: Roster): Roster {
  if (file.length === 0) return configured
  const known = new Set(configured.map(({ person }) => person.address))
  return [...configured, ...file.filter(({ person }) => !known.has(person.address))]
}
