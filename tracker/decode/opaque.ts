// S/MIME in one block (RFC 8551 3.5.2): the signature wraps the mail's parts, so that nothing is readable before it is
// opened. It is only opened, not checked: what it holds is read like any other text, and lends its sender no grade.
import { type AsnType, Constructed, fromBER, ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import { limits } from '../../base/limits.ts'

/** The parts that are signed, header and body; null for what is encrypted, compressed or broken. */
export function openedParts(bytes: Buffer): Buffer | null {
  if (bytes.length > limits.opaqueBytesMax) return null
  try {
    const { offset, result } = fromBER(bytes, {
      maxDepth: limits.opaqueDepthMax,
      maxNodes: limits.opaqueNodesMax,
      maxContentLength: limits.opaqueBytesMax,
      parseEmbedded: false,
    })
    return offset < 0 ? null : signedContent(result)
  } catch {
    return null
  }
}

/** RFC 5652 3, 5.1, 5.2: ContentInfo, in it SignedData, in it what was signed. */
function signedContent(root: AsnType): Buffer | null {
  const signed = contentOf(root, signedData)
  const parts = signed instanceof Sequence ? signed.valueBlock.value : []
  const content = parts.map(part => contentOf(part, data)).find(found => found !== null)
  return content instanceof OctetString ? Buffer.from(content.getValue()) : null
}

/** A sequence of a type's name and, tagged, a value of that type. */
function contentOf(block: AsnType | undefined, type: string): AsnType | null {
  if (!(block instanceof Sequence)) return null
  const [name, tagged] = block.valueBlock.value
  if (!(name instanceof ObjectIdentifier) || name.getValue() !== type || !(tagged instanceof Constructed))
    return null
  return (tagged.valueBlock.value[0] as AsnType | undefined) ?? null
}

const signedData = '1.2.840.113549.1.7.2'
const data = '1.2.840.113549.1.7.1'
