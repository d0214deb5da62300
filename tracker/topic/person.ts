// One human behind several addresses: the same address, or the same full name of two words or more.
import { memo } from '../../base/memo.ts'
import type { Person } from '../mail/facts.ts'

/** Keys that two mails of one person share; one in common is enough. */
export const personKeys = memo((person: Person): readonly string[] => {
  const name = fullName(person)
  return [...(person.address ? [person.address] : []), ...(name ? [`"${name}"`] : [])]
})

export function samePerson(a: Person, b: Person): boolean {
  if (a.address !== '' && a.address === b.address) return true
  const name = fullName(a)
  return name !== '' && name === fullName(b)
}

/** Lower case, "Last, First" turned round; empty for a single word, which many people share. */
const fullName = memo((person: Person): string => {
  const turned = person.name.replace(/^([^,]+),\s*([^,]+)$/, '$2 $1')
  const words = turned
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word.length > 0)
  return words.length < 2 ? '' : words.join(' ')
})
