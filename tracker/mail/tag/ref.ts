// `<ref>` of a tag: `#12`, a Message-ID with or without its brackets, or the address of a mail or a bug in an archive.

/** `#12`, a bare Message-ID, or the URL as it stands when it names no mail; null for anything else. */
export function refOf(text: string): string | null {
  const word = text.trim().replace(/[.,;]{1,3}$/, '')
  if (/^#\d{1,9}$/.test(word)) return word
  if (word.length > 500) return null
  if (/^https?:\/\/[^\s<>"]{3,}$/i.test(word)) return idOfUrl(word) ?? word
  return word.match(/^<?([^<>\s@]{1,400}@[^<>\s@]{1,200})>?$/)?.[1] ?? null
}

/** An archive's address ends with the Message-ID, perhaps with a page's name behind it. */
function idOfUrl(url: string): string | null {
  const segments = url
    .replace(/[?#].*$/s, '')
    .split('/')
    .slice(3)
  for (const segment of segments.reverse()) {
    const text = segment.replace(/%40/g, '@')
    if (/^[^@\s<>]{1,400}@[^@\s<>]{1,200}$/.test(text)) return decoded(text)
  }
  return null
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
