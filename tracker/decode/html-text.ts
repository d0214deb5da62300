// Readable text from the HTML of a mail that holds nothing else: tags gone, blocks on lines of their own, quotations
// behind `> ` so that nobody is taken to say what he only quotes. htmlparser2's tokenizer tells text from markup as
// the HTML standard does; how the text is laid out is ours. Not a browser: one pass, nothing is ever run or shown.
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2'
import { limits } from '../../base/limits.ts'

/** Text of `html`. Linear, never throws; broken markup gives broken text. */
export function htmlText(html: string): string {
  const page = new Page()
  // Its Parser would keep a stack of open elements, at a cost that grows with the square of their depth.
  const tokenizer = new Tokenizer({}, new Tokens(html, new Curtain(page)))
  tokenizer.write(html)
  tokenizer.end()
  return page.finish()
}

/** What the tokenizer finds, as text and tags. Comments, declarations and CDATA are nothing to read. */
class Tokens implements TokenizerCallbacks {
  readonly #html: string
  readonly #to: Curtain
  #name = ''
  #hidden = false
  #attribute = ''
  #value = ''

  constructor(html: string, to: Curtain) {
    this.#html = html
    this.#to = to
  }

  ontext(start: number, end: number): void {
    this.#to.write(this.#html.slice(start, end))
  }
  ontextentity(code: number): void {
    this.#to.write(blanks.get(code) ?? String.fromCodePoint(code))
  }
  onopentagname(start: number, end: number): void {
    this.#name = this.#lower(start, end)
    this.#hidden = false
  }
  onattribname(start: number, end: number): void {
    this.#attribute = this.#lower(start, end)
    this.#value = ''
  }
  onattribdata(start: number, end: number): void {
    if (this.#attribute === 'style') this.#value += this.#html.slice(start, end)
  }
  onattribentity(code: number): void {
    if (this.#attribute === 'style') this.#value += String.fromCodePoint(code)
  }
  onattribend(): void {
    if (this.#attribute === 'hidden' || (this.#attribute === 'style' && notShown.test(this.#value)))
      this.#hidden = true
  }
  onopentagend(): void {
    this.#to.open(this.#name, this.#hidden)
  }
  onselfclosingtag(): void {
    this.onopentagend()
  }
  onclosetag(start: number, end: number): void {
    this.#to.close(this.#lower(start, end))
  }
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  /** Names that we know are short; a long one is no name of ours, and is not copied. */
  #lower(start: number, end: number): string {
    return this.#html.slice(start, Math.min(end, start + nameCharactersMax)).toLowerCase()
  }
}

/** One more than `blockquote` and its like have, so that a longer name is none of them. */
const nameCharactersMax = 16
const notShown = /(?:^|;)\s*display\s*:\s*none\b/i
/**
 * Entities that only say where a window breaks its lines: a blank that does not break, and breaks that are no blank.
 * A CR that is written so is a blank (CSS Text, 4.1).
 */
const blanks: ReadonlyMap<number, string> = new Map([
  [0x0d, ' '],
  [0xa0, ' '],
  [0xad, ''],
  [0x200c, ''],
  [0x200d, ''],
])

/** Elements whose content is not for readers. */
const silent = new Set('script style title iframe noembed noframes template'.split(' '))
/** Elements without content, so that nothing is behind them. */
const empty = new Set('area base br col embed frame hr img input link meta param source track wbr'.split(' '))

/** Keeps from the page what a reader of the mail would not see: silent elements, and those that say `display: none`. */
class Curtain {
  readonly #page: Page
  /** The element that is not shown; what never closes is dropped to the end. */
  #name = ''
  /** How many of that name are open: only these can end it, so no stack is needed. */
  #depth = 0

  constructor(page: Page) {
    this.#page = page
  }

  write(text: string): void {
    if (this.#depth === 0) this.#page.write(text)
  }

  open(name: string, hidden: boolean): void {
    if (this.#depth > 0) {
      if (name === this.#name) this.#depth++
      return
    }
    if (silent.has(name) || (hidden && !empty.has(name))) {
      this.#name = name
      this.#depth = 1
    } else this.#page.tag(name, true)
  }

  close(name: string): void {
    if (this.#depth === 0) this.#page.tag(name, false)
    else if (name === this.#name) this.#depth--
  }
}

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

  write(text: string): void {
    if (this.#preformatted > 0) {
      const lines = text.replace(/\r\n?/g, '\n').split('\n')
      for (const line of lines.slice(0, -1)) this.#push(this.#line + line)
      this.#append(lines.at(-1) ?? '')
      return
    }
    const squeezed = text.replace(/[ \t\r\n\f]+/g, ' ')
    this.#append(this.#spaced && squeezed.startsWith(' ') ? squeezed.slice(1) : squeezed)
  }

  tag(name: string, opens: boolean): void {
    if (name === 'br') this.#push(this.#line)
    else if (name === 'td' || name === 'th') this.#cell(opens)
    else if (paragraphs.has(name)) this.#paragraph(name, opens ? 1 : -1)
    else if (blocks.has(name)) this.#endLine()
    if (name === 'li' && opens) this.#append('* ')
  }

  /** Two cells are further apart than two words. */
  #cell(opens: boolean): void {
    if (opens && this.#line !== '') this.#append(this.#spaced ? ' ' : '  ')
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
