// The mails that a text names. A link is a claim or a hint, never an edge: else one mail that names a thousand ids would
// glue a list together.
import { limits } from '../../base/limits.ts'
import { idInUrl } from './archive-url.ts'

/** Message-IDs found in URLs and after `Message-ID:`; at most `limits.linksMax`, in order, without repeats. */
export function linksOf(lines: readonly string[]): string[] {
  const found = new Set<string>()
  for (const line of lines) {
    for (const [url] of line.slice(0, 2_000).matchAll(/https?:\/\/[^\s<>"')\]]{4,500}/g)) {
      const id = idInUrl(url)
      if (id) found.add(id)
    }
    const named = line.slice(0, 1_000).match(/message-id:?\s{0,5}<([^<>\s]{3,500})>/i)
    if (named?.[1]) found.add(named[1])
    if (found.size >= limits.linksMax) break
  }
  return [...found].slice(0, limits.linksMax)
}

/** The first address on the web in a text, without the mark that ends its sentence. */
export const firstUrl = (lines: readonly string[]): string | null =>
  lines
    .join(' ')
    .match(/https?:\/\/[^\s<>"'\]]{4,500}/)?.[0]
    .replace(/[.,;:!?)*_`]{1,4}$/, '') ?? null
