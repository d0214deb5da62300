// Which header fields a signature covers. A field that stands twice and is named once in h= is covered once: anybody may
// put another one above it, and that one is read as well.
import { limits } from '../../base/limits.ts'

/** `signed` has a name for each field that was signed; of the names in the mail those whose fields all are, in lower case. */
export function coveredFields(
  headers: readonly { readonly name: string }[],
  signed: readonly string[],
): string[] {
  const names = countsOf(signed.map(name => name.trim().toLowerCase()))
  const there = countsOf(headers.map(({ name }) => name))
  return [...there]
    .filter(([name, count]) => (names.get(name) ?? 0) >= count)
    .map(([name]) => name)
    .slice(0, limits.fieldsCoveredMax)
}

/** The names that it covers in part: of the fields that bear one, anybody may have added the others. */
export function partlyCovered(
  headers: readonly { readonly name: string }[],
  signed: readonly string[],
): string[] {
  const named = new Set(signed.map(name => name.trim().toLowerCase()))
  const whole = new Set(coveredFields(headers, signed))
  const there = new Set(headers.map(({ name }) => name))
  return [...there].filter(name => named.has(name) && !whole.has(name))
}

const countsOf = (names: readonly string[]): Map<string, number> =>
  new Map([...Map.groupBy(names, name => name)].map(([name, same]) => [name, same.length]))
