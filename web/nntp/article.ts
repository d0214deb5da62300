// A mail as NNTP has it (RFC 3977 3.6): its bytes below the three fields that every article has, and what an overview says of it.
import { readHeaders } from '../../tracker/decode/headers.ts'
import type { Header } from '../../tracker/decode/mail.ts'

export interface Place {
  readonly group: string
  /** Null where it is asked for by its id. */
  readonly number: string | null
  /** Who we are. */
  readonly host: string
}

export interface Article {
  /** With LF; ends in one. */
  readonly head: string
  readonly body: string
  readonly headers: readonly Header[]
  /** On the wire, without dots that are doubled there. */
  readonly bytes: number
  readonly lines: number
}

/** `raw` as in the log. What an archive wrote into these fields was true elsewhere. All text is bytes, as latin1. */
export function articleOf(raw: Buffer, id: string, { group, number, host }: Place): Article {
  const { headers, bodyAt } = readHeaders(raw)
  const kept = raw
    .toString('latin1', 0, bodyAt)
    .replace(/^>?From [^\n]*\n/, '')
    .replace(/^(?:Path|Newsgroups|Xref|Lines|Bytes)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*/gim, '')
    .replace(/\r?\n\r?\n?$/, '\n')
  const named = headers.some(({ name }) => name === 'message-id') ? '' : `Message-ID: <${id}>\n`
  const xref = number === null ? '' : `Xref: ${host} ${group}:${number}\n`
  const head = clean(
    `Path: ${host}!not-for-mail\nNewsgroups: ${group}\n${xref}${named}${kept === '\n' ? '' : kept}`,
  )
  const body = clean(raw.toString('latin1', bodyAt))
    .replace(/(?<!\n)$/, '\n')
    .replace(/^\n$/, '')
  const lines = linesIn(body)
  // Each line end gets a CR, and an empty line stands between the two.
  const bytes = head.length + body.length + linesIn(head) + lines + 2
  return { head, body, headers, bytes, lines }
}

/** A NUL ends the text for many readers, and RFC 3977 3.1.1 has none. */
const clean = (text: string): string => text.replaceAll('\0', ' ')

const linesIn = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/** The value of a field or of `:bytes` and `:lines` on one line; empty where there is none (RFC 3977 8.5). */
export function fieldOf(
  { headers, bytes, lines }: Article,
  name: string,
  { group, number, host }: Place,
): string {
  if (name === ':bytes') return String(bytes)
  if (name === ':lines') return String(lines)
  if (name === 'xref') return number === null ? '' : `${host} ${group}:${number}`
  if (name === 'newsgroups') return group
  const value = headers.find(header => header.name === name)?.value ?? ''
  return Buffer.from(value.replace(/[\0\t\r\n]/g, ' ')).toString('latin1')
}

export const overviewFields = [
  'Subject:',
  'From:',
  'Date:',
  'Message-ID:',
  'References:',
  'Bytes:',
  'Lines:',
  'Xref:full',
]

/** Of RFC 3977 8.3.2, without the number. */
export function overviewOf(article: Article, id: string, place: Place): string {
  const field = (name: string) => fieldOf(article, name, place)
  const xref = field('xref')
  return [
    ...['subject', 'from', 'date'].map(field),
    `<${id}>`,
    ...['references', ':bytes', ':lines'].map(field),
    ...(xref === '' ? [] : [`Xref: ${xref}`]),
  ].join('\t')
}
