// A mail of an invented list as bytes, with the headers, the encoding and the MIME tree that its program gives it.
import type { Client, Person } from './person.ts'
import type { Speech } from './speech.ts'

export interface Attachment {
  readonly name: string
  readonly type: string
  readonly text: string
  /** base64 hides the text from whoever doesn't decode. */
  readonly coded: boolean
  readonly inline: boolean
}

export interface Letter {
  readonly id: string
  readonly from: Person
  readonly subject: string
  /** When it came; milliseconds. */
  readonly at: number
  readonly answers: string | null
  readonly references: readonly string[]
  readonly text: string
  /** What stands above the original, of one who writes there. */
  readonly own: string | null
  /** Sent as `text/plain` and `text/html`. */
  readonly html: boolean
  readonly files: readonly Attachment[]
  readonly program: Client | 'git' | 'b4' | 'hg' | 'robot'
  readonly headers: readonly (readonly [string, string])[]
}

/** What the list does to a mail that passes. */
export interface ListDress {
  readonly address: string
  readonly listId: string
  readonly prefix: string | null
  readonly footer: string | null
  /** Percent of the senders whose From the list takes over. */
  readonly munged: number
}

export function bytesOf(letter: Letter, list: ListDress, speech: Speech): Buffer {
  const munged = letter.from.name.length % 100 < list.munged / 4 && list.munged > 0
  const sender = `${wordOf(letter.from.name)} <${letter.from.address}>`
  const headers: (readonly [string, string])[] = [
    [
      'From',
      munged ? `${wordOf(`${letter.from.name} via ${list.listId.split('.')[0]}`)} <${list.address}>` : sender,
    ],
    ...(munged ? [['Reply-To', sender] as const] : []),
    ['To', list.address],
    ['Subject', wordOf(prefixed(letter.subject, list.prefix))],
    ['Date', dateOf(letter.at + letter.from.ahead, letter.from.pid)],
    ['Message-ID', `<${letter.id}>`],
    ...(letter.answers === null ? [] : [['In-Reply-To', `<${letter.answers}>`] as const]),
    ...(letter.references.length === 0
      ? []
      : [['References', letter.references.map(id => `<${id}>`).join('\n ')] as const]),
    ...programHeaders(letter, speech),
    ...letter.headers,
    ['List-Id', `<${list.listId}>`],
    ['MIME-Version', '1.0'],
  ]
  const [more, body] = contentOf(letter, list.footer, speech)
  const head = [...headers, ...more].map(([name, value]) => `${name}: ${value}`).join('\n')
  return Buffer.from(`${head}\n\n${body}${body.endsWith('\n') ? '' : '\n'}`)
}

function prefixed(subject: string, prefix: string | null): string {
  if (prefix === null || subject.includes(`[${prefix}]`)) return subject
  const reply = subject.match(/^(?:re|aw|sv): /i)?.[0] ?? ''
  return `${reply}[${prefix}] ${subject.slice(reply.length)}`
}

/** RFC 2047, where it must be; no word is cut inside a letter. */
function wordOf(text: string): string {
  if (isAscii(text)) return text
  const pieces = text.match(/.{1,12}/gsu) ?? []
  return pieces.map(piece => `=?UTF-8?B?${Buffer.from(piece).toString('base64')}?=`).join('\n ')
}

export const isAscii = (text: string) => !/[^\p{ASCII}]/u.test(text)

const zones = ['+0000', '+0100', '-0500', '+0530', '+0900', '-0800', '+0200']

function dateOf(time: number, salt: number): string {
  const zone = zones[salt % zones.length] ?? '+0000'
  const minutes = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * (zone.startsWith('-') ? -1 : 1)
  return new Date(time + minutes * 60_000).toUTCString().replace('GMT', zone)
}

