// An answer that lost its thread: the subject has a reply word, and no field, line or address says what it answers. Webmail
// and clients that take no fields from a link send such mails on every list. A title never threads (two threads may share
// one, and a later one takes it on purpose), but what its sender should know is told to him.
import { readReplyAddress } from '../../base/reply-address.ts'
import { parseAddresses } from '../decode/addresses.ts'
import type { Header } from '../decode/mail.ts'
import type { MailFacts } from './facts.ts'
import { isForward } from './subject.ts'

export const isLostAnswer = ({ subject, references, answersShort, posting, robot }: MailFacts): boolean =>
  subject.reply &&
  !isForward(subject.text) &&
  references.length === 0 &&
  answersShort === undefined &&
  robot === null &&
  (posting === 'none' || posting === 'offered')

/**
 * The short id in the list's reply address that the mail was sent to: as To or Cc have it, else as the last server wrote
 * down whom it was for. Null without one, and for two. `list` is the list's address, in lower case; empty for any.
 */
export function addressedShort(headers: readonly Header[], list: string): string | null {
  const found = shortsIn(headers, /^(?:to|cc)$/, list)
  const [only, ...more] =
    found.size > 0 ? found : shortsIn(headers, /^(?:delivered-to|(?:x-)?(?:original|envelope)-to)$/, list)
  return only !== undefined && more.length === 0 ? only : null
}

function shortsIn(headers: readonly Header[], fields: RegExp, list: string): Set<string> {
  const values = headers.filter(({ name }) => fields.test(name)).map(({ value }) => value.slice(0, valueMax))
  const addresses = values.filter(value => /\+r-/i.test(value)).flatMap(parseAddresses)
  const read = addresses.flatMap(({ address }) => readReplyAddress(address) ?? [])
  return new Set(read.filter(one => list === '' || one.list === list).map(({ short }) => short))
}

const valueMax = 20_000
