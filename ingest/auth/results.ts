// Authentication-Results (RFC 8601): a list server writes into a mail what it saw when the mail came. Anybody can write such a
// field. One that bears the name of a server that the operator trusts counts where that server's own DKIM covers it.
import parseFields from 'mailauth/lib/parse-dkim-headers.js'
import { limits } from '../../base/limits.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import type { Note } from '../../tracker/topic/verdict.ts'
import type { Check } from './check.ts'
import { coveredFields, partlyCovered } from './coverage.ts'
import { authorsHash } from './dkim.ts'
import { signatureHash } from './keyring.ts'
import type { Purported } from './purported.ts'
import { signatureTags } from './signature-tags.ts'

/** What trusted servers say, for each of their DKIM signatures that holds. `trusted` are domains in lower case. */
export function checkResults(
  dkim: readonly Check[],
  { headers }: Purported,
  trusted: readonly string[],
): Check[] {
  return dkim.flatMap(signature => {
    const server = signature.signer ?? ''
    if (signature.result !== 'pass' || !trusted.includes(server)) return []
    const fields = headers
      .filter(({ name }) => name === 'authentication-results')
      .map(({ value }) => value)
      .filter(value => isNamed(readField(value).server, server, trusted))
    return fields.length === 0 ? [] : [resultsCheck(signature, server, fields, headers)]
  })
}

function resultsCheck(
  signature: Check,
  server: string,
  fields: readonly string[],
  headers: readonly Header[],
): Check {
  const check = { method: 'Authentication-Results' as const, signer: server }
  const unused = (code: Note['code']): Check => ({ ...check, result: 'unused', note: { code } })
  const [first, ...more] = fields
  // A server takes away what bears its name when a mail comes (RFC 8601 5): this one left somebody else's.
  if (more.length > 0) return unused('results-several')
  if (first === undefined || !signature.results?.includes(first)) return unused('results-uncovered')
  const seen = readResults(readField(first).results)
  if (seen.domains.length === 0) return unused('dkim-unseen')
  return {
    ...check,
    result: 'pass',
    ...seen,
    note: { code: 'dkim-seen', of: seen.domains.join(', ') },
    signedAt: signature.signedAt ?? null,
    ...passedOn(signature, headers, seen.domains),
    ...(signature.signature !== undefined && { signature: signature.signature }),
  }
}

/** The authserv-id is the domain that signs, a host of it, or another trusted one. */
const isNamed = (id: string, server: string, trusted: readonly string[]) =>
  id === server || id.endsWith(`.${server}`) || trusted.includes(id)

function readField(value: string): { server: string; results: unknown } {
  const { parsed } = parseFields(`Authentication-Results: ${value.slice(0, limits.headerBytesMax)}`)
  const [server = ''] = textOf(field(parsed, 'value')).split(/\s/)
  return { server, results: parsed }
}

/**
 * The server saw that the author's signature holds, and that covers what its own h= names: whoever changes another field
 * and sends the mail to the list again gets another word of it. So it covers what both do, and the author's signature, too,
 * is used once.
 */
export function passedOn(
  own: Pick<Check, 'covers' | 'partly'>,
  headers: readonly Header[],
  domains: readonly string[],
): Pick<Check, 'covers' | 'partly' | 'carried' | 'authors'> {
  const { covers = [], partly = [] } = own
  const authors = headers
    .filter(({ name }) => name === 'dkim-signature')
    .slice(0, limits.signaturesMax)
    .map(({ value }) => signatureTags(value))
    .filter(tags => domains.includes((tags.get('d') ?? '').toLowerCase()))
  const signed = authors.map(tags => (tags.get('h') ?? '').split(':'))
  const whole = signed.map(names => coveredFields(headers, names))
  return {
    covers: covers.filter(name => whole.length > 0 && whole.every(names => names.includes(name))),
    partly: [...partly, ...signed.flatMap(names => partlyCovered(headers, names))],
    carried: authors.map(tags => signatureHash(`dkim ${tags.get('b') ?? ''}`)),
    authors: authors.map(tags => authorsHash(tags.get('b') ?? '')),
  }
}

/**
 * The domains whose DKIM passed at the server, and the addresses that it names whole: the user of a signature, or the
 * sender for whom SPF passed.
 */
export function readResults(results: unknown): { domains: string[]; addresses: string[] } {
  const dkim = asList(field(results, 'dkim')).filter(entry => resultOf(entry) === 'pass')
  const users = dkim.map(entry => textOf(field(field(entry, 'header'), 'i')))
  const domains = dkim.map(entry => textOf(field(field(entry, 'header'), 'd')))
  const spf = field(results, 'spf')
  const sender = resultOf(spf) === 'pass' ? textOf(field(field(spf, 'smtp'), 'mailfrom')) : ''
  return {
    domains: distinct([...domains, ...users.map(user => user.slice(user.lastIndexOf('@') + 1))]),
    addresses: distinct([...users, sender].filter(address => address.indexOf('@') > 0)),
  }
}

/** mailauth's name for it is another one in a field that stands by itself. */
const resultOf = (entry: unknown) => field(entry, 'result') ?? field(entry, 'value')

const distinct = (words: readonly string[]) => [...new Set(words)].filter(word => word !== '').slice(0, 20)
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.toLowerCase().slice(0, 320) : ''