function programHeaders({ program, subject, from }: Letter, speech: Speech): (readonly [string, string])[] {
  switch (program) {
    case 'git':
      return [['X-Mailer', `git-send-email 2.${30 + (from.pid % 20)}.${from.pid % 5}`]]
    case 'b4':
      return [['X-Mailer', `b4 0.1${from.pid % 5}.${from.pid % 3}`]]
    case 'hg':
      return [['User-Agent', `Mercurial-patchbomb/6.${from.pid % 8}`]]
    case 'mutt':
      return [
        ['User-Agent', `Mutt/2.${from.pid % 3}.${from.pid % 12}`],
        ['Content-Disposition', 'inline'],
      ]
    case 'thunderbird':
      return [
        ['User-Agent', 'Mozilla Thunderbird'],
        ['Content-Language', 'en-US'],
      ]
    case 'gnus':
      return [['User-Agent', 'Gnus/5.13 (Gnus v5.13)']]
    case 'evolution':
      return [['User-Agent', `Evolution 3.${40 + (from.pid % 14)}.1`]]
    case 'apple':
      return [['X-Mailer', `Apple Mail (2.3${from.pid % 900}.700.6)`]]
    case 'outlook':
      return [
        ['Thread-Topic', wordOf(subject.replace(/^\S{1,5}: /, ''))],
        ['Thread-Index', speech.token(30)],
        ['Accept-Language', 'en-US'],
        ['X-MS-Has-Attach', ''],
      ]
    case 'lotus':
      return [
        ['X-Mailer', 'HCL Domino Release 12.0.2'],
        ['X-KeepSent', speech.hex(16)],
      ]
    case 'k9':
      return [['User-Agent', 'K-9 Mail for Android']]
    case 'webmail':
      return [
        ['User-Agent', `Roundcube Webmail/1.${from.pid % 7}.0`],
        ['X-Sender', from.address],
      ]
    default:
      return []
  }
}

type Content = [(readonly [string, string])[], string]

function contentOf({ text, html, files, program }: Letter, footer: string | null, speech: Speech): Content {
  const dressed = footer !== null && files.length === 0 && !html ? `${text.trimEnd()}\n\n${footer}\n` : text
  const plain = partOf(dressed, 'text/plain', program)
  if (!html && files.length === 0) return plain
  const body: Content = html
    ? together('alternative', [plain, partOf(htmlOf(text), 'text/html', program)], speech)
    : plain
  if (files.length === 0) return body
  return together('mixed', [body, ...files.map(filePart)], speech)
}

function together(kind: string, parts: readonly Content[], speech: Speech): Content {
  const edge = `----=_${speech.token(20)}`
  const inner = parts.map(
    ([headers, body]) =>
      `--${edge}\n${headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${body.replace(/\n*$/, '\n')}`,
  )
  return [[['Content-Type', `multipart/${kind}; boundary="${edge}"`]], `${inner.join('\n')}\n--${edge}--\n`]
}

function partOf(text: string, type: string, program: Letter['program']): Content {
  const ascii = isAscii(text)
  const [coding, body] =
    codingOf(program, ascii) === 'base64'
      ? (['base64', base64(text)] as const)
      : codingOf(program, ascii) === 'quoted-printable'
        ? (['quoted-printable', quotedPrintable(text)] as const)
        : ([ascii ? '7bit' : '8bit', text] as const)
  return [
    [
      ['Content-Type', `${type}; charset=${ascii && program !== 'outlook' ? 'us-ascii' : 'UTF-8'}`],
      ['Content-Transfer-Encoding', coding],
    ],
    body,
  ]
}

function codingOf(program: Letter['program'], ascii: boolean): string {
  if (program === 'outlook') return ascii ? 'quoted-printable' : 'base64'
  if (program === 'gmail' || program === 'apple' || program === 'lotus')
    return ascii ? '7bit' : 'quoted-printable'
  if (program === 'hg' || program === 'k9') return ascii ? '7bit' : 'base64'
  return '8bit'
}

function filePart({ name, type, text, coded, inline }: Attachment): Content {
  return [
    [
      ['Content-Type', `${type}; charset=UTF-8; name="${name}"`],
      ['Content-Disposition', `${inline ? 'inline' : 'attachment'}; filename="${name}"`],
      ['Content-Transfer-Encoding', coded ? 'base64' : '8bit'],
    ],
    coded ? base64(text) : text,
  ]
}

const base64 = (text: string) =>
  Buffer.from(text)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n')

function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map(line =>
      foldQuoted(
        [...Buffer.from(line)]
          .map(quotedByte)
          .join('')
          .replace(/[ \t]$/, end => (end === ' ' ? '=20' : '=09')),
      ),
    )
    .join('\n')
}

const quotedByte = (byte: number) =>
  (byte >= 32 && byte < 127 && byte !== 61) || byte === 9
    ? String.fromCharCode(byte)
    : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`

const foldQuoted = (line: string) => line.replace(/(?:=[0-9A-F]{2}|[^=]){73}(?=.{3})/g, '$&=\n')

const htmlOf = (text: string) =>
  `<html><body>${text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .split('\n')
    .map(line => `<div>${line || '<br>'}</div>`)
    .join('\n')}</body></html>\n`
