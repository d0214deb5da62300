// Our decoder beside mailparser's, on one mail. Each difference is put into a class; a class that is not in
// `deliberate` is a mistake of ours, or a reason that nobody wrote down yet.
import { type ParsedMail, simpleParser } from 'mailparser'
import { parseAddresses } from '../../tracker/decode/addresses.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { decodeWords } from '../../tracker/decode/words.ts'

/** The classes of difference that we want, each with its reason. */
export const deliberate: { readonly [name: string]: string } = {
  'body: format=flowed':
    'mailparser joins flowed lines, which ruins patches; we take only the stuffed spaces off',
  'body: stray bytes':
    'a byte that is not of the charset is one letter of windows-1252 here, a replacement sign there',
  'body: line between parts': 'mailparser adds a line end between two parts, we only where one is missing',
  'body: attached patch': 'an inline part that is named or typed like a patch is a patch and not the body',
  'body: S/MIME': 'a signed block is opened; mailparser leaves it closed',
  'body: clear-signed': 'the armour of a signed text is no text, and its dash escapes are undone',
  'body: HTML':
    'mailparser keeps the text of HTML apart; for a reader of a mail without plain text it is the mail',
  'body: line ends of base64': 'CR inside a packed patch of a file with CRLF lines is content',
  'body: white space at line ends':
    'it may be the blank context line of a patch, so quoted-printable keeps it',
  'body: broken base64': 'plain text behind or instead of base64 is shown as text, not decoded to noise',
  'body: no parts found': 'a multipart whose parts cannot be found is shown as one text, not as nothing',
  'body: digest': 'mailparser shows the mails of a digest as the text of this one',
  'body: delivery report': 'mailparser shows the lines for machines in a delivery report as its text',
  'body: limit': 'text, parts and nesting above our limits are in the raw mail only',
  'wrapped by a list': 'a mail that a list wrapped whole is the mail inside',
  'header: stray bytes':
    'a header byte that is not UTF-8 is one letter of windows-1252 here, a replacement sign there',
  'header: encoded twice':
    'what a gateway encoded once more is decoded twice, and an address inside a word is one',
  'header: charset of the text': 'raw bytes in a header are read by the charset of the text below',
  'header: unusable id':
    'an id that is empty, a dot or two (no page could have it) is made; one ends at its first >',
  'header: none': 'text without a header is text, also its first paragraph; CR alone ends lines, too',
}

/** The classes of what the two read differently; empty when they agree on subject, id, From and text. */
export async function againstMailparser(raw: Buffer): Promise<string[]> {
  const ours = decodeMail(raw)
  if (ours.wraps !== undefined) return ['wrapped by a list']
  const theirs = await simpleParser(raw, textOnly)
  if (ours.headers.length === 0 || !raw.includes(10)) return ['header: none']
  return [...headerDifferences(raw, ours, theirs), ...bodyDifference(raw, ours, theirs)]
}

/** Its own text, and nothing made of HTML or links. */
export const textOnly = {
  skipTextToHtml: true,
  skipHtmlToText: true,
  skipImageLinks: true,
  skipTextLinks: true,
} as const

const squeezed = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').trim()
const replacement = '\u{fffd}'

function headerDifferences(raw: Buffer, ours: DecodedMail, theirs: ParsedMail): string[] {
  const id = messageIdOf(raw)
  const from = parseAddresses(headerValue(ours.headers, 'from') ?? '')
  const pairs: [string, string, string][] = [
    ['subject', squeezed(decodeWords(headerValue(ours.headers, 'subject') ?? '')), squeezed(theirs.subject)],
    ['Message-ID', id.made ? '' : `<${id.id}>`, theirs.messageId ?? ''],
    [
      'From',
      from.map(personText).join(),
      (theirs.from?.value ?? [])
        .flatMap(one => one.group ?? [one])
        .map(personText)
        .join(),
    ],
  ]
  return pairs
    .filter(([, mine, yours]) => mine !== yours)
    .map(([name, mine, yours]) => headerClass(name, mine, yours))
}

function headerClass(name: string, ours: string, theirs: string): string {
  if (theirs.includes('=?') && !ours.includes('=?')) return 'header: encoded twice'
  if (/[\u0080-\uffff]/.test(theirs.replaceAll('\u001b', '\u0080')) && !theirs.includes(replacement))
    return 'header: charset of the text'
  if (theirs.includes(replacement)) return 'header: stray bytes'
  return name === 'Message-ID' && /^<[\s.]*>$|>./.test(theirs) ? 'header: unusable id' : `header: ${name}`
}

const personText = (person: { name: string; address?: string | undefined }) =>
  `${squeezed(person.name)} <${(person.address ?? '').toLowerCase()}>`

function bodyDifference(raw: Buffer, ours: DecodedMail, theirs: ParsedMail): string[] {
  const text = theirs.text ?? ''
  if (ours.body === text) return []
  const signs: [string, boolean][] = [
    ['limit', ours.problems.some(problem => /longer than|more than/.test(problem))],
    ['broken base64', ours.problems.some(problem => problem.includes('base64'))],
    ['no parts found', ours.problems.some(problem => problem.includes('where they begin'))],
    ['format=flowed', /format="?flowed/i.test(raw.toString('latin1'))],
    ['S/MIME', isOpaque(raw)],
    ['clear-signed', ours.parts.some(part => part.text.includes('-----BEGIN PGP SIGNED MESSAGE-----'))],
    ['line between parts', ours.parts.length > 1 && withoutBlank(ours.body) === withoutBlank(text)],
    ['attached patch', ours.attachedPatches.length > 0 || ours.parts.some(part => part.filename !== null)],
    ['HTML', ours.parts.some(part => part.type === 'text/html')],
    ['digest', /^content-type:\s*multipart\/digest/im.test(raw.toString('latin1'))],
    ['delivery report', /^content-type:\s*message\/delivery-status/im.test(raw.toString('latin1'))],
    ['line ends of base64', ours.body.replaceAll('\r', '') === text.replaceAll('\r', '')],
    ['white space at line ends', withoutBlank(ours.body) === withoutBlank(text)],
    ['stray bytes', text.includes(replacement)],
  ]
  return [`body: ${signs.find(([, holds]) => holds)?.[0] ?? 'text'}`]
}

/** RFC 8551 3.4.2: the signed text is inside of the block. */
export const isOpaque = (raw: Buffer): boolean =>
  /^content-type:\s*application\/(?:x-)?pkcs7-mime/im.test(raw.toString('latin1'))

const withoutBlank = (text: string) =>
  text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n+/g, '\n')
    .trim()
