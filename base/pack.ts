// Text in a row, compressed by us: PostgreSQL's own way (pglz) takes far longer, and the embedded build has no other.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** The bytes of a JSON text for its row; what is short stays as it is. */
export function packJson(json: Buffer): Buffer {
  return json.length < packedBytesMin ? json : zstdCompressSync(json, fast)
}

/** What `packJson` was given. */
export const unpackJson = (bytes: Buffer): string =>
  (isPacked(bytes) ? zstdDecompressSync(bytes) : bytes).toString()

/** A frame of zstd begins with these bytes (RFC 8878 3.1.1); no JSON text does. */
const isPacked = (bytes: Buffer) => bytes.length >= 4 && bytes.readUInt32LE() === 0xfd2fb528

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const packedBytesMin = 1_000
