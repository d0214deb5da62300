// A tag's value in the words of its canonical line, for people: in a history, in an answer to the sender.
import { unreachable } from '../../../base/unreachable.ts'
import type { Reference, TagName, TagValue } from '../facts.ts'

/** A tag that means something, or was meant to. */
export type Spoken<T extends TagValue = TagValue> = Exclude<T, { readonly tag: 'Recorded' }>

export const nameOf = (tag: Spoken): TagName => (tag.tag === 'Unclear' ? tag.name : tag.tag)

/** `readTag` reads it back. */
export function valueText(tag: TagValue): string {
  switch (tag.tag) {
    case 'Patch-Status':
      return tag.state
    case 'Bug-Status':
      return [tag.status, ...(tag.of ? [refText(tag.of)] : []), ...(tag.rest ? [tag.rest] : [])].join(' ')
    case 'Type':
      return tag.type
    case 'Delegate':
      return tag.to === null ? 'none' : tag.to === 'me' ? 'me' : tag.to.address
    case 'Severity':
      return tag.severity
    case 'Labels':
      return [...tag.add.map(word => `+${word}`), ...tag.remove.map(word => `-${word}`)].join(' ')
    case 'Title':
      return tag.title
    case 'Target':
      return tag.target ?? 'none'
    case 'Closes':
    case 'Blocks':
      return refText(tag.ref)
    case 'CI':
      return [tag.job, tag.digest ?? tag.checks?.join(', ') ?? ''].join(' ').trim()
    case 'Finding':
      return `${tag.finding === undefined ? '' : `${tag.finding} `}dismissed`
    case 'Undo':
    case 'Link-Revision':
    case 'Unlink-Revision':
      return tag.mail
    case 'Unclear':
    case 'Recorded':
      return tag.written
    default:
      return unreachable(tag)
  }
}

export const refText = (ref: Reference): string =>
  'mail' in ref ? ref.mail : 'bug' in ref ? `#${ref.bug}` : ref.url
