// A second delivery of a mail in other dress, as list servers make it: a footer (in the text or as a part of its own), a
// subject prefix, a rewritten From, list headers, other hops and another transfer encoding; or all of that taken off.
// It knows nothing of how Threadwork recognises dress.
import type { Chance } from '../fuzz/chance.ts'

/** Header fields as they stand, folded lines included, and the body; all as Latin-1. */
interface Letter {
  readonly fields: readonly string[]
  readonly body: string
}

/**
 * The mail as another road would have brought it. The line ends of the text survive; nothing is lost. `own`: some wear a
 * footer that is this list's alone, and that must be learnt from many of them.
 */
export function redressed(mail: Buffer, chance: Chance, own = false): Buffer {
  const letter = letterOf(mail)
  const bare = undressed(letter)
  const texts = own && chance.once(2) ? [ownFooter] : footers.map(({ text }) => text)
  const worn = isListed(letter) ? bare : dressed(bare, chance, texts)
  return bytesOf(repacked(withOtherHops(worn, chance), chance))
}

function letterOf(mail: Buffer): Letter {
  const text = mail.toString('latin1').replaceAll('\r\n', '\n')
  const end = text.indexOf('\n\n')
  const header = end < 0 ? text : text.slice(0, end)
  return { fields: header.split(/\n(?![ \t])/), body: end < 0 ? '' : text.slice(end + 2) }
}

const bytesOf = ({ fields, body }: Letter) => Buffer.from(`${fields.join('\n')}\n\n${body}`, 'latin1')

const nameOf = (field: string) => field.slice(0, field.indexOf(':')).trim().toLowerCase()
const fieldOf = (letter: Letter, name: string) => {
  const field = letter.fields.find(one => nameOf(one) === name)
  return field === undefined
    ? null
    : field
        .slice(field.indexOf(':') + 1)
        .replaceAll('\n', ' ')
        .trim()
}
const isListed = (letter: Letter) =>
  fieldOf(letter, 'x-beenthere') !== null || footers.some(({ found }) => found.test(letter.body))

const listFields =
  /^(?:list-.*|x-beenthere|x-mailman-.*|precedence|errors-to|sender|x-original-from|archived-at)$/

function undressed(letter: Letter): Letter {
  const [, address = ''] = /<?([^<>\s]+@[^<>\s]+?)>?$/.exec(fieldOf(letter, 'x-beenthere') ?? '') ?? []
  const name = address.split('@')[0] ?? ''
  const from = fieldOf(letter, 'from') ?? ''
  const rewritten = name !== '' && from.toLowerCase().includes(`<${address.toLowerCase()}>`)
  const original = fieldOf(letter, 'x-original-from') ?? fieldOf(letter, 'reply-to')
  const fields = letter.fields
    .filter(field => !listFields.test(nameOf(field)) && !(rewritten && nameOf(field) === 'reply-to'))
    .map(field => {
      if (nameOf(field) === 'subject' && name !== '')
        return field.replace(new RegExp(`\\[${name.replace(/[^\w]/g, '.')}\\]\\s*`, 'i'), '')
      return nameOf(field) === 'from' && rewritten && original
        ? `From: ${/^(?:"[^"]*"|[^",])*/.exec(original)?.[0]}`
        : field
    })
  return { fields, body: withoutFooter({ ...letter, fields }) }
}

