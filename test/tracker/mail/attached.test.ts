// Patches that hang on a mail: header, message, author and diff are read as one, whatever the client made of the file.
import { describe, expect, it } from 'vitest'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { messageIdOf } from '../../../tracker/decode/message-id.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'
import { patchTextOf, readPatch } from '../../../tracker/mail/patch-text.ts'

const diff = `diff --git a/src/tarn.c b/src/tarn.c
index 9798585..ee59e6e 100644
--- a/src/tarn.c
+++ b/src/tarn.c
@@ -7,3 +7,3 @@ context
 line 7
-line 8
+line eight
 line 9
`
const message = `It had no name.

Signed-off-by: Tom Berg <tom@example.org>
---
 src/tarn.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

`
const formatPatch = (
  subject = '[PATCH] tarn: name it',
) => `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?Tom=20Berg?= <tom@example.org>
Date: Mon, 2 Mar 2026 09:00:00 +0100
Subject: ${subject}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

${message}${diff}-- 
2.39.5
`
const mercurial = `# HG changeset patch
# User Tom Berg <tom@example.org>
# Date 1796012161 0
#      Mon Nov 30 04:16:01 2026 +0000
# Node ID 82b7f3536dd0a0efc3c5bd99a4f0992c0953d940
# Parent  b2508acdddacfda82e9a1862b3028e3435790072
tarn: name it

It had no name.

Signed-off-by: Tom Berg <tom@example.org>

${diff}`

interface Part {
  readonly head: string
  readonly text: string
}
const plain = (text: string): Part => ({ head: 'Content-Type: text/plain; charset=utf-8', text })

function mailOf(subject: string, parts: readonly Part[], more = ''): Buffer {
  const body = parts.map(({ head, text }) => `--U\n${head}\n\n${text}\n`).join('')
  return Buffer.from(
    `From: Ines Orsted <ines@example.org>\nSubject: ${subject}\nDate: Mon, 02 Mar 2026 09:00:00 +0100\nMessage-ID: <ae1@example.org>\n${more}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="U"\n\n${body}--U--\n`,
  )
}

function read(raw: Buffer) {
  const mail = decodeMail(raw)
  const facts = factsOf(mail, messageIdOf(raw), {})
  return { mail, facts, patch: readPatch(patchTextOf(mail)) }
}

const base64 = (text: string) => `${Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')}`

