// Whom a signature names as recipients. Who got a signed mail from another list can send it on to this one, bytes and all.
import { limits } from '../../base/limits.ts'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import type { Header } from '../../tracker/decode/mail.ts'
import { idsIn } from '../../tracker/mail/references.ts'
import type { Astray } from '../../tracker/topic/verdict.ts'
import type { Judgement } from './verdict.ts'

/**
 * Null for a mail whose signed recipients are ours, and where no recipient is signed. Of two To fields one may be added:
 * then nobody can say whom the signer meant. What is signed for another list of this instance is that list's, whatever
 * it answers: anybody can post here under the Message-ID of a mail there. Both are asked with addresses.
 */
export function astrayOf(
  headers: readonly Header[],
  { covers, partly }: Pick<Judgement, 'covers' | 'partly'>,
  isOurs: (addresses: readonly string[]) => boolean,
  isOthers: (addresses: readonly string[]) => boolean,
): Astray | null {
  const signed = (...names: string[]) => names.filter(name => covers.includes(name))
  const recipients = signed('to', 'cc')
  if (recipients.length === 0 && !partly.includes('to') && !partly.includes('cc')) return null
  const addresses = headers
    .filter(({ name }) => recipients.includes(name))
    .flatMap(({ value }) => parseAddresses(value.slice(0, limits.headerBytesMax)))
    .map(({ address }) => address)
  if (isOurs(addresses)) return null
  if (isOthers(addresses)) return { answers: [] }
  const answers = signed('in-reply-to', 'references').flatMap(name => idsIn(headers, name))
  return { answers: [...new Set(answers)].slice(-limits.referencesMax) }
}