/** Footers with the list's name and address filled in, and how an expression finds each. */
const footers: readonly { readonly text: string; readonly found: RegExp }[] = [
  {
    text: '_______________________________________________\ntarn mailing list\ntarn@lists.example.net\nhttps://lists.example.net/mailman/listinfo/tarn\n',
    found: /\n*_{40,}\n\S+ mailing list\n\S+@\S+\nhttps?:\S+\n*$/,
  },
  {
    text: '_______________________________________________\ntarn mailing list -- tarn@lists.example.net\nTo unsubscribe send an email to tarn-leave@lists.example.net\n',
    found: /\n*_{40,}\n\S+ mailing list -- \S+@\S+\nTo unsubscribe.*\n*$/,
  },
  {
    text: '_______________________________________________\ntarn mailing list -- tarn@lists.example.net\nTo unsubscribe send an email to tarn-leave@lists.example.net\nhttps://lists.example.net/mailman3/lists/tarn.lists.example.net/\nFaq: https://example.net/faq\nList Archives: https://lists.example.net/archives/tarn\n',
    found: /\n*_{40,}\n\S+ mailing list -- \S+@\S+\nTo unsubscribe.*\nhttps?:.*\n.*\n.*\n*$/,
  },
  {
    text: '-- \nMailing list info: https://lists.example.net/listinfo/tarn\n',
    found: /\n*-- \nMailing list info: \S+\n*$/,
  },
  {
    text: '-- \nTo unsubscribe, send an empty mail to tarn+unsubscribe@lists.example.net\n',
    found: /\n*-- \nTo unsubscribe, send .*\n*$/,
  },
  {
    text: '-- \nYou received this message because you are subscribed to the Google Groups "tarn" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to tarn+unsubscribe@googlegroups.com.\nTo view this discussion visit https://groups.google.com/d/msgid/tarn/one%40example.org.\nFor more options, visit https://groups.google.com/d/optout.\n',
    found: /\n*-- \nYou received this message because you are subscribed to the Google Groups[^\0]{0,600}$/,
  },
  {
    text: '--\nTo unsubscribe from this list: send the line "unsubscribe tarn" in\nthe body of a message to majordomo@lists.example.net\nMore majordomo info at  http://lists.example.net/majordomo-info.html\n',
    found: /\n*--\nTo unsubscribe from this list: send the line[^\0]{0,300}$/,
  },
  {
    text: '-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nView/Reply Online (#412): https://lists.example.net/g/tarn/message/412\nMute This Topic: https://lists.example.net/mt/1/2\nGroup Owner: tarn+owner@lists.example.net\nUnsubscribe: https://lists.example.net/g/tarn/unsub [ada@example.org]\n-=-=-=-=-=-=-=-=-=-=-=-\n',
    found: /\n*(?:-=){8,}-\nGroups\.io Links:[^\0]{0,700}$/,
  },
  {
    text: '---\nTo unsubscribe: https://lists.example.net/sympa/auto_signoff/tarn\nList archive: https://lists.example.net/sympa/arc/tarn\n',
    found: /\n*---\nTo unsubscribe: \S+sympa[^\0]{0,200}$/,
  },
]

const ownFooter = '=====\nFragen und Abmeldung: https://lists.example.net/tarn/hilfe\n'

const encodingOf = (letter: Letter) => (fieldOf(letter, 'content-transfer-encoding') ?? '8bit').toLowerCase()
const boundaryOf = (letter: Letter) =>
  /^multipart\//i.test(fieldOf(letter, 'content-type') ?? '')
    ? /boundary="?([^";\s]+)/i.exec(fieldOf(letter, 'content-type') ?? '')?.[1]
    : undefined
const isText = (letter: Letter) => /^text\/plain/i.test(fieldOf(letter, 'content-type') ?? 'text/plain')

function withoutFooter(letter: Letter): string {
  const boundary = boundaryOf(letter)
  if (boundary !== undefined) return withoutFooterPart(letter.body, boundary)
  if (!isText(letter)) return letter.body
  const text = unpack(letter)
  return text === null ? letter.body : pack(encodingOf(letter), cut(text))
}

function cut(text: string): string {
  const footer = footers.find(({ found }) => found.test(text))
  return footer ? `${text.replace(footer.found, '')}\n` : text
}

/** A last part that holds nothing but a footer. */
function withoutFooterPart(body: string, boundary: string): string {
  const parts = body.split(`\n--${boundary}`)
  const last = parts.at(-2) ?? ''
  const content = last.slice(last.indexOf('\n\n') + 1)
  return footers.some(({ found }) => found.exec(`\n${content}`)?.index === 0)
    ? parts.toSpliced(-2, 1).join(`\n--${boundary}`)
    : body
}

