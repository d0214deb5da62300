// The people of a list, from its row: those of its configuration and those of its MAINTAINERS file.
import type { ListConfig } from '../base/list-settings.ts'
import type { Roster } from '../tracker/topic/rules.ts'

/** The configuration wins: who has a role there has the one that it gives. */
export function mergedRoster(configured: Roster, file: Roster): Roster {
  if (file.length === 0) return configured
  const known = new Set(configured.map(({ person }) => person.address))
  return [...configured, ...file.filter(({ person }) => !known.has(person.address))]
}

/** The people of the configuration; their addresses may be in any case there. */
export const configuredRoster = (people: ListConfig['people']): Roster =>
  people.map(({ name, address, role, paths, aliases }) => ({
    person: { name, address: address.toLowerCase() },
    ...(aliases.length > 0 ? { aliases: aliases.map(alias => alias.toLowerCase()) } : {}),
    role,
    paths,
  }))
