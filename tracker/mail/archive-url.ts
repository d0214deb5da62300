// The addresses of mails in archives: public-inbox, Patchwork and their like end them with the Message-ID, perhaps with a
// page's name behind it (`/T/#u`, `/raw`).

/** The Message-ID in a URL; null when none of its words looks like one. */
export function idInUrl(url: string): string | null {
  const words = url
    .slice(0, urlMax)
    .replace(/[?#].*$/s, '')
    .split('/')
    .slice(3)
  for (const word of words.reverse()) {
    const text = decoded(word).replace(/[.,;:]{1,10}$/, '')
    if (/^[^@\s<>]{1,400}@[^@\s<>]{1,200}$/.test(text)) return text
  }
  return null
}

const urlMax = 2_000

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}
