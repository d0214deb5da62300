// A message of git-dit -> a mail. The bytes come of the commit alone: the same message is the same mail wherever it is read.
import MailComposer from 'nodemailer/lib/mail-composer'
import type { MessageId } from '../../base/ids.ts'
import { lfOnly } from '../../base/line-ends.ts'
import type { DitCommit } from './repository.ts'

export interface DitMail {
  readonly id: MessageId
  readonly commit: DitCommit
  readonly subject: string
  readonly body: string
  /** The mails above it, the nearest last. */
  readonly references: readonly MessageId[]
  /** Of the list. */
  readonly to: string
}

export async function ditMail({ id, commit, subject, body, references, to }: DitMail): Promise<Buffer> {
  const above = references.at(-1)
  const mail = new MailComposer({
    from: { name: clean(commit.author), address: clean(commit.address) || 'nobody@git-dit.invalid' },
    to,
    subject: clean(subject) || '(no subject)',
    messageId: `<${id}>`,
    ...(above === undefined
      ? {}
      : { inReplyTo: `<${above}>`, references: references.map(one => `<${one}>`) }),
    date: dateOf(commit),
    headers: { 'X-Git-Dit': commit.id },
    text: `${body}\n`,
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return lfOnly(await mail.compile().build())
}

const clean = (text: string) =>
  text
    .replace(/[\p{C}\p{Zl}\p{Zp}\s<>]+/gu, ' ')
    .trim()
    .slice(0, 1000)

/** In the author's own zone. */
function dateOf({ at, zone }: DitCommit): string {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? []
  const shift = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  const time = Math.min(at, Date.UTC(9999, 0, 1))
  return `${new Date(time + shift).toUTCString().replace(/ GMT$/, '')} ${zone}`
}
