// A name before an address in a header field: encoded or quoted where it must be (RFC 5322 3.2.3, RFC 2047).
import libmime from 'libmime'

export const named = (name: string) => {
  const written = libmime.encodeWords(name, 'Q', 52)
  return `${/[^\w!#$%&'*+\-/=?^`{|}~ ]/.test(written) ? `"${written.replace(/["\\]/g, '\\$&')}"` : written} `
}
