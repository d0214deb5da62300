// Spoils a mail in the ways that mails are spoilt: bytes, header fields, the tree of parts, charsets, references,
// diffs and subjects. All text is handled as Latin-1, so that one character is one byte.
import type { Chance } from './chance.ts'

/** What must never stand unescaped on a page: it ends an attribute and opens an element. */
export const mark = `"><x-mark a='`

/** `mail` after a few changes. `others` are mails whose pieces and ids may be mixed in. */
export function mutated(mail: Buffer, others: readonly Buffer[], chance: Chance): Buffer {
  let text = mail.toString('latin1')
  for (let changes = 1 + chance.below(4); changes > 0; changes--)
    text = chance.pick(changers)(text, chance.pick(others).toString('latin1'), chance)
  return Buffer.from(text.slice(0, textMax), 'latin1')
}

/** Above this a mail is not of normal size any more. */
const textMax = 95_000

type Changer = (mail: string, other: string, chance: Chance) => string

const changers: readonly Changer[] = [
  // Bytes
  (mail, _, chance) => replaced(mail, spot(mail, chance), 1, String.fromCharCode(chance.below(256))),
  (mail, _, chance) => replaced(mail, spot(mail, chance), 0, chance.pick(dirt)),
  (mail, _, chance) => replaced(mail, spot(mail, chance), chance.below(200), ''),
  (mail, _, chance) => mail.slice(0, spot(mail, chance)),
  (mail, other, chance) => replaced(mail, spot(mail, chance), 0, piece(other, chance)),
  (mail, _, chance) =>
    replaced(
      mail,
      spot(mail, chance),
      0,
      chance
        .pick(dirt)
        .repeat(1 + chance.below(20_000))
        .slice(0, 40_000),
    ),
  (mail, _, chance) => mail.replaceAll('\n', chance.pick(['\r\n', '\r', '\n\n', '\r\r\n'])),
  (mail, _, chance) => replaced(mail, spot(mail, chance), 0, mark),
  // Lines
  changeLine((line, _, chance) => replaced(line, spot(line, chance), 0, chance.pick(dirt))),
  changeLine(() => ''),
  changeLine(line => `${line}\n${line}`),
  changeLine((line, other, chance) => `${line}\n${chance.pick(other.split('\n'))}`),
  changeLine((line, _, chance) => `${line}\n${chance.pick(sayings)}`),
  changeLine(line => `> ${line}`),
  // Header
  addField((_, chance) => chance.pick(fields)),
  addField((_, chance) => chance.pick(fields)),
  addField((other, chance) => chance.pick(headerOf(other).split('\n'))),
  changeField((line, chance) => replaced(line, line.indexOf(':') + 1, 0, chance.pick(dirt))),
  changeField((line, chance) => `${line}${chance.pick(dirt).repeat(1 + chance.below(3_000))}`),
  changeField(line => `${line.slice(0, line.indexOf(':') + 1)} ${mark}`),
  changeField(line => `${line}\n${line}`),
  changeField(() => ''),
  // Subject
  (mail, _, chance) => mail.replace(/^Subject:.*$/im, () => `Subject: ${subject(chance)}`),
  // References
  (mail, other, chance) => addReference(mail, idOf(chance.once(2) ? other : mail)),
  (mail, other, chance) =>
    mail.replace(/^Message-ID:.*$/im, () => `Message-ID: ${chance.once(3) ? chance.pick(ids) : idOf(other)}`),
  // MIME
  (mail, other, chance) => asMultipart(mail, other, chance),
  (mail, _, chance) => packed(mail, chance),
  (mail, _, chance) => mail.replace(/charset="?[\w-]+"?/i, () => `charset=${chance.pick(charsets)}`),
  (mail, _, chance) =>
    mail.replace(/boundary="?[^"\n;]*"?/i, () => `boundary=${chance.pick(['""', 'b', '"', `"${mark}"`])}`),
  // Diffs
  (mail, _, chance) =>
    mail.replace(
      /^@@ -.*$/m,
      () =>
        `@@ -${number(chance)},${number(chance)} +${number(chance)},${number(chance)} @@ ${chance.pick(dirt)}`,
    ),
  (mail, _, chance) => mail.replace(/^\+\+\+ .*$/m, () => `+++ ${chance.pick(paths)}`),
  (mail, _, chance) =>
    mail.replace(/^diff --git .*$/m, () => `diff --git ${chance.pick(paths)} ${chance.pick(paths)}`),
  (mail, other) => mail.replace(/^-- $/m, () => other.slice(other.indexOf('\ndiff --git ') + 1)),
  changeLine((line, _, chance) => chance.pick(['+', '-', ' ', '\\', '@', '--- ', '+++ ']) + line),
]

