// Addresses of people on pages: the part before the @ says who it is to whoever knows him, and gives nothing to whoever gathers
// addresses. Only the page of a mail shows the fields of its header as they are.
import { visible } from './text.ts'

/** `ines@…`; what is no address as it is: a name, a user of gitolite. */
export const addressText = (address: string): string => visible(address.replace(/@.*$/s, '@…').slice(0, 100))

/** The same for those within a sentence of ours. A Message-ID, which stands in brackets, is none. */
export const withoutAddresses = (text: string): string =>
  text.replace(/<[^<>\s]*>|[^\s<>@,;:()"]{1,64}@[^\s<>@,;:()"]{1,255}/g, found =>
    found.startsWith('<') ? found : found.replace(/@.*$/s, '@…'),
  )
