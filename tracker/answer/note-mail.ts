// A note as a mail, twice: as the log keeps it, in the name of whoever acts, and, where the list wants to see it, as it is sent
// there. Both are one mail by their id and their text. A list must not get mail whose From belongs to a domain that we
// do not send for (its DMARC policy would have it refused), so there the person stands behind our own address, as lists do it.
import MailComposer from 'nodemailer/lib/mail-composer'
import { lfOnly } from '../../base/line-ends.ts'
import { hostOf } from '../../sql/outgoing-mail.ts'
import type { Person } from '../mail/facts.ts'

export interface NoteMail {
  /** Without angle brackets. */
  readonly id: string
  readonly who: Person
  /** Who let it happen: `by token NAME`, `imported from HOST`. */
  readonly by: string
  /** Of the list. */
  readonly to: string
  readonly subject: string
  readonly body: string
  readonly date: Date
  readonly inReplyTo: string
  readonly references: readonly string[]
}

/** As the log keeps it. */
export const noteBytes = async (note: NoteMail): Promise<Buffer> =>
  lfOnly(await compose(note, note.who, { 'X-Threadwork-Note': note.by }))

/** As it is sent to the list from `address`. */
export const postedBytes = (note: NoteMail, address: string): Promise<Buffer> =>
  compose(
    note,
    { name: `${note.who.name || note.who.address} via Threadwork`, address },
    {
      'X-Original-From': `<${note.who.address}>`,
      'Auto-Submitted': 'auto-generated',
      'X-Loop': address,
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `Threadwork <threadwork.${hostOf(address)}>`,
    },
  )

const compose = (note: NoteMail, from: Person, headers: Readonly<Record<string, string>>): Promise<Buffer> =>
  new MailComposer({
    from,
    to: { name: '', address: note.to },
    subject: note.subject,
    messageId: `<${note.id}>`,
    inReplyTo: `<${note.inReplyTo}>`,
    references: note.references.map(id => `<${id}>`),
    date: note.date,
    headers,
    text: note.body,
    // A result may have an address of some hundred characters, which must not be wrapped.
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