const spot = (text: string, chance: Chance) => chance.below(text.length + 1)
const replaced = (text: string, at: number, length: number, by: string) =>
  text.slice(0, at) + by + text.slice(at + length)
const number = (chance: Chance) => chance.pick(['0', '1', '7', '4294967296', '-1', '999999999', '00'])

function piece(text: string, chance: Chance): string {
  const at = spot(text, chance)
  return text.slice(at, at + chance.below(4_000))
}

function changeLine(change: (line: string, other: string, chance: Chance) => string): Changer {
  return (mail, other, chance) => {
    const lines = mail.split('\n')
    const at = chance.below(lines.length)
    lines[at] = change(lines[at] ?? '', other, chance)
    return lines.join('\n')
  }
}

const headerEnd = (mail: string) => {
  const end = mail.indexOf('\n\n')
  return end < 0 ? mail.length : end
}
const headerOf = (mail: string) => mail.slice(0, headerEnd(mail))

function addField(make: (other: string, chance: Chance) => string): Changer {
  return (mail, other, chance) => {
    const lines = headerOf(mail).split('\n')
    lines.splice(chance.below(lines.length + 1), 0, make(other, chance))
    return lines.join('\n') + mail.slice(headerEnd(mail))
  }
}

function changeField(change: (line: string, chance: Chance) => string): Changer {
  return (mail, _, chance) => {
    const lines = headerOf(mail).split('\n')
    const at = chance.below(lines.length)
    lines[at] = change(lines[at] ?? '', chance)
    return lines.join('\n') + mail.slice(headerEnd(mail))
  }
}

const idOf = (mail: string) => /^Message-ID:\s*(<[^>\n]*>)/im.exec(mail)?.[1] ?? '<none@example.org>'

const addReference = (mail: string, id: string) =>
  `In-Reply-To: ${id}\nReferences: ${id} ${idOf(mail)}\n${mail}`

function asMultipart(mail: string, other: string, chance: Chance): string {
  const end = headerEnd(mail)
  const type = chance.pick(['mixed', 'alternative', 'signed', 'related', 'digest', 'x-any'])
  const part = () =>
    `--b\n${chance.pick(partHeaders)}\n\n${chance.once(2) ? mail.slice(end) : piece(other, chance)}\n`
  const parts = Array.from({ length: 1 + chance.below(4) }, part).join('')
  return `${headerOf(mail).replace(/^content-[^\n]*(?:\n[ \t][^\n]*)*\n?/gim, '')}\nContent-Type: multipart/${type}; boundary=b\n\n${parts}${chance.pick(['--b--\n', '--b-', ''])}`
}

