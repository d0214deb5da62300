// `<ref>` of a tag: `#12`, a Message-ID with or without its brackets, or the address of a mail or a bug in an archive.
import { idInUrl } from '../archive-url.ts'

/** `#12`, a bare Message-ID, or the URL as it stands when it names no mail; null for anything else. */
export function refOf(text: string): string | null {
  const word = text.trim().replace(/[.,;]{1,3}$/, '')
  if (/^#\d{1,9}$/.test(word)) return word
  if (word.length > 500) return null
  if (/^https?:\/\/[^\s<>"]{3,}$/i.test(word)) return idInUrl(word) ?? word
  return word.match(/^<?([^<>\s@]{1,400}@[^<>\s@]{1,200})>?$/)?.[1] ?? null
}
