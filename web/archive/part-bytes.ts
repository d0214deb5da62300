// The bytes of one part of a mail, as they were before they travelled, streamed out of the raw mail by mailparser.
// The page that links it comes from our own walk (tracker/decode/mime.ts); both number the parts as IMAP does.
import { addAbortSignal, Readable } from 'node:stream'
import { limits } from '../../base/limits.ts'
import { withLfLines } from '../../base/line-ends.ts'

/**
 * Gives an empty piece once the part at `path` (`2`, `1.3`) is found, then its bytes; nothing when mailparser finds
 * no such part. Throws on a mail that it refuses, and when it takes longer than `attachmentSecondsMax`.
 */
export async function* partBytes(raw: Uint8Array, path: string): AsyncGenerator<Buffer> {
  // Loading it takes longer than most pages; few readers need it.
  const { MailParser } = await import('mailparser')
  // It keeps inline texts to itself and makes a body of them; here every part is one to hand out.
  const parser = Object.assign(new MailParser(options), { textTypes: [] })
  let found: Readable | undefined
  // Heard here as well as in the loops below: one that comes when nobody reads any more would end the process.
  parser.on('error', error => found?.destroy(error))
  addAbortSignal(AbortSignal.timeout(limits.attachmentSecondsMax * 1_000), parser)
  Readable.from(slices(withLfLines(raw))).pipe(parser)
  for await (const part of parser) {
    if (part.type !== 'attachment') continue
    if ((part.partId ?? '1') !== path) {
      part.release()
      continue
    }
    const content = part.content.on('error', () => {})
    found = content
    yield Buffer.alloc(0)
    yield* content
    return
  }
}

const options = {
  checksumAlgo: false,
  keepDeliveryStatus: true,
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  /** mailsplit's: a mail within the mail is one part, as it is for our walk. */
  ignoreEmbedded: true,
} as const

/** In one piece it would be split in one go, and nobody else answered meanwhile. */
function* slices(bytes: Buffer): Generator<Buffer> {
  const size = 64 * 1024
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
