// Mails that are wrong by their size. They are made here because nobody wants them in the repository.
import { limits } from '../base/limits.ts'

/** A small body under a header of 2 MB: 20,000 fields that nobody reads, the usual ones in front. */
export function largeHeader(): Buffer {
  const field = (n: number) => `X-Padding-${n}: ${'0123456789'.repeat(9)}\n`
  const padding = Array.from({ length: 20_000 }, (_, n) => field(n)).join('')
  return mail('large-header', padding, 'The header of this mail has two million bytes.\n')
}

/** A mail of one mebibyte more than a mail may have. */
export function largeBody(): Buffer {
  const line = `${'x'.repeat(71)}\n`
  return mail('large-body', '', line.repeat(Math.ceil((limits.mailBytesMax + 1024 * 1024) / line.length)))
}

/** 1 MB of words of which no two are equal: as one tsvector PostgreSQL refuses them ("string is too long"). */
export function distinctWords(): Buffer {
  const words = Array.from({ length: 105_000 }, (_, n) => `w${(n * 2_654_435_761 + 40_503).toString(36)}`)
  const lines = Array.from({ length: Math.ceil(words.length / 8) }, (_, n) =>
    words.slice(n * 8, n * 8 + 8).join(' '),
  )
  return mail('distinct-words', '', `${lines.join('\n')}\n`)
}

function mail(name: string, fields: string, body: string): Buffer {
  return Buffer.from(
    `From: Ruth Abellan <ruth@example.org>
To: tarn-devel@lists.example.org
Subject: ${name.replaceAll('-', ' ')}
Date: Mon, 02 Mar 2026 19:00:10 +0100
Message-ID: <${name}.1@fen.example.org>
${fields}
${body}`,
  )
}