describe('one file is the patch of its mail', () => {
  it.each<[string, Part]>([
    [
      'git send-email',
      {
        head: 'Content-Type: text/x-patch; name="0001-x.patch"\nContent-Disposition: attachment; filename="0001-x.patch"',
        text: formatPatch(),
      },
    ],
    [
      'inline',
      {
        head: 'Content-Type: text/x-patch; name="0001-x.patch"\nContent-Disposition: inline; filename="0001-x.patch"',
        text: formatPatch(),
      },
    ],
    [
      'Outlook',
      {
        head: 'Content-Type: text/plain; name="0001-x.patch.txt"\nContent-Disposition: attachment; filename="0001-x.patch.txt"',
        text: formatPatch(),
      },
    ],
    [
      'Gmail',
      {
        head: 'Content-Type: application/octet-stream; name="0001-x.patch"\nContent-Disposition: attachment; filename="0001-x.patch"\nContent-Transfer-Encoding: base64',
        text: base64(formatPatch()),
      },
    ],
    [
      '.dif',
      {
        head: 'Content-Type: application/octet-stream; name="x.dif"\nContent-Disposition: attachment; filename="x.dif"\nContent-Transfer-Encoding: base64',
        text: base64(formatPatch()),
      },
    ],
    [
      'a bare name',
      {
        head: 'Content-Type: application/octet-stream; name="fix"\nContent-Disposition: attachment; filename="fix"\nContent-Transfer-Encoding: base64',
        text: base64(formatPatch()),
      },
    ],
    [
      'no name',
      {
        head: 'Content-Type: application/octet-stream\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64',
        text: base64(formatPatch()),
      },
    ],
    [
      'CRLF',
      {
        head: 'Content-Type: application/octet-stream\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64',
        text: base64(formatPatch().replaceAll('\n', '\r\n')),
      },
    ],
    ['quoted From line', { head: 'Content-Type: text/plain; name="fix.txt"', text: `>${formatPatch()}` }],
    ['a part without a name', { head: 'Content-Type: text/plain', text: formatPatch() }],
    [
      'Mercurial',
      {
        head: 'Content-Type: text/x-patch; name="x.patch"\nContent-Disposition: attachment; filename="x.patch"',
        text: mercurial,
      },
    ],
    ['Mercurial, inline', { head: 'Content-Type: text/plain; charset=utf-8', text: mercurial }],
  ])('%s', (_, part) => {
    const { facts, mail, patch } = read(mailOf('tarn: a name', [plain('Please find it.'), part]))
    expect(mail.body.trim()).toBe('Please find it.')
    expect(facts).toMatchObject({
      posting: 'patch',
      sender: { address: 'ines@example.org' },
      author: { name: 'Tom Berg', address: 'tom@example.org' },
      trailers: [{ key: 'Signed-off-by', person: { address: 'tom@example.org' } }],
      files: [{ path: 'src/tarn.c', added: 1, removed: 1 }],
    })
    const words = patch.message.filter(line => line.trim() !== '')
    expect(words).toEqual([
      'Please find it.',
      '[PATCH] tarn: name it',
      'From: Tom Berg <tom@example.org>',
      'It had no name.',
      'Signed-off-by: Tom Berg <tom@example.org>',
    ])
    expect(patch.files.map(file => file.path)).toEqual(['src/tarn.c'])
  })
})

it('git format-patch --attach: the message is in the mail, the diff in the file', () => {
  const file = { head: 'Content-Type: text/x-patch; name="0001-x.patch"', text: diff }
  const { facts, patch } = read(mailOf('[PATCH] tarn: name it', [plain(`\n${message}`), file]))
  expect(facts).toMatchObject({
    posting: 'patch',
    author: { address: 'ines@example.org' },
    trailers: [{ key: 'Signed-off-by', person: { address: 'tom@example.org' } }],
    files: [{ path: 'src/tarn.c' }],
  })
  expect(patch.message.filter(Boolean)).toEqual([
    'It had no name.',
    'Signed-off-by: Tom Berg <tom@example.org>',
  ])
  expect(patch.notes).toContain(' src/tarn.c | 2 +-')
})

const named = (name: string, subject: string): Part => ({
  head: `Content-Type: text/x-patch; name="${name}"\nContent-Disposition: attachment; filename="${name}"`,
  text: formatPatch(subject),
})

describe('several files in one mail', () => {
  it('are one posting, whose text shows each patch', () => {
    const parts = [
      named('0001-one.patch', '[PATCH 1/2] tarn: one'),
      named('0002-two.patch', '[PATCH 2/2] tarn: two'),
    ]
    const { facts, patch } = read(mailOf('tarn: two names', [plain('Both.'), ...parts]))
    expect(facts).toMatchObject({ posting: 'patch', subject: { number: null, total: null, version: null } })
    expect(patch.message).toContain('[PATCH 1/2] tarn: one')
    expect(patch.message).toContain('[PATCH 2/2] tarn: two')
    expect(patch.files).toHaveLength(2)
  })

  it('are so below a cover that has them all', () => {
    const parts = [
      named('0001-one.patch', '[PATCH 1/2] tarn: one'),
      named('0002-two.patch', '[PATCH 2/2] tarn: two'),
    ]
    expect(read(mailOf('[PATCH 0/2] tarn: names', [plain('Both.'), ...parts])).facts).toMatchObject({
      posting: 'patch',
      subject: { number: null, total: null },
    })
  })
})

