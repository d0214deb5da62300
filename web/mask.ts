// Pages and feeds of a list that shows no addresses to whoever gathers them (`addresses = "masked"`). It is done to what goes out,
// so that no page can forget it: a text keeps what stands before the @, and what writes to somebody writes to the list. A
// Message-ID looks like an address, too; it stays where a reader copies it from, in links and in `code`.

/** `own`: the addresses of lists, which are there to be written to. */
export function maskAddresses(page: string, own: readonly string[]): string {
  const mask = masker(own)
  let inside: 'text' | 'code' | 'command' = 'text'
  return page.replace(/<email>[^<]*<\/email>/g, '').replace(tagOrText, (piece, tag: string | undefined) => {
    if (tag === undefined)
      return inside === 'code' ? piece : inside === 'command' ? mask.command(piece) : mask.text(piece)
    if (tag.startsWith('<code')) inside = tag.includes(' class="cmd"') ? 'command' : 'code'
    if (tag.startsWith('</code')) inside = 'text'
    return tag
      .replace(/ href="([^"]*)"/, (_, href: string) => mask.link(href))
      .replace(/ (?:title|aria-label|content)="[^"]*"/g, mask.text)
  })
}

/** Within a tag of ours no < stands, not in a value either. */
const tagOrText = /(<[a-z/?!](?:[^<>"]|"[^<"]*")*>)|[^<]+/gi
const anyAddress = /([\w.!#$%*+/=?^`{|}~-]{1,64})@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}/gi

/** A search by `f:` and an address. */
function asksForSender(href: string): boolean {
  const query = href.split('?q=')[1]?.split('&')[0] ?? ''
  const sender = query.search(/f(?::|%3A)/i)
  return sender >= 0 && query.includes('%40', sender)
}

function masker(own: readonly string[]) {
  const lists = new Set(own.map(address => address.toLowerCase()))
  /** `LIST+r-...` files an answer there. */
  const isOwn = (address: string) => lists.has(address.toLowerCase().replace(/\+[^@]{0,64}@/, '@'))
  const text = (words: string) =>
    words.replace(anyAddress, (address, local: string) => (isOwn(address) ? address : `${local}@…`))
  const command = (line: string) => {
    const kept = line.replace(/ --(?:to|cc)=\S+/g, word =>
      (word.match(anyAddress) ?? []).some(isOwn) ? word : '',
    )
    if (/ --to=/.test(kept)) return kept
    return / --cc=/.test(kept)
      ? kept.replace(' --cc=', ' --to=')
      : kept.replace(/ reply\.patch$/, ` --to=${own[0]} reply.patch`)
  }
  const link = (href: string): string => {
    // Whoever knows an address gets to its person without a link.
    if (/^\/[^/]*\/people\//.test(href) || asksForSender(href)) return ''
    if (!href.startsWith('mailto:')) return ` href="${href}"`
    const [to = '', fields = ''] = href.slice('mailto:'.length).split('?', 2)
    const kept = fields.split('&amp;').flatMap(field => {
      const [name, value = ''] = field.split('=', 2)
      if (name === 'Cc') return []
      if (name === 'In-Reply-To') return [field]
      return [`${name}=${encodeURIComponent(text(decodeURIComponent(value.replaceAll('&#39;', "'"))))}`]
    })
    const rest = fields === '' ? '' : `?${kept.join('&amp;').replaceAll("'", '%27')}`
    return ` href="mailto:${isOwn(decodeURIComponent(to)) ? to : own[0]}${rest}"`
  }
  return { text, command, link }
}
