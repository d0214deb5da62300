// The way to answer a mail: to its author, with everybody who got it, below its words. A link prepares the mail, lines to
// copy do for those who write elsewhere, and an address files the answer of a client that drops In-Reply-To.
import { html } from 'hono/html'
import { gitAddress } from '../../base/git-address.ts'
import { limits } from '../../base/limits.ts'
import { replyAddress } from '../../base/reply-address.ts'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { dayWords } from '../../tracker/topic/day-words.ts'
import { replyByMail } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { shellWord } from './shell.ts'
import { type Html, nameText, visible } from './text.ts'

/** A mail as an answer addresses it. */
export interface Answered {
  readonly id: string
  readonly subject: string
  readonly to: string
  readonly cc: readonly string[]
  /** Its lines, quoted below who wrote them; empty without its text. */
  readonly quote: readonly string[]
}

/** One tag that can be sent from here, with the text that would be sent. */
export interface OfferedTag {
  readonly words: string
  readonly tag: string
}

/** `said`: when it was said, where that is known. Of a mail that the log has lost the list alone is known. */
export function answeredMail(
  list: Pick<ListRow, 'address'>,
  {
    id,
    subject,
    mail,
    said,
  }: { id: string; subject: string; mail?: DecodedMail | undefined; said?: number | undefined },
): Answered {
  const field = (name: string) => {
    const value = mail?.headers.find(header => header.name === name)?.value ?? ''
    return parseAddresses(value.slice(0, limits.replyFieldCharactersMax))
  }
  const from = field('from')
  // A list that rewrites From for DMARC leaves its author in Reply-To.
  const authors = from[0]?.address === list.address ? [...field('reply-to'), ...from] : from
  const author = authors.find(({ address }) => isPlain(address) && address !== list.address)
  const others = [...field('to'), ...field('cc')].map(({ address }) => address)
  const cc = author ? [list.address, ...others] : others
  return {
    id,
    subject,
    to: author?.address ?? list.address,
    cc: [...new Set(cc)]
      .filter(address => isPlain(address) && address !== (author?.address ?? list.address))
      .slice(0, limits.addressesShownMax),
    quote: mail ? quoteOf(mail, author ? nameText(author) : 'somebody', said) : [],
  }
}

/** What needs no quoting in a field; nothing else is put into a link that writes to it. */
const isPlain = (address: string) => /^[^\s<>@,;:"()\\[\]]+@[^\s<>@,;:"()\\[\]]+$/.test(address)

function quoteOf({ body }: DecodedMail, name: string, said: number | undefined): string[] {
  // As a mail program quotes: without the signature.
  const [own = ''] = body.slice(0, limits.replyLinkCharactersMax).split(/^-- $/m, 1)
  const lines = own.trimEnd().split('\n')
  return [
    `${said === undefined ? '' : `On ${dayWords(said)}, `}${name} wrote:`,
    ...lines.map(line => `> ${line}`.trimEnd()),
  ]
}

/** A link that prepares the answer: the quote as far as a link may be long, or one tag. */
function replyLink(answered: Answered, body?: string): string {
  const { id, subject, to, cc, quote } = answered
  const fields = { to, cc: cc.join(','), subject: visible(subject), inReplyTo: id }
  if (body !== undefined) return replyByMail({ ...fields, body })
  let left = limits.replyLinkCharactersMax - replyByMail({ ...fields, body: '-' }).length - cutMark.length
  const shown: string[] = []
  for (const line of quote) {
    left -= encodeURIComponent(`${line}\r\n`.toWellFormed()).length
    if (left < 0) {
      shown.push('> [...]')
      break
    }
    shown.push(line)
  }
  return replyByMail({ ...fields, ...(shown.length > 1 ? { body: `${shown.join('\r\n')}\r\n` } : {}) })
}

const cutMark = encodeURIComponent('> [...]\r\n')

/** Each change is a mail: a link that prepares it, and the line to write for those who write it themselves. */
export const replySection = (
  list: ListRow,
  answered: Answered,
  tags: readonly OfferedTag[],
): Html => html`<section id="reply"><h2>Reply</h2>
<p><a href="${replyLink(answered)}">Reply to all by mail</a>${tags.length === 0 ? '' : ', or send one line:'}</p>
${
  tags.length === 0
    ? ''
    : html`<ul class="quiet tags">${tags.map(
        ({ words, tag }) =>
          html`<li><a href="${replyLink(answered, tag)}">${words}</a><br><code>${tag}</code></li>`,
      )}</ul>`
}
<details class="card"><summary>From a terminal, or without In-Reply-To</summary><div class="mail">
<code class="cmd">${commandOf(answered)}</code>
<code class="cmd">b4 mbox ${visible(shellWord(answered.id))}</code>
<p class="soft">The second fetches the thread for your mail program. A client that drops In-Reply-To sends to <a href="${replyByMail({ to: replyAddress(list.address, answered.id), subject: visible(answered.subject) })}">${visible(replyAddress(list.address, answered.id))}</a>, which files the answer here.</p>
</div></details></section>`

const commandOf = ({ id, to, cc }: Answered): string =>
  visible(
    [
      'git send-email',
      `--in-reply-to=${shellWord(id)}`,
      `--to=${shellWord(gitAddress(to))}`,
      ...cc.map(address => `--cc=${shellWord(gitAddress(address))}`),
      'reply.patch',
    ].join(' '),
  )
