// What leaves of a submitted mail. As a rule its very bytes, below two fields that say how it came. Where the author's domain
// forbids that others send in its name (DMARC), From becomes ours and says "via", as lists do it, and the author stands in the
// text, where git and patatt read him: the signature holds in both forms.

import { headerValue } from '../../tracker/decode/headers.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { inBodyFrom } from '../../tracker/mail/in-body.ts'
import type { Submitted } from './submitted.ts'

export interface Passage {
  /** Our own address. */
  readonly own: string
  readonly selector: string
  /** How it came. */
  readonly road: 'HTTP' | 'git push'
  /** Whether From must not stay. */
  readonly via: boolean
  readonly at: Date
}

/** With LF. */
export function passedBytes(mail: Submitted, passage: Passage): Buffer {
  const { own, selector, road, via, at } = passage
  const host = own.slice(own.lastIndexOf('@') + 1)
  const trace = [
    `Received: by ${host} (Threadwork) ${road === 'HTTP' ? 'with HTTP' : '(git push) with local'}; ${at.toUTCString().replace('GMT', '+0000')}`,
    `X-Endpoint-Received: by Threadwork for ${mail.from}/${selector}`,
  ]
  const rest = via ? throughUs(mail, own) : mail.bytes
  return Buffer.concat([Buffer.from(`${trace.join('\n')}\n`), rest])
}

function throughUs({ bytes, bodyAt, headers, from }: Submitted, own: string): Buffer {
  const [local, host] = [own.slice(0, own.lastIndexOf('@')), own.slice(own.lastIndexOf('@') + 1)]
  const written = headerValue(headers, 'from') ?? ''
  const via = [
    `From: ${viaName(written, from)} <${local}+${from.replace('@', '.')}@${host}>`,
    `Reply-To: <${from}>`,
    `X-Original-From: ${written}`,
  ]
  const head = bytes.toString('latin1', 0, bodyAt)
  const body = bytes.toString('utf8', bodyAt)
  const inBody = inBodyFrom(body.split('\n', 20)) === null ? `From: ${decodeWords(written)}\n\n` : ''
  const changed = head
    .replace(/^From[ \t]*:.*\n(?:[ \t].*\n)*/im, () => `${via.join('\n')}\n`)
    // The name may be no ASCII where all else is.
    .replace(/^(Content-Transfer-Encoding[ \t]*:[ \t]*)7bit[ \t]*$/im, '$18bit')
  return Buffer.concat([Buffer.from(changed, 'latin1'), Buffer.from(inBody + body)])
}

/** The name as it is written, quoted or encoded: words may stand behind either (RFC 5322 3.2.5). */
function viaName(written: string, from: string): string {
  const name = written
    .slice(0, Math.max(0, written.lastIndexOf('<')))
    .replace(/\s+/g, ' ')
    .trim()
  return name === '' ? `"${from} via Threadwork"` : `${name} via Threadwork`
}
