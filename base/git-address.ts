/**
 * An address as git send-email takes it: it refuses a domain without a dot ("unable to extract a valid address"),
 * so `demo@localhost` is written with localhost's other name, which our SMTP door takes for the same.
 */
export function gitAddress(address: string): string {
  return address.replace(/@localhost$/i, '@localhost.localdomain')
}

/** The address that is meant, in lower case. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/@localhost\.localdomain$/, '@localhost')
}