describe('patches one after the other', () => {
  const [one, two] = ['[PATCH 1/2] tarn: one', '[PATCH 2/2] tarn: two'].map(subject => formatPatch(subject))
  const inline = (subject: string, text: string, more = '') =>
    read(
      Buffer.from(
        `From: Ines Orsted <ines@example.org>\nSubject: ${subject}\nDate: Mon, 02 Mar 2026 09:00:00 +0100\nMessage-ID: <ae1@example.org>\n${more}\n${text}`,
      ),
    )
  const withoutMbox = (text = '') => text.replace(/^From \d{40}.*\n/m, '')

  it.each([
    ['of an mbox', `Both from Tom.\n\n${one}\n${two}`],
    ['of headers alone', `Both from Tom.\n\n${withoutMbox(one)}\n${withoutMbox(two)}`],
    ['with nothing above', `${one}\n${two}`],
  ])('in the text are as many: %s', (_, text) => {
    const { facts, patch } = inline('tarn: two names', text)
    expect(facts).toMatchObject({
      posting: 'patch',
      author: { address: 'tom@example.org' },
      subject: { number: null, total: null },
      trailers: [{ key: 'Signed-off-by', person: { address: 'tom@example.org' } }],
    })
    expect(patch.message).toContain('[PATCH 1/2] tarn: one')
    expect(patch.message).toContain('[PATCH 2/2] tarn: two')
    expect(patch.message.filter(line => line === 'It had no name.')).toHaveLength(2)
    expect(patch.message.some(line => /^(?:Subject|Date|MIME-Version|From \d)/.test(line))).toBe(false)
    expect(patch.files).toHaveLength(2)
  })

  it('in one file are as many', () => {
    const file = { head: 'Content-Type: text/x-patch; name="all.mbox"', text: `${one}\n${two}` }
    const { patch } = read(mailOf('tarn: two names', [plain('Both.'), file]))
    expect(patch.message).toContain('[PATCH 1/2] tarn: one')
    expect(patch.message).toContain('[PATCH 2/2] tarn: two')
    expect(patch.files).toHaveLength(2)
  })

  it('differ when one of them does: the text of the mail is all of it', () => {
    const hashes = ['eight', 'ate'].map(
      word => inline('two', `${one}\n${two?.replace('line eight', `line ${word}`)}`).facts.textHash,
    )
    expect(new Set(hashes).size).toBe(2)
  })

  it('one header is that of git’s in-body lines, and an answer posts none', () => {
    const body =
      'From: Tom Berg <tom@example.org>\nDate: Mon, 2 Mar 2026 09:00:00 +0100\nSubject: [PATCH] tarn: name it\n\n'
    const { facts, patch } = inline('[PATCH] tarn: name it', `${body}${message}${diff}`)
    expect(facts).toMatchObject({ author: { address: 'tom@example.org' }, posting: 'patch' })
    expect(patch.message.filter(Boolean)[0]).toBe('It had no name.')
    const answer = inline('Re: tarn: names', `${one}\n${two}`, 'In-Reply-To: <ae0@example.org>\n')
    expect(answer.facts.posting).toBe('offered')
  })
})

describe('an answer with files', () => {
  const answer = 'In-Reply-To: <ae0@example.org>\nReferences: <ae0@example.org>\n'
  it.each<[string, Part[]]>([
    [
      'of a version in name and subject',
      [
        named('v3-0001-one.patch', '[PATCH v3 1/2] tarn: one'),
        named('v3-0002-two.patch', '[PATCH v3 2/2] tarn: two'),
      ],
    ],
    ['of a version in the subject alone', [named('fix.txt', '[PATCH v3] tarn: one')]],
    [
      'of a version in the name alone',
      [
        {
          head: 'Content-Type: text/x-diff; name="v3-0001-one.patch"\nContent-Disposition: attachment',
          text: diff,
        },
      ],
    ],
  ])('%s is a revision', (_, parts) => {
    const { facts } = read(
      mailOf('Re: [PATCH v2] tarn: two files', [plain('v3 attached.'), ...parts], answer),
    )
    expect(facts).toMatchObject({ posting: 'patch', subject: { version: 3, number: null } })
  })

  it('without a version offers a fix', () => {
    const { facts } = read(
      mailOf('Re: [PATCH v2] tarn: x', [plain('Like so?'), named('fix.patch', '[PATCH] tarn: y')], answer),
    )
    expect(facts).toMatchObject({ posting: 'offered', author: { address: 'ines@example.org' } })
  })
})

