import { createHash } from 'node:crypto'
import type { IndexKey } from './ids.ts'
import { limits } from './limits.ts'
import { toStorableText } from './storable.ts'

/**
 * The form of an id that goes into an index: itself when short, else its start and a hash.
 * A btree row ends at 2,704 bytes and a mail may carry an id of any length.
 */
export function indexKey(id: string): IndexKey {
  const text = toStorableText(id)
  if (Buffer.byteLength(text) <= limits.keyBytesMax) return text as IndexKey
  return `${text.slice(0, 64)}#${createHash('sha256').update(text).digest('hex')}` as IndexKey
}
