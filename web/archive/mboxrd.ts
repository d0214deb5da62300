// One mail in an mbox as public-inbox writes it: b4 and lei read nothing else.

/** The separator says nothing of the mail, so that the same mail always gives the same bytes. */
const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'

/** Fields about a mailbox that the mail once lay in; a reader of mboxes would believe them. */
const mailboxFields = /^(?:lines|bytes|content-length|status)[ \t]*:/i

/** LF line ends, without the fields above; each `From ` line gets one more `>`; an empty line at the end. */
export function toMboxrd(bytes: Buffer): Buffer {
  // latin1 keeps every byte.
  const text = bytes.toString('latin1').replaceAll('\r\n', '\n')
  const bodyAt = text.indexOf('\n\n')
  const head = withoutMailboxFields(bodyAt === -1 ? text : text.slice(0, bodyAt))
  const body = (bodyAt === -1 ? '' : text.slice(bodyAt)).replace(/^(?=>*From )/gm, '>')
  const end = body.endsWith('\n') ? '\n' : '\n\n'
  return Buffer.from(separator + head + body + end, 'latin1')
}

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
