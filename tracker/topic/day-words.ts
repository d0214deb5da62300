// A person and a day, as the sentences about a topic write them.
import { months } from '../../base/months.ts'

export const nameWords = (person: { name: string; address: string }) =>
  person.name || person.address || 'Somebody'

/** "16 March 2026", UTC. */
export function dayWords(said: number): string {
  const date = new Date(said)
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}
