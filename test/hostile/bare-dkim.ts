// DKIM as RFC 6376 has it, with tags that no library would write: the simple form, over all fields of the mail.
import { createHash, sign } from 'node:crypto'

interface BareDkim {
  /** Both as they shall stand in the field. */
  readonly domain: string
  readonly selector: string
  readonly privateKey: string
}

/** `mail` has LF, as in the log. */
export function withBareDkim(mail: Buffer, { domain, selector, privateKey }: BareDkim): Buffer {
  const wire = mail.toString('latin1').replaceAll('\n', '\r\n')
  const at = wire.indexOf('\r\n\r\n') + 2
  const [head, body] = [wire.slice(0, at), wire.slice(at + 2)]
  const names = [...head.matchAll(/^([\w-]+):/gm)].map(match => match[1])
  const bodyHash = createHash('sha256').update(body, 'latin1').digest('base64')
  const seconds = Math.floor(Date.now() / 1000)
  const field = `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=${domain}; s=${selector}; t=${seconds}; h=${names.join(':')}; bh=${bodyHash}; b=`
  const signature = sign('sha256', Buffer.from(head + field, 'latin1'), privateKey).toString('base64')
  return Buffer.concat([Buffer.from(`${field}${signature}\n`, 'latin1'), mail])
}
