// PostgreSQL refuses NUL in text and \u0000 in jsonb, and a lone surrogate silently becomes U+FFFD.

/** The one gate for text that goes into a row: NUL becomes U+2400 (its picture), lone surrogates U+FFFD. */
export function toStorableText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', '\u2400') : whole
}

/** `toStorableText` for every string of a value that goes into a jsonb column. */
export function toStorableJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!unstorable.test(text)) return text
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'string' ? toStorableText(item) : item))
}

// JSON.stringify writes NUL and lone surrogates as escapes; a pair stays as it is.
const unstorable = /\\u(?:0000|d[89a-f])/
