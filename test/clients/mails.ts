// Mails out of an mbox, and what a client needs to know of each.
import { openSources } from '../../ingest/source/open.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'

export async function readMbox(path: string): Promise<Buffer[]> {
  const mails: Buffer[] = []
  for (const source of await openSources(path))
    for await (const item of source.read(undefined)) if (item.kind === 'mail') mails.push(item.bytes)
  return mails
}

export const idOf = (bytes: Buffer): string => messageIdOf(bytes).id

export const bodyOf = (bytes: Buffer): string => decodeMail(bytes).body
