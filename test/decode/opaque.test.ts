// A mail whose signature wraps it (S/MIME in one block): opened and read, or said why not.
import { describe, expect, it } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { openedParts } from '../../tracker/decode/opaque.ts'
import { factsIn } from '../commands/commands.ts'
import { decodeFixture, fixtureBytes } from './fixture.ts'

const sealed =
  'The mail is encrypted, or signed as one block that cannot be opened (S/MIME, application/pkcs7-mime); what it says is not read'

/** One element of BER: its tag, its length, what is in it. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const inside = Buffer.concat(parts)
  const { length } = inside
  const size = length < 128 ? [length] : [0x83, length >> 16, (length >> 8) & 255, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), inside])
}

const name = (last: number) => Buffer.from([0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last])
const version = Buffer.from([0x02, 0x01, 0x01])

const signed = (content: Buffer) =>
  element(
    0x30,
    name(2),
    element(
      0xa0,
      element(0x30, version, element(0x31), element(0x30, name(1), element(0xa0, content)), element(0x31)),
    ),
  )

const mailOf = (bytes: Buffer, header = 'Subject: x') =>
  Buffer.from(
    `${header}\nContent-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n${bytes.toString('base64')}\n`,
  )

describe('a mail that is signed as one block', () => {
  it('is read like any other: a patch with its diff and its sign-off', () => {
    const mail = decodeFixture('opaque-signed')
    expect(mail.problems).toEqual([])
    expect(mail.body).toContain('It need not be – nobody waits for it.')
    expect(factsIn(fixtureBytes('opaque-signed'))).toMatchObject({
      posting: 'patch',
      files: [{ path: 'src/wal.c', added: 1, removed: 1 }],
      trailers: [{ key: 'Signed-off-by', person: { address: 'ines@example.org' } }],
    })
  })

  it('may hold several parts', () => {
    const inner =
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWords.\r\n--b\r\nContent-Type: text/x-patch\r\n\r\ndiff --git a/x b/x\r\n--b--\r\n'
    const mail = decodeMail(mailOf(signed(element(0x04, Buffer.from(inner)))))
    expect(mail).toMatchObject({
      body: 'Words.',
      problems: [],
      attachedPatches: [{ type: 'text/x-patch' }],
    })
  })

  it('says of itself what stands outside: a field inside changes nothing', () => {
    const inner =
      'From: Marek <marek@example.net>\r\nSubject: y\r\nContent-Type: text/plain\r\n\r\nAcked-by: Ruth <ruth@example.org>\r\n'
    const facts = factsIn(
      mailOf(
        signed(element(0x04, Buffer.from(inner))),
        'From: Ruth <ruth@example.org>\nSubject: Re: [PATCH] x\nMessage-ID: <m@example.org>',
      ),
    )
    expect(facts.sender.address).toBe('ruth@example.org')
    expect(facts.trailers).toHaveLength(1)
  })
})

describe('what cannot be opened is said', () => {
  const deep = (levels: number) => {
    let inside: Buffer = Buffer.from('x')
    for (let level = 0; level < levels; level++) inside = element(0x24, inside)
    return signed(inside)
  }
  it.each<[string, Buffer]>([
    ['cut', signed(element(0x04, Buffer.from('\r\nWords.\r\n'))).subarray(0, 40)],
    ['of another kind', element(0x30, name(3), element(0xa0, element(0x30, version)))],
    [
      'without content',
      element(0x30, name(2), element(0xa0, element(0x30, version, element(0x31), element(0x30, name(1))))),
    ],
    ['nested too deep', deep(200)],
    ['no such block at all', Buffer.from('Words.')],
  ])('%s', (_, bytes) => {
    expect(decodeMail(mailOf(bytes))).toMatchObject({ body: '', problems: [sealed] })
  })

  it('encrypted', () => {
    expect(decodeFixture('opaque-encrypted')).toMatchObject({ body: '', problems: [sealed] })
  })
})

it('blocks within blocks and many small pieces come to an end', () => {
  let inner: Buffer = Buffer.from('Content-Type: text/plain\r\n\r\nWords.\r\n')
  for (let level = 0; level < 30; level++)
    inner = Buffer.from(
      `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n${signed(element(0x04, inner)).toString('base64')}\r\n`,
    )
  expect(decodeMail(mailOf(signed(element(0x04, inner)))).problems).toContain(sealed)
  const pieces = Buffer.concat(Array.from({ length: 200_000 }, () => element(0x04, Buffer.from('x'))))
  const start = performance.now()
  expect(openedParts(signed(element(0x24, pieces)))).toBeNull()
  expect(performance.now() - start).toBeLessThan(5_000)
})
