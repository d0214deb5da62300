// Readable text from the HTML of a mail that holds nothing else: tags gone, blocks on lines of their own, quotations
// behind `> ` so that nobody is taken to say what he only quotes. Not a browser: one pass, nothing is ever run or shown.
import { limits } from '../../base/limits.ts'

/** Text of `html`. Linear, never throws; broken markup gives broken text. */
export function htmlText(html: string): string {
  const page = new Page()
  const lastClose = html.lastIndexOf('>')
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at)
    page.write(html.slice(at, open < 0 ? html.length : open))
    if (open < 0) break
    at = (open < lastClose ? markupEnd(html, open, page) : null) ?? open + 1
    if (at === open + 1) page.write('<')
  }
  return page.finish()
}

const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]{0,15})/y

/** Acts on the markup at `open` and gives the offset behind it; null when this `<` is only a sign. */
function markupEnd(html: string, open: number, page: Page): number | null {
  if (html.startsWith('<!--', open)) return behind(html, '-->', open + 4)
  tag.lastIndex = open
  const found = tag.exec(html)
  if (found === null) return /[!?]/.test(html.charAt(open + 1)) ? behind(html, '>', open) : null
  const name = (found[2] as string).toLowerCase()
  const opens = found[1] === ''
  const end = behind(html, '>', open)
  if (opens && silent.has(name)) return silentEnd(html, name, end)
  page.tag(name, opens)
  return end
}

function behind(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at < 0 ? html.length : at + mark.length
}

/** What never closes is dropped to the end: it is no text, and to look for its end again would cost too much. */
function silentEnd(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}[^>]{0,20}>`, 'gi')
  closing.lastIndex = from
  return closing.test(html) ? closing.lastIndex : html.length
}

/** Elements whose content is not for readers. */
const silent = new Set(['script', 'style', 'title'])
/** Elements that start and end a line. */
const blocks = new Set(
  'address article aside center dd div dl dt fieldset footer form header hr li main nav section tr'.split(
    ' ',
  ),
)
/** Blocks with an empty line around them. */
const paragraphs = new Set('blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul'.split(' '))

/** The lines of the text while it is written. */
class Page {
  #lines: string[] = []
  #line = ''
  /** Whether `#line` is empty or ends in a space; to look at its end each time would make a long line quadratic. */
  #spaced = true
  #quoted = 0
  #preformatted = 0

  write(source: string): void {
    const text = decodeEntities(source)
    if (this.#preformatted > 0) {
      const lines = text.replaceAll('\r\n', '\n').split('\n')
      for (const line of lines.slice(0, -1)) this.#push(this.#line + line)
      this.#append(lines.at(-1) ?? '')
      return
    }
    const squeezed = text.replace(/[ \t\r\n\f]+/g, ' ')
    this.#append(this.#spaced && squeezed.startsWith(' ') ? squeezed.slice(1) : squeezed)
  }

  tag(name: string, opens: boolean): void {
    if (name === 'br') this.#push(this.#line)
    else if (name === 'td' || name === 'th') this.write(' ')
    else if (paragraphs.has(name)) this.#paragraph(name, opens ? 1 : -1)
    else if (blocks.has(name)) this.#endLine()
    if (name === 'li' && opens) this.#append('* ')
  }

  finish(): string {
    this.#endLine()
    const text = this.#lines.join('\n').replace(/^\n+/, '').trimEnd()
    return text === '' ? '' : `${text}\n`
  }

  #paragraph(name: string, step: 1 | -1): void {
    this.#endLine()
    if (name === 'pre') this.#preformatted = Math.max(0, this.#preformatted + step)
    // The empty line around a quotation is no part of it.
    if (name === 'blockquote' && step < 0) this.#quoted = Math.max(0, this.#quoted - 1)
    const gap = this.#quotes.trimEnd()
    if ((this.#lines.at(-1) ?? gap) !== gap) this.#push('')
    if (name === 'blockquote' && step > 0) this.#quoted++
  }

  #append(text: string): void {
    if (text === '') return
    this.#line += text
    this.#spaced = text.endsWith(' ')
  }

  #endLine(): void {
    if (this.#line.trim() !== '') this.#push(this.#line)
    this.#startLine()
  }

  #startLine(): void {
    this.#line = ''
    this.#spaced = true
  }

  #push(line: string): void {
    const whole = this.#quotes + line
    this.#lines.push(this.#preformatted > 0 ? whole : whole.trimEnd())
    this.#startLine()
  }

  get #quotes(): string {
    return '> '.repeat(Math.min(this.#quoted, limits.htmlQuoteDepthMax))
  }
}

const named: { readonly [name: string]: string } = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '\u00a9',
  reg: '\u00ae',
  trade: '\u2122',
  hellip: '\u2026',
  mdash: '\u2014',
  ndash: '\u2013',
  lsquo: '\u2018',
  rsquo: '\u2019',
  ldquo: '\u201c',
  rdquo: '\u201d',
  laquo: '\u00ab',
  raquo: '\u00bb',
  bull: '\u2022',
  middot: '\u00b7',
  euro: '\u20ac',
  pound: '\u00a3',
  sect: '\u00a7',
  deg: '\u00b0',
  plusmn: '\u00b1',
  times: '\u00d7',
  larr: '\u2190',
  rarr: '\u2192',
  szlig: '\u00df',
  shy: '',
  zwnj: '',
  zwj: '',
  auml: '\u00e4',
  ouml: '\u00f6',
  uuml: '\u00fc',
  Auml: '\u00c4',
  Ouml: '\u00d6',
  Uuml: '\u00dc',
  eacute: '\u00e9',
  egrave: '\u00e8',
  agrave: '\u00e0',
  aacute: '\u00e1',
  iacute: '\u00ed',
  oacute: '\u00f3',
  uacute: '\u00fa',
  ccedil: '\u00e7',
  ntilde: '\u00f1',
  oslash: '\u00f8',
  aring: '\u00e5',
}

/** The named entities that mail programs write; another name stays as it is. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/g,
    (whole, decimal, hex, name) => {
      if (name) return Object.hasOwn(named, name) ? (named[name] as string) : whole
      const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)
      return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\u{fffd}'
    },
  )
}
