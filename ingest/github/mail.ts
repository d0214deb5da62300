// What somebody wrote on GitHub as a mail: in his name there, with its date. The bytes come of the object alone, so the same object is
// the same mail in every import. A field says where it is from; by that field no line of its text is a command here.
import MailComposer from 'nodemailer/lib/mail-composer'
import type { MessageId } from '../../base/ids.ts'
import { lfOnly } from '../../base/line-ends.ts'
import { originField } from '../../tracker/mail/robots.ts'

export interface GitHubMail {
  readonly id: MessageId
  readonly from: { readonly name: string; readonly address: string }
  /** Of the list. */
  readonly to: string
  readonly subject: string
  /** Milliseconds. */
  readonly at: number
  readonly above: MessageId | null
  readonly text: string | Buffer
  /** `issue 12 HASH`: what it is there, and what its text was; null for a commit, which speaks for itself. */
  readonly origin: string | null
}

export async function githubMail({
  id,
  from,
  to,
  subject,
  at,
  above,
  text,
  origin,
}: GitHubMail): Promise<Buffer> {
  const mail = new MailComposer({
    from: { name: clean(from.name), address: from.address },
    to,
    subject: subjectText(subject),
    messageId: `<${id}>`,
    ...(above === null ? {} : { inReplyTo: `<${above}>`, references: [`<${above}>`] }),
    date: new Date(at),
    headers: origin === null ? {} : { [originField]: `github ${origin}` },
    text,
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return lfOnly(await mail.compile().build())
}

/** As the field has it. */
export const subjectText = (title: string): string => clean(title) || '(no title)'

const clean = (text: string) =>
  text
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 1000)
