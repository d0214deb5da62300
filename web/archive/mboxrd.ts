// One mail in an mbox as public-inbox writes it: b4 and lei read nothing else.
import { lfOnly } from '../../base/line-ends.ts'
import { toMboxrd } from '../../base/mboxrd.ts'

/** LF line ends, without what a mailbox wrote into the mail. */
export function archiveMboxrd(bytes: Buffer): Buffer {
  const text = lfOnly(bytes).toString('latin1')
  const bodyAt = text.indexOf('\n\n')
  const head = withoutMailboxFields(bodyAt === -1 ? text : text.slice(0, bodyAt))
  return toMboxrd(Buffer.from(head + (bodyAt === -1 ? '' : text.slice(bodyAt)), 'latin1'))
}

/** Fields about a mailbox that the mail once lay in; a reader of mboxes would believe them. */
const mailboxFields = /^(?:lines|bytes|content-length|status)[ \t]*:/i

function withoutMailboxFields(head: string): string {
  const lines = head.replace(/^From [^\n]*\n/, '').split('\n')
  let dropping = false
  return lines
    .filter(line => {
      if (!/^[ \t]/.test(line)) dropping = mailboxFields.test(line)
      return !dropping
    })
    .join('\n')
}
