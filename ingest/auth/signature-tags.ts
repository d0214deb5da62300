// The tags of a DKIM-Signature field (RFC 6376 3.2).
import { limits } from '../../base/limits.ts'

/** By their names in lower case, without white space. */
export const signatureTags = (value: string): ReadonlyMap<string, string> =>
  new Map(
    value
      .slice(0, limits.headerBytesMax)
      .replace(/\s+/g, '')
      .split(';')
      .map(tag => [tag.slice(0, tag.indexOf('=')).toLowerCase(), tag.slice(tag.indexOf('=') + 1)] as const),
  )