function packed(mail: string, chance: Chance): string {
  const end = headerEnd(mail)
  const body = mail.slice(end + 2)
  const encoding = chance.pick(['base64', 'quoted-printable', 'x-uuencode', '8bit'])
  const text =
    encoding === 'base64' && !chance.once(4)
      ? (
          Buffer.from(body, 'latin1')
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\n')
      : body
  return `${headerOf(mail)}\nContent-Transfer-Encoding: ${encoding}\n\n${text}`
}

function subject(chance: Chance): string {
  const words = [
    '[',
    ']',
    '[PATCH',
    'v2',
    '3/5',
    '0/3',
    'RFC',
    'Re: ',
    'AW: ',
    mark,
    '=?utf-8?Q?',
    '?=',
    'pumps: read once',
    '[PULL]',
    '99999/1',
    '(v3)',
    '\t',
  ]
  return Array.from({ length: 1 + chance.below(9) }, () => chance.pick(words)).join(chance.pick(['', ' ']))
}

const dirt = [
  '\0',
  '\r',
  '\n',
  '\n\n',
  ' ',
  '\t',
  '\f',
  '\x1b$B',
  '\x80',
  '\xff',
  '\xfe\xff',
  '\xc3\x28',
  '\xed\xa0\x80',
  '\xf0\x9f\x98\x80',
  '\xe2\x80\xae',
  '\xe2\x80\xa8',
  '<',
  '>',
  '"',
  "'",
  '&',
  '&lt;',
  '(',
  ')',
  '[',
  ']',
  '[[',
  ',',
  ';',
  ':',
  '=',
  '==',
  '=?',
  '?=',
  '=?utf-8?B?',
  '=00',
  '%',
  '%2F',
  '%00',
  '\\',
  '/',
  '../',
  '#',
  '@',
  '@@',
  '`',
  '_',
  '-',
  '--',
  '-- \n',
  '---\n',
  '>From ',
  '\nFrom ',
  '.',
  '\n.\n',
  'a',
  '0',
  '9',
  '$&',
  '<!--',
  '<script>',
  '<pre>',
  mark,
]

const fields = [
  'Subject: second',
  'From: eve@example.com',
  'From:',
  'From: "a" <b@example.org',
  `From: ${mark} <m@example.org>`,
  'Message-ID: <second@example.org>',
  'Message-ID:',
  'Message-ID: <>',
  `Message-ID: <${mark}@example.org>`,
  'Date: Thu, 01 Jan 0001 00:00:00 +1800',
  'Date: 31 Dec 9999 23:59:59 -1200',
  'Date: never',
  'Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000',
  'Received: ;',
  'References: <a@example.org> <b@example.org',
  'In-Reply-To: y',
  'Content-Type: text/html',
  'Content-Type: message/rfc822',
  'Content-Type: multipart/mixed',
  'Content-Type: application/octet-stream; name="../../x.patch"',
  `Content-Type: text/x-patch; name="${'\\"'}><x-mark a='.patch"`,
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  "Content-Disposition: attachment; filename*0*=utf-8''%22%3E%3Cx-mark; filename*1=x.diff",
  'List-Id: <demo.lists.example.org>',
  'X-Original-From: <>',
  'Reply-To: list@example.org',
  'X-Change-Id: x',
  'X-Patchwork-Hint: ignore',
  'no field at all',
  ' continued',
  'Auto-Submitted: auto-replied',
  'X-Bugzilla-Type: new',
  `Subject: =?utf-8?Q?${'=22=3E=3Cx-mark_a=3D'}?=`,
  'Subject:',
  `Cc: ${'a@example.org, '.repeat(400)}`,
]

const sayings = [
  'Reviewed-by: Ada Example <ada@example.org>',
  `Acked-by: ${mark} <m@example.org>`,
  'Patch-Status: accepted -- in main',
  `Patch-Status: ${mark}`,
  'Bug-Status: duplicate <second@example.org>',
  'Closes: #12',
  `Closes: https://example.org/${mark}`,
  'Labels: +a -b',
  'Type: spam',
  `Title: ${mark}`,
  'Applied, thanks.',
  'Test-Label: x',
  'Test-Status: SUCCESS',
  'base-commit: 0123456789abcdef0123456789abcdef01234567',
  'change-id: 20260302-x-0123456789ab',
  'The following changes since commit 0123456789abcdef0123456789abcdef01234567:',
  'are available in the Git repository at:',
  '  https://example.org/x.git tags/x',
  '________________________________________________',
  '-- ',
  '---',
  '```',
  '> quoted',
  '------ Forwarded Message ------',
  'From: Ada Example <ada@example.org>',
  `https://example.org/${mark}`,
  '<second@example.org>',
  'GIT binary patch',
  'literal 10',
  'rename from a',
  'Binary files a and b differ',
  '#syz fix: x',
  '#regzbot introduced: x',
  'diff --git a/x b/x',
  '--- a/x',
  '+++ b/x',
  '@@ -1 +1 @@',
  '-x',
  '+y',
]

const ids = [
  `<${mark}@example.org>`,
  '<a b@example.org>',
  '<a/b@example.org>',
  '<a%2Fb@example.org>',
  '<100%@example.org>',
  '<"q"@example.org>',
  '<\xff@example.org>',
  `<${'i'.repeat(3_000)}@example.org>`,
  '<..@example.org>',
  '<.>',
  '<?a=b#c@example.org>',
  'bare',
  '<\x00@example.org>',
  '<%00>',
  '<T/>',
  '<raw>',
  '<a\\b@example.org>',
]

const charsets = [
  'utf-16',
  'utf-7',
  'iso-2022-jp',
  'gb18030',
  'x',
  '"',
  'utf-8',
  'windows-1252',
  '__proto__',
  'big5',
  'shift_jis',
  'utf-16be',
  'replacement',
]

const partHeaders = [
  'Content-Type: text/plain',
  'Content-Type: text/html',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: message/rfc822',
  '',
  'Content-Type: application/pgp-signature',
  'Content-Type: text/x-patch; name=a.patch',
  'Content-Disposition: attachment; filename="a.diff"',
  'Content-Transfer-Encoding: base64',
  'Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: quoted-printable',
  'Content-Type: text/plain; format=flowed',
]

const paths = [
  '/dev/null',
  '"a/\\303\\251.c"',
  `a/${mark}`,
  'a/../../etc/passwd',
  '"',
  '',
  'b/',
  'a/x\ty',
  'a/__proto__',
  `"a/${'\\'.repeat(99)}`,
  'b/\xff',
]