it('a report with its fix attached is a report', () => {
  const { facts } = read(
    mailOf('[BUG] tarn: it has no name', [
      plain('A fix is attached.'),
      named('0001-x.patch', '[PATCH] tarn: x'),
    ]),
  )
  expect(facts.posting).toBe('offered')
})

it.each([
  [
    'a log',
    'Content-Type: text/plain; name="dmesg.txt"\nContent-Disposition: attachment',
    '[    0.1] tarn: up\n--- cut here ---\n',
  ],
  [
    'a program',
    'Content-Type: application/octet-stream; name="a.out"\nContent-Disposition: attachment',
    '\x7fELF diff --git',
  ],
  [
    'a page',
    'Content-Type: text/html; name="x.html"\nContent-Disposition: attachment',
    `<pre>\n${diff}</pre>`,
  ],
])('%s is no patch', (_, head, text) => {
  const { mail, facts } = read(mailOf('tarn: it fails', [plain('See there.'), { head, text }]))
  expect(mail.attachedPatches).toEqual([])
  expect(facts.posting).toBe('none')
})

describe('a clear-signed patch', () => {
  const escaped = (text: string) => text.replace(/^-/gm, '- -')
  const armoured = (text: string, head = 'Hash: SHA512\n') =>
    `-----BEGIN PGP SIGNED MESSAGE-----\n${head}\n${escaped(text)}-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEEabcdef\n=abcd\n-----END PGP SIGNATURE-----\n`
  const header =
    'From: Tom Berg <tom@example.org>\nSubject: [PATCH] tarn: name it\nMessage-ID: <aa1@example.org>\n\n'

  it.each([
    ['alone', armoured(`${message}${diff}-- \n2.39.5\n`)],
    ['without a hash', armoured(`${message}${diff}`, '')],
    ['with two armour headers', armoured(`${message}${diff}`, 'Hash: SHA256\nComment: by hand\n')],
    [
      'above a list footer',
      `${armoured(`${message}${diff}`)}_______________________________________________\ntarn mailing list\ntarn@lists.example.org\n`,
    ],
    ['from Windows', armoured(`${message}${diff}`).replaceAll('\n', '\r\n')],
  ])('%s is a patch', (_, body) => {
    const { mail, facts, patch } = read(Buffer.from(header + body))
    expect(mail.body).not.toContain('PGP')
    expect(facts).toMatchObject({
      posting: 'patch',
      trailers: [{ key: 'Signed-off-by', person: { address: 'tom@example.org' } }],
      files: [{ path: 'src/tarn.c', added: 1, removed: 1 }],
    })
    expect(patch.message.filter(Boolean)).toEqual([
      'It had no name.',
      'Signed-off-by: Tom Berg <tom@example.org>',
    ])
  })

  it('in an attached file is undone, too', () => {
    const part = {
      head: 'Content-Type: text/x-patch; name="x.patch"\nContent-Disposition: attachment',
      text: armoured(`${message}${diff}`),
    }
    expect(read(mailOf('[PATCH] tarn: x', [plain('See there.'), part])).facts.files).toMatchObject([
      { added: 1, removed: 1 },
    ])
  })

  it('that is quoted, or cut before its end, is left as it is', () => {
    const quoted = armoured(message).replace(/^/gm, '> ')
    expect(read(Buffer.from(`${header}${quoted}\nFine.\n`)).mail.body).toContain('> -----BEGIN PGP')
    const cut = armoured(message).replace('-----END PGP SIGNATURE-----\n', '')
    expect(read(Buffer.from(header + cut)).mail.body).toBe(cut)
  })
})
