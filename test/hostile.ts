// Mails that are hostile by their size or number. They are made here because nobody wants them in the repository.
import { gzipSync } from 'node:zlib'

/** A mail with these lines in its header. */
const mail = (name: string, fields: string, body: string) =>
  Buffer.from(
    `From: Ruth Abellan <ruth@example.org>\nTo: tarn-devel@lists.example.org\nSubject: ${name.replaceAll('-', ' ')}\nDate: Mon, 02 Mar 2026 19:00:10 +0100\nMessage-ID: <${name}@example.org>\nMIME-Version: 1.0\n${fields}\n${body}`,
  )

export const manyParts = () =>
  mail(
    'many-parts',
    'Content-Type: multipart/mixed; boundary=b\n',
    `${'--b\n\npart\n'.repeat(10_000)}--b--\n`,
  )

/** 200 multiparts, one in the other, with a text at the bottom. */
export function manyLevels(): Buffer {
  const depth = 200
  let body = 'the bottom\n'
  for (let level = depth; level > 1; level--)
    body = `--b${level - 1}\nContent-Type: multipart/mixed; boundary=b${level}\n\n${body}--b${level - 1}--\n`
  return mail('many-levels', 'Content-Type: multipart/mixed; boundary=b1\n', body)
}

/** 64 MB of zeros in 64 kB of gzip, said to be a patch, text and a thing that some mail programs unpack. */
export function decompressionTrap(): Buffer {
  const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 })
  const text =
    packed
      .toString('base64')
      .match(/.{1,76}/g)
      ?.join('\n') ?? ''
  const part = (type: string, more = '') =>
    `--b\nContent-Type: ${type}\nContent-Encoding: gzip\nContent-Transfer-Encoding: base64\n${more}\n${text}\n`
  const parts = [
    part('application/gzip; name="series.patch.gz"'),
    part('application/zip; name="a.zip"'),
    part('application/octet-stream', 'Content-Disposition: attachment; filename="b.tar.xz"\n'),
  ]
  return mail(
    'decompression-trap',
    'Content-Type: multipart/mixed; boundary=b\n',
    `--b\n\nSee the patch.\n${parts.join('')}--b--\n`,
  )
}

export const manyReferences = () =>
  mail(
    'many-references',
    `References:${Array.from({ length: 100_000 }, (_, n) => `\n <r${n}@example.org>`).join('')}\nIn-Reply-To: <r99999@example.org>\n`,
    'Whom do I answer?\n',
  )

/** The same within the limit of a header, in one line, nearly all of them one id. */
export const denseReferences = () =>
  mail(
    'dense-references',
    `References: ${'<a@b>'.repeat(40_000)}<parent@example.org>\n`,
    'Whom do I answer?\n',
  )

export const headerFlood = () =>
  mail('header-flood', Array.from({ length: 100_000 }, (_, n) => `X-${n}: y\n`).join(''), 'Body.\n')

export const foldedFlood = () => mail('folded-flood', `X-Folded: a${'\n b'.repeat(100_000)}\n`, 'Body.\n')

/** Outside our limits for a recipient list, inside those for a header. */
export const manyRecipients = () =>
  mail(
    'many-recipients',
    `Cc: ${Array.from({ length: 10_000 }, (_, n) => `P${n} <p${n}@example.org>`).join(',\n ')}\n`,
    'To everybody.\n',
  )

export const longId = () => mail(`long-${'i'.repeat(3_000)}`, '', 'My id has 3,000 characters.\n')

export const longAddress = () =>
  Buffer.from(
    longId()
      .toString()
      .replace('ruth@', `${'+'.repeat(100_000)}@`)
      .replace(/long-i+/, 'long-address'),
  )

export const longSubject = () =>
  Buffer.from(
    longId()
      .toString()
      .replace(/^Subject: .*$/m, `Subject: ${'[PATCH '.repeat(20_000)}x`)
      .replace(/long-i+/, 'long-subject'),
  )

/** An id that no URL can hold: percent-encoded it has 18 kB. */
export const endlessId = () => mail(`endless-${'%'.repeat(6_000)}`, '', 'My id has 6,000 characters.\n')

/** Every field that a page shows goes on for 30,000 characters. */
export const longFields = () => {
  const long = (letter: string) => letter.repeat(30_000)
  return Buffer.from(
    [
      `From: ${long('N')} <long-fields@example.org>`,
      `Reply-To: ${long('R')} <${long('r')}@example.org>`,
      `To: ${long('T')} <tarn-devel@lists.example.org>`,
      `Subject: [PATCH ${long('v')}] ${long('s')}`,
      `Date: Mon, 02 Mar 2026 19:00:10 +0100 (${long('D')})`,
      `List-Id: ${long('L')} <${long('l')}.example.org>`,
      'Message-ID: <long-fields@example.org>',
      '',
      `From: ${long('A')} <long-fields@example.org>`,
      '',
      'Long fields.',
      '',
    ].join('\n'),
  )
}

/** A thousand mails that answer each other in a ring. */
export const ring = () =>
  Array.from({ length: 1_000 }, (_, n) =>
    mail(`ring-${n}`, `In-Reply-To: <ring-${(n + 1) % 1_000}@example.org>\n`, `Mail ${n} of a ring.\n`),
  )
