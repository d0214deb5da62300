// The armour of a clear-signed text (RFC 9580, 7): it says nothing to a reader, and its dash escapes break a patch. Who
// checks the signature reads the raw mail (ingest/auth/pgp.ts).

/** The text without armour: what was signed with its dashes undone, and all that stands around it. */
export function withoutArmour(text: string): string {
  if (!mayBeSigned(text)) return text
  const kept: string[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; ) {
    const signed = signedLines(lines, at)
    if (!signed) kept.push(lines[at] ?? '')
    else for (let i = signed.from; i < signed.end; i++) kept.push((lines[i] ?? '').replace(/^- /, ''))
    at = signed ? signed.next : at + 1
  }
  return kept.join('\n')
}

const begin = '-----BEGIN PGP SIGNED MESSAGE-----'

/** Nearly no text is. */
export const mayBeSigned = (text: string): boolean => text.includes(begin)

export interface Signed {
  /** The first line of the armour. */
  readonly begin: number
  /** The first one that is signed. */
  readonly from: number
  /** Not in it. */
  readonly end: number
  /** Behind the armour. */
  readonly next: number
}

/** The first signed text; null where there is none that also ends. */
export function firstSigned(lines: readonly string[]): Signed | null {
  const at = lines.findIndex(line => line.trimEnd() === begin)
  return at < 0 ? null : signedLines(lines, at)
}

/** Null where no signed text begins that also ends. */
function signedLines(lines: readonly string[], at: number): Signed | null {
  if (lines[at]?.trimEnd() !== begin) return null
  let from = at + 1
  // Whatever a field there says: it is not signed.
  while (/^[A-Za-z][\w-]{0,60}: /.test(lines[from] ?? '')) from++
  if (lines[from]?.trim() === '') from++
  const end = lines.findIndex((line, i) => i >= from && line.trimEnd() === '-----BEGIN PGP SIGNATURE-----')
  const last = lines.findIndex((line, i) => i > end && line.trimEnd() === '-----END PGP SIGNATURE-----')
  return end < 0 || last < 0 ? null : { begin: at, from, end, next: last + 1 }
}
