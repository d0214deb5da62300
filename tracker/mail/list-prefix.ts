// The subject prefix of a list server: `[LTP] [PATCH] x` on the list is `[PATCH] x` for whom it reached directly. It is
// the list's word and not the sender's, so it is no tag of the mail.
import type { Header } from '../decode/mail.ts'
import type { SubjectFact } from './facts.ts'

/** The subject without the tag that a bracket with the list's name alone has made. */
export function withoutListPrefix(subject: SubjectFact, headers: readonly Header[]): SubjectFact {
  if (subject.tags.length === 0) return subject
  const text = subject.text.toLowerCase()
  const names = listNames(headers).filter(name => text.includes(`[${name}]`))
  return { ...subject, tags: subject.tags.filter(tag => !names.includes(tag.toLowerCase())) }
}

/** Mailman's default prefix is the list's name, which is the first label of the List-Id. */
function listNames(headers: readonly Header[]): string[] {
  return headers.flatMap(({ name, value }) => {
    if (name === 'x-beenthere') return [value.trim().toLowerCase().split('@')[0] ?? '']
    if (name !== 'list-id') return []
    return [
      value
        .slice(value.lastIndexOf('<') + 1)
        .toLowerCase()
        .split('.')[0] ?? '',
    ]
  })
}
