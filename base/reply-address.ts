// `LIST+r-<short id>@host`: mail to it is a mail to the list that answers the mail with that id. A page shows it for clients
// that drop In-Reply-To.
import { shortId } from './short-id.ts'

/** `list`: the list's own address. */
export function replyAddress(list: string, id: string): string {
  const at = list.lastIndexOf('@')
  return `${list.slice(0, at)}+r-${shortId(id)}${list.slice(at)}`
}

/** The list's address and the short id in such an address, in lower case; null for any other one. */
export function readReplyAddress(address: string): { readonly list: string; readonly short: string } | null {
  const match = /^([^@\s]{1,250})\+r-([a-z2-7]{16})(@[^@\s]{1,255})$/.exec(
    address.slice(0, 600).toLowerCase(),
  )
  return match && { list: `${match[1]}${match[3]}`, short: match[2] ?? '' }
}
