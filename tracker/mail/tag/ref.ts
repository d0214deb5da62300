// `<ref>` of a tag: `#12`, a Message-ID with or without its brackets, or the address of a mail or a bug in an archive.
import { messageId } from '../../../base/ids.ts'
import { idInUrl } from '../archive-url.ts'
import type { Reference } from '../facts.ts'

/** Null for anything else. */
export function refOf(text: string): Reference | null {
  const word = text.trim().replace(/[.,;]{1,3}$/, '')
  const bug = word.match(/^#(\d{1,9})$/)?.[1]
  if (bug !== undefined) return { bug: Number(bug) }
  if (word.length > 500) return null
  if (/^https?:\/\/[^\s<>"]{3,}$/i.test(word)) {
    const id = idInUrl(word)
    return id === null ? { url: word } : { mail: messageId(id) }
  }
  const id = word.match(/^<?([^<>\s@]{1,400}@[^<>\s@]{1,200})>?$/)?.[1]
  return id === undefined ? null : { mail: messageId(id) }
}