function dressed(letter: Letter, chance: Chance, texts: readonly string[]): Letter {
  const from = fieldOf(letter, 'from') ?? ''
  const sender = /^\s*"?([^"<>@]*?)"?\s*<([^<>]+)>\s*$/.exec(from)
  const munged = sender?.[1] && chance.once(3)
  const fields = letter.fields.map(field => {
    if (nameOf(field) === 'subject' && !chance.once(3)) return `Subject: [tarn] ${fieldOf(letter, 'subject')}`
    return nameOf(field) === 'from' && munged
      ? `From: "${sender[1]} via tarn" <tarn@lists.example.net>`
      : field
  })
  const list = [
    'List-Id: A storage engine <tarn.lists.example.net>',
    'List-Post: <mailto:tarn@lists.example.net>',
    'X-BeenThere: tarn@lists.example.net',
    'Precedence: list',
  ]
  // Nobody could tell him from himself when his other address alone is left.
  const copiedHimself = fieldOf(letter, 'cc')?.includes(sender?.[1]?.trim() || '<')
  const original = munged
    ? chance.pick([
        [`X-Original-From: ${from}`],
        [`Reply-To: ${from}`],
        [`Cc: ${from}`],
        copiedHimself ? [`Cc: ${from}`] : [],
      ])
    : []
  const others = fields.filter(field => !(munged && nameOf(field) === 'reply-to'))
  return withFooter({ ...letter, fields: [...others, ...list, ...original] }, chance.pick(texts))
}

function withFooter(letter: Letter, footer: string): Letter {
  const text = isText(letter) ? unpack(letter) : null
  if (text !== null && encodingOf(letter) !== 'base64') {
    const gap = text === '' || text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n'
    return { ...letter, body: pack(encodingOf(letter), `${text}${gap}${footer}`) }
  }
  // What is not plain text, or packed, goes into a part, and the footer into one behind it.
  const own = /^(?:content-.*)$/
  const part = letter.fields.filter(field => own.test(nameOf(field))).join('\n')
  return {
    fields: [
      ...letter.fields.filter(field => !own.test(nameOf(field))),
      'Content-Type: multipart/mixed; boundary="===list=="',
    ],
    body: `--===list==\n${part}\n\n${letter.body}\n--===list==\nContent-Type: text/plain; charset="us-ascii"\nContent-Disposition: inline\n\n${footer}\n--===list==--\n`,
  }
}

function withOtherHops(letter: Letter, chance: Chance): Letter {
  const kept = letter.fields.filter(field => nameOf(field) !== 'received' || !chance.once(2))
  return { ...letter, fields: ['Return-Path: <bounce@example.net>', 'X-Spam-Level: ', ...kept] }
}

/** A single text in another transfer encoding, which every relay may choose. */
function repacked(letter: Letter, chance: Chance): Letter {
  const text = isText(letter) ? unpack(letter) : null
  if (text === null || chance.once(3)) return letter
  const encoding = chance.pick(['base64', 'quoted-printable'])
  const fields = letter.fields.filter(field => nameOf(field) !== 'content-transfer-encoding')
  const typed = fieldOf(letter, 'content-type') === null ? ['Content-Type: text/plain'] : []
  return {
    fields: [...fields, ...typed, `Content-Transfer-Encoding: ${encoding}`],
    body: pack(encoding, text),
  }
}

/** Null for an encoding that we leave alone. */
function unpack(letter: Letter): string | null {
  switch (encodingOf(letter)) {
    case '7bit':
    case '8bit':
    case 'binary':
      return letter.body
    case 'base64':
      return Buffer.from(letter.body, 'base64').toString('latin1').replaceAll('\r\n', '\n')
    case 'quoted-printable':
      return letter.body
        .replace(/=[ \t]*\n/g, '')
        .replace(/=([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    default:
      return null
  }
}

function pack(encoding: string, text: string): string {
  if (encoding === 'base64') {
    const lines = Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
      .toString('base64')
      .match(/.{1,76}/g)
    return `${(lines ?? []).join('\n')}\n`
  }
  if (encoding !== 'quoted-printable') return text
  const coded = text.replace(
    /[^\n\t -<>-~]|=|[ \t](?=\n|$)/g,
    sign => `=${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return coded.replace(/[^\n]{70}(?:=..)?(?=[^\n])/g, '$&=\n').replace(/(=[0-9A-F]?)=\n/g, '=\n$1')
}
