// Who wrote a mail. Lists with DMARC trouble rewrite From ("X via ltp" <ltp@lists.example>), relays do the same;
// the author is then in X-Original-From, Reply-To or only in the display name, never the list's address.

import { parseAddresses } from '../decode/addresses.ts'
import type { Header } from '../decode/mail.ts'
import { decodeWords } from '../decode/words.ts'
import type { Person } from './facts.ts'

/**
 * The person behind From. The address is empty when only a display name is left of a rewritten one. `list` is the list's
 * own address: not every server says it in a header.
 */
export function senderOf(headers: readonly Header[], list = ''): Person {
  const from = people(headers, 'from')[0] ?? people(headers, 'sender')[0] ?? nobody
  const isList = (address: string) => (list !== '' && address === list) || isListAddress(headers, address)
  const behind = behindName(from.name, isList(from.address))
  const hidden = addressWithin(from.address)
  if (!behind && !isList(from.address)) return named(hidden ? { ...from, address: hidden } : from)
  const name = behind?.name ?? bareName(from.name)
  const original = ['x-original-from', 'x-original-sender'].flatMap(field => people(headers, field))[0]
  if (original && !isList(original.address)) return named(original, name)
  const told = behind?.address || hidden
  if (told) return { name, address: told }
  const replies = people(headers, 'reply-to').filter(p => !isList(p.address))
  const answer = replies.find(p => sameName(p.name, name)) ?? replies[0]
  if (answer) return named(answer, name)
  const copied = people(headers, 'cc').filter(p => name !== '' && sameName(p.name, name))
  // Of two addresses in Cc either may be the one that was rewritten.
  return copied[0] && new Set(copied.map(p => p.address)).size === 1
    ? named(copied[0], name)
    : { name, address: '' }
}

/**
 * Asks whether a word is an address of From, To or Cc: In-Reply-To may hold one by mistake. The fields are taken apart only
 * when one holds the word at all, which hardly any does.
 */
export function addressQuestion(headers: readonly Header[]): (word: string) => boolean {
  const fields = headers.filter(({ name }) => name === 'from' || name === 'to' || name === 'cc')
  const text = decodeWords(fields.map(({ value }) => value).join('\n')).toLowerCase()
  let addresses: ReadonlySet<string> | undefined
  return word => {
    const lower = word.toLowerCase()
    if (!addresses && !text.includes(lower)) return false
    addresses ??= new Set(fields.flatMap(({ value }) => parseAddresses(value)).map(p => p.address))
    return addresses.has(lower)
  }
}

const nobody: Person = { name: '', address: '' }
const viaName = /^(.{1,200}?)\s{1,9}\(?(?:(\S{1,200}@\S{1,200})\s{1,9})?via\s{1,9}\S.{0,100}$/i

/** Who is named before "via" or, by a list, behind "on behalf of" (Sympa); an address there is the person's own. */
function behindName(name: string, byList: boolean): Person | null {
  const via = name.match(viaName)
  const found = via?.[1] ?? (byList ? name.match(/\son behalf of\s+(\S.{0,200})$/i)?.[1] : undefined)
  if (found === undefined) return null
  const bare = bareName(found.replace(/\s\(\S{1,200}@\S{1,200}\)?$/, ''))
  const address = via?.[2] ?? found.match(/[^\s()<>"']{1,100}@[^\s()<>"']{1,150}/)?.[0] ?? ''
  return { name: bare === address ? '' : bare, address: address.toLowerCase() }
}

/** `ines=example.org@groups.io`, `ines=40example.org@dmarc.example.net`: the address within the one that was made of it. */
const addressWithin = (address: string): string | null => {
  const [, local, host] =
    address.match(/^([^@=]{1,100})=(?:40)?([^@=]{1,100}\.[^@=.]{2,20})@(?:dmarc\.|groups\.)/) ?? []
  return local && host ? `${local}@${host}` : null
}

function people(headers: readonly Header[], name: string): Person[] {
  return headers.filter(h => h.name === name).flatMap(h => parseAddresses(h.value))
}

const named = (person: Person, name = ''): Person => ({
  name: bareName(person.name) || name,
  address: person.address,
})

const bareName = (name: string) =>
  decodeWords(name)
    .trim()
    .replace(/^'(.*)'$/, '$1')
    .replace(/\s+/g, ' ')
    .trim()

const sameName = (a: string, b: string) => bareName(a).toLowerCase() === b.toLowerCase()

/** List-Post and X-BeenThere name the list's own address; a List-Id `ltp.lists.example` means ltp@lists.example. */
function isListAddress(headers: readonly Header[], address: string): boolean {
  return headers.some(({ name, value }) => {
    if (name === 'x-beenthere') return value.trim().toLowerCase() === address
    if (name === 'list-post') return value.toLowerCase().includes(`mailto:${address}>`)
    if (name === 'list-id') return value.toLowerCase().endsWith(`<${address.replace('@', '.')}>`)
    return false
  })
}
