// A mail of our own as bytes. It says in every way there is that a program wrote it, so that no other program answers it:
// RFC 3834 and the habits of those that came before it.

import MailComposer from 'nodemailer/lib/mail-composer'
import { crlfText } from '../base/line-ends.ts'

export interface OutgoingMail {
  /** Where it comes from; its host is also the host of the other addresses. */
  readonly address: string
  readonly hash: string
  /** Without angle brackets. */
  readonly messageId: string
  readonly to: string
  readonly subject: string
  readonly body: string
  readonly date: Date
  /** Without angle brackets; absent when it answers nothing. */
  readonly inReplyTo?: string | undefined
  readonly references?: readonly string[] | undefined
  /** Where an answer goes; of an optional mail the address for unsubscribing, where nothing is given. */
  readonly replyTo?: string | undefined
  readonly fields?: Readonly<Record<string, string>> | undefined
  readonly generated?: boolean | undefined
  /** The recipient chose nothing and may end it with one line. */
  readonly optional: boolean
}

export function buildMail(mail: OutgoingMail): Promise<Buffer> {
  const { address, hash, date, optional, inReplyTo, references = [], fields = {} } = mail
  const host = hostOf(address)
  const unsubscribe = `unsubscribe+${hash}@${host}`
  const replyTo = mail.replyTo ?? (optional ? unsubscribe : undefined)
  const generated = mail.generated ?? inReplyTo === undefined
  const headers: Record<string, string> = {
    'Auto-Submitted': generated ? 'auto-generated' : 'auto-replied',
    'X-Loop': address,
    'X-Auto-Response-Suppress': 'All',
    'List-Id': `Threadwork <threadwork.${host}>`,
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, oneLine(value)])),
  }
  if (optional) headers['List-Unsubscribe'] = `<mailto:${unsubscribe}?subject=Unsubscribe>`
  const composer = new MailComposer({
    from: { name: 'Threadwork', address },
    ...(replyTo === undefined ? {} : { replyTo }),
    to: { name: '', address: mail.to },
    subject: oneLine(mail.subject),
    messageId: `<${mail.messageId}>`,
    ...(inReplyTo === undefined ? {} : { inReplyTo: `<${inReplyTo}>` }),
    ...(references.length === 0 ? {} : { references: references.map(id => `<${id}>`) }),
    date,
    headers,
    text: crlfText(optional ? `${mail.body}\n${farewell(unsubscribe)}` : mail.body),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

export const hostOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)
/** Where bounces of a mail in the outbox come back to. */
export const returnHost = (row: {
  readonly message_id: string
  readonly return_host: string | null
}): string => row.return_host ?? hostOf(row.message_id)
export const messageIdFor = (address: string, hash: string): string => `tw.${hash}@${hostOf(address)}`
/** The hash of an id that `messageIdFor` made. */
export const hashIn = (id: string): string => id.slice(3, id.indexOf('@'))

/** What a header takes of text that others wrote. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 250)

const farewell = (address: string) => `${farewellBegin} answer this mail with the one line "Unsubscribe",
or send that to ${address}.
`

const farewellBegin = 'To get no more of these,'

/** The text of a mail of ours for others than its reader: the address at its end lets whoever knows it end such mails. */
export const withoutFarewell = (body: string): string => {
  const at = body.lastIndexOf(farewellBegin)
  return at < 0 ? body : body.slice(0, at)
}
