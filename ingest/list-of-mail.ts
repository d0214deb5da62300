// Which list a mail belongs to, on roads where no mail server said so. The list's own stamp (List-Id, RFC 2919) comes
// first: such a mail is that list's copy, whoever else is among its recipients. Then whom it was sent to.
import type { List } from '../sql/lists.ts'
import { parseAddresses } from '../tracker/decode/addresses.ts'
import { readHeaders } from '../tracker/decode/headers.ts'
import { listsAt } from './list-address.ts'

/** `recipient` is the envelope's, where there is one. Several lists when it was sent to several; empty for none of ours. */
export function listsOfMail(bytes: Buffer, lists: readonly List[], recipient?: string): List[] {
  const { headers } = readHeaders(bytes)
  const values = (...names: string[]) =>
    headers.filter(({ name }) => names.includes(name)).map(({ value }) => value)
  const stamped = values('list-id').flatMap(value => lists.find(list => isStamp(value, list)) ?? [])
  // The topmost was put there last; one list may be a member of another.
  const [last] = stamped
  if (last) return [last]
  const enveloped = listsAt(lists, recipient === undefined ? [] : [recipient])
  if (enveloped.length > 0) return enveloped
  return listsAt(
    lists,
    values('to', 'cc').flatMap(value => parseAddresses(value).map(({ address }) => address)),
  )
}

/** `The network <net.example.org>`, or the id alone. */
function isStamp(value: string, { listId }: List): boolean {
  const id = /<([^<>]{1,255})>/.exec(value)?.[1] ?? value
  return listId !== null && id.trim().toLowerCase() === listId.toLowerCase()
}
