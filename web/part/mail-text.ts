// The text of a mail. Prose becomes paragraphs that a phone may reflow, anything indented or tabular keeps its
// shape, long quotes fold except their last lines (which the answer below speaks of), trailers are bold, a diff is
// coloured. Only http and https addresses and mails of the same topic become links.
import { html } from 'hono/html'
import { plainTagNames } from '../../base/state-words.ts'
import { type CutFile, cutDiff } from '../../tracker/mail/diff-files.ts'
import { paths } from '../paths.ts'
import { diffSummary, plainDiffOf } from './diff.ts'
import { countText, type Html, visible } from './text.ts'

export interface MailTextOptions {
  readonly list: string
  /** The Message-IDs that may be linked when the text names them. */
  readonly known: ReadonlySet<string>
  /** Where a text that was cut goes on. */
  readonly rest: string
  readonly bytesMax: number
  /** Show a diff unfolded. */
  readonly diffOpen?: boolean
}

/** The content of an element with class `mail`. */
export function mailText(body: string, options: MailTextOptions): Html {
  const cut = body.length > options.bytesMax
  const { before, files, after } = cutDiff(cut ? body.slice(0, options.bytesMax) : body)
  return html`${plainText(before, options)}${files.length > 0 ? foldedDiff(files, options) : ''}${plainText(after, options)}${
    cut
      ? html`<p class="soft">The mail goes on. <a href="${options.rest}">Read all of it as it came</a></p>`
      : ''
  }`
}

/** Text without a diff. */
export function plainText(lines: readonly string[], options: MailTextOptions): Html {
  const blocks = toBlocks(lines)
  return html`${blocks.map((block, index) => blockOf(block, index === blocks.length - 1, options))}`
}

const foldedDiff = (files: readonly CutFile[], { diffOpen }: MailTextOptions): Html =>
  html`<details${diffOpen ? html` open` : ''}><summary>${diffSummary(files)}</summary>${plainDiffOf(files)}</details>`

interface Block {
  readonly kind: 'quote' | 'prose' | 'list' | 'table' | 'trailers' | 'signature' | 'attribution'
  readonly lines: string[]
}

/** `Reviewed-by: A <a@example.org>`, `Fixes: 4f0c19d2`, `Patch-Status: accepted`. */
const trailerLine = new RegExp(
  String.raw`^(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)+|Fixes|Link|Cc|CC|${plainTagNames}|base-commit|change-id|prerequisite-[a-z-]+): ?\S`,
)

function toBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let paragraph: string[] = []
  const close = () => {
    if (paragraph.length > 0) blocks.push({ kind: kindOf(paragraph), lines: paragraph })
    paragraph = []
  }
  for (const line of lines) {
    const last = blocks.at(-1)
    if (last?.kind === 'signature' && paragraph.length === 0 && line !== '-- ') last.lines.push(line)
    else if (line === '-- ') {
      close()
      blocks.push({ kind: 'signature', lines: [line] })
    } else if (line.startsWith('>')) {
      close()
      const quote = blocks.at(-1)
      if (quote?.kind === 'quote') quote.lines.push(line)
      else blocks.push({ kind: 'quote', lines: [line] })
    } else if (line.trim() === '') close()
    else if (line === '---') {
      close()
      blocks.push({ kind: 'prose', lines: [line] })
    } else paragraph.push(line)
  }
  close()
  return joinBlocks(blocks)
}

function kindOf(lines: readonly string[]): Block['kind'] {
  if (lines.every(line => trailerLine.test(line))) return 'trailers'
  if (lines.some(line => /^(?:[-*+]|\d{1,3}[.)]|\[\d{1,3}\/\d{1,3}\]) /.test(line))) return 'list'
  return lines.some(line => /^[ \t]|\t|\S {3,}\S/.test(line)) ? 'table' : 'prose'
}

