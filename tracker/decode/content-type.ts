// The fields that describe a MIME part (RFC 2045, 2183, 2231), read once into plain values.
import libmime from 'libmime'
import { headerValue } from './headers.ts'
import type { Header } from './mail.ts'
import { decodeWords } from './words.ts'

export interface PartDescription {
  /** `text/plain`, lower case, without parameters. */
  readonly type: string
  readonly charset: string | null
  /** `format=flowed` (RFC 3676). */
  readonly flowed: boolean
  readonly boundary: string | null
  /** As the sender wrote it, decoded; never a path to open. */
  readonly filename: string | null
  readonly disposition: 'attachment' | 'inline'
  readonly transferEncoding: string | null
}

/** `defaultType` is what a part without Content-Type is: message/rfc822 in a digest, else text/plain. */
export function describePart(headers: readonly Header[], defaultType: string): PartDescription {
  const content = readField(headerValue(headers, 'content-type'))
  const disposition = readField(headerValue(headers, 'content-disposition'))
  const type = content.value.trim().toLowerCase()
  return {
    // A type without a slash is no type (RFC 2045, 5.2).
    type: /^[^/\s]+\/[^/\s]+$/.test(type) ? type : defaultType,
    charset: content.params.charset ?? null,
    flowed: content.params.format?.toLowerCase() === 'flowed',
    boundary: content.params.boundary || null,
    filename: fileName(disposition, 'filename') ?? fileName(content, 'name'),
    disposition: disposition.value.trim().toLowerCase() === 'attachment' ? 'attachment' : 'inline',
    transferEncoding: headerValue(headers, 'content-transfer-encoding'),
  }
}

interface Field {
  readonly value: string
  readonly params: { readonly [name: string]: string | undefined }
  /** Parameters that were written as RFC 2231 says; their value is plain already. */
  readonly decodedParams?: readonly string[]
}

function readField(value: string | null): Field {
  return value === null ? { value: '', params: {} } : libmime.parseHeaderValue(value, { stripComments: true })
}

/** Most mailers write an encoded word here, which RFC 2047 forbids and everybody reads. */
function fileName(field: Field, parameter: string): string | null {
  const written = field.params[parameter]
  if (!written) return null
  return field.decodedParams?.includes(parameter) ? written : decodeWords(written)
}
