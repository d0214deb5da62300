// Mails for the tests of the roads in: small, each with its own id and text.

/** A mail with LF line ends, as the log keeps it. */
export const mail = (name: string, body = `This is ${name}.\n`) =>
  Buffer.from(
    [
      'From: Ada Example <ada@example.org>',
      'To: demo@lists.example.net',
      `Subject: ${name}`,
      'Date: Mon, 2 Mar 2026 10:00:00 +0000',
      `Message-ID: <${name}@example.org>`,
      '',
      body,
    ].join('\n'),
  )

export const fromLine = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'

/** The mails as one mbox, as a program writes it that knows nothing of quoting. */
export const mboxOf = (mails: readonly Buffer[]) =>
  Buffer.concat(mails.flatMap(bytes => [Buffer.from(fromLine), bytes, Buffer.from('\n')]))

/** Cuts bytes into chunks of this size, as a file or a socket hands them over. */
export async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