/** A listing with empty lines in it is one listing; "On Monday, A wrote:" belongs to the quote below it. */
function joinBlocks(blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (block.kind === 'quote' && last && isAttribution(last)) {
      joined.pop()
      joined.push({ kind: 'attribution', lines: last.lines }, block)
    } else if (block.kind === 'table' && last?.kind === 'table') last.lines.push('', ...block.lines)
    else if (!isVersion(block)) joined.push(block)
  }
  return joined
}

const isAttribution = ({ kind, lines }: Block) =>
  kind !== 'quote' && kind !== 'signature' && lines.length <= 3 && (lines.at(-1) ?? '').endsWith(':')

/** git signs with its version. */
const isVersion = ({ kind, lines }: Block) =>
  kind === 'signature' && /^-- \d+\.\d[\w.-]*$/.test(lines.join('').trim())

function blockOf({ kind, lines }: Block, isLast: boolean, options: MailTextOptions): Html | string {
  const text = linked(lines.join('\n').trimEnd(), options)
  switch (kind) {
    case 'quote':
      return quoteOf(lines, isLast, options)
    case 'attribution':
      return html`<p class="q">${text}</p>`
    case 'prose':
      return html`<p>${text}</p>`
    case 'list':
      return html`<pre class="t">${text}</pre>`
    case 'table':
      return html`<pre tabindex="0">${text}</pre>`
    case 'trailers':
      return html`<pre class="t"><b>${text}</b></pre>`
    case 'signature':
      return html`<pre class="t soft">${text}</pre>`
    default:
      return kind satisfies never
  }
}

/** A quote up to this long is shown whole; of a longer one that is answered the last lines stay in sight. */
const quoteShownLinesMax = 10
const quoteTailLines = 4

function quoteOf(lines: readonly string[], isLast: boolean, options: MailTextOptions): Html | string {
  const quoted = withoutEmptyEnds(lines)
  if (quoted.length === 0) return ''
  const show = (shown: readonly string[]) => html`<p class="q">${linked(shown.join('\n'), options)}</p>`
  if (quoted.length <= quoteShownLinesMax && !isLast) return show(quoted)
  const folded = isLast ? quoted : quoted.slice(0, -quoteTailLines)
  return html`<details><summary>${countText(folded.length, 'quoted line')}</summary>${show(folded)}</details>${
    isLast ? '' : show(quoted.slice(-quoteTailLines))
  }`
}

/** Mail programs leave a `>` where the quoted text was cut. */
function withoutEmptyEnds(lines: readonly string[]): readonly string[] {
  const says = (line: string) => /[^>\s]/.test(line)
  return lines.slice(lines.findIndex(says), lines.findLastIndex(says) + 1)
}

/** Splits at white space and brackets, so the work grows with the text and not with its square. */
function linked(text: string, options: MailTextOptions): (string | Html)[] {
  const shown = visible(text)
  if (!shown.includes('://') && !shown.includes('@')) return [shown]
  return shown.split(/([\s<>"]+)/).map((word, index) => (index % 2 === 1 ? word : linkedWord(word, options)))
}

function linkedWord(word: string, { known, list }: MailTextOptions): string | Html {
  if (known.has(word)) return html`<a href="${paths.mail(list, word)}">${word}</a>`
  const start = word.search(/https?:\/\//)
  if (start === -1) return word
  const end = endOfAddress(word)
  const address = word.slice(start, end)
  return html`${word.slice(0, start)}<a href="${address}" rel="nofollow noopener">${address}</a>${word.slice(end)}`
}

/** A full stop or bracket behind an address is the sentence's, unless the address itself opened the bracket. */
function endOfAddress(word: string): number {
  let end = word.length
  while (end > 0 && ".,;:!?)]}'*".includes(word.charAt(end - 1))) {
    if (word.charAt(end - 1) === ')' && word.indexOf('(', word.indexOf('://')) !== -1) break
    end--
  }
  return end
}
