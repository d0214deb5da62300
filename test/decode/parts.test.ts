import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { decodeFixture, fixtureBytes } from './fixture.ts'

const patch = fixtureBytes('flowed-patch').toString().split('\n\n').slice(1).join('\n\n')
const types = (name: string) => decodeFixture(name).parts.map(part => `${part.path} ${part.type}`)

test('of alternatives the plain one is the body; both are parts', () => {
  expect(decodeFixture('alternative')).toMatchObject({ body: 'Plain words\n', problems: [] })
  expect(types('alternative')).toEqual(['1 text/plain', '2 text/html'])
})

test('an alternative that is blank gives way to HTML', () => {
  expect(decodeFixture('alternative-empty-plain').body).toBe('Hello & welcome\n')
})

test('a mail in HTML alone becomes readable text, quotations marked', () => {
  expect(decodeFixture('html-only').body).toBe(`Leak in the gauge

It drips <often> & loudly,
5 times €€ a€b &unknown; 3 < 4.

* one
* two

> Patch-Status: accepted
>
> > deeper
>

diff --git a/x b/x
 \tcontext  two

a  b

Bye
`)
})

test('HTML in front of a plain footer is the mail, HTML behind plain text is not', () => {
  expect(decodeFixture('html-with-footer').body).toBe(
    'Hello & welcome\n\n-- \nMailing list info: https://lists.example.net/pumps\n',
  )
  expect(decodeFixture('plain-with-html-footer').body).toBe('Plain words\n')
})

test('a list footer in a part of its own follows the text on a line of its own', () => {
  expect(decodeFixture('list-footer').body).toBe(
    `${patch.trimEnd()}\n\n-- \nMailing list info: https://lists.example.net/pumps\n`,
  )
})

test('of a signed mail the body is what was signed', () => {
  expect(decodeFixture('signed')).toMatchObject({
    body: patch,
    others: [{ path: '2', type: 'application/pgp-signature', filename: 'signature.asc', bytes: 82 }],
    problems: [],
  })
  expect(decodeFixture('signed-with-footer').body).toBe(`${patch}\n-- \nfooter\n`)
})

test('a forwarded mail is not said here', () => {
  const mail = decodeFixture('forwarded')
  expect(mail.body).toBe('See below.\n')
  expect(mail.parts).toHaveLength(1)
  expect(mail.others).toMatchObject([{ path: '2', type: 'message/rfc822' }])
})

test('parts of a digest are mails without saying so', () => {
  expect(decodeFixture('digest').others.map(part => part.type)).toEqual(['message/rfc822', 'message/rfc822'])
})

test('attached patches are found by type and by name, whatever the type', () => {
  const mail = decodeFixture('attached-patch')
  expect(mail.body).toBe('Two patches.\n')
  expect(mail.attachedPatches.map(part => [part.path, part.filename, part.text === patch])).toEqual([
    ['2', '0001-gauge.patch', true],
    ['3', '0002-valve.diff', true],
    ['6', null, true],
    ['7', '0003.PATCH', true],
  ])
  expect(mail.parts.map(part => part.attached)).toEqual([false, true, true, true, true, false, false])
})

test('a patch that a Windows shell wrote in UTF-16 is read', () => {
  expect(decodeFixture('utf-16-patch').attachedPatches).toMatchObject([{ charset: 'utf-16le', text: patch }])
})

test('a mail that is nothing but a patch has it as its body', () => {
  expect(decodeFixture('bare-patch')).toMatchObject({ body: patch, attachedPatches: [] })
})

test('file names are decoded and kept as data, paths and bidi controls too', () => {
  expect(decodeFixture('file-names').others.map(part => part.filename)).toEqual([
    '€ langer Name.txt',
    'Jörg.txt',
    'Jörg.txt',
    '../../etc/pass"wd',
    'photo\u202egpj.exe',
    'plan.png',
  ])
})

test('a multipart without a boundary, or whose boundary is nowhere, is read as one text', () => {
  const problem =
    'The mail says it has several parts, but where they begin cannot be found; it is read as one text'
  for (const name of ['no-boundary', 'boundary-not-found']) {
    expect(decodeFixture(name)).toMatchObject({ body: '--b1\n\ntext\n--b1--\n', problems: [problem] })
  }
})

test('a missing end boundary loses nothing', () => {
  expect(decodeFixture('no-end')).toMatchObject({
    body: 'first\nsecond, and then the line fell',
    problems: ['The end of the last part is missing; the mail may be cut'],
  })
})

test('a boundary that begins like another is not taken for it', () => {
  expect(decodeFixture('boundary-prefix')).toMatchObject({
    body: 'inner\n--bx is no boundary\nplain\nlast\n',
    problems: [],
  })
  expect(types('boundary-prefix')).toEqual(['1.1 text/plain', '1.2 text/html', '2 text/plain'])
})

test('an inner multipart with the boundary of the outer one loses no words', () => {
  expect(decodeFixture('boundary-same').body).toBe('plain\nlast\n')
  expect(types('boundary-same')).toEqual(['1 text/plain', '2 text/plain', '3 text/html', '4 text/plain'])
})

test('empty parts are no trouble', () => {
  expect(decodeFixture('empty-part')).toMatchObject({ body: 'words\n', problems: [] })
})

test.each(['application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', 'application/x-pkcs7-mime'])(
  'a mail of the type %s says why it has no text',
  type => {
    const mail = decodeMail(
      Buffer.from(`Subject: x\nContent-Type: ${type}\nContent-Transfer-Encoding: base64\n\nMIAGCSqG\n`),
    )
    expect(mail).toMatchObject({
      body: '',
      others: [{ type: type.split(';', 1)[0] }],
      problems: [
        'The mail is encrypted, or signed as one block that cannot be opened (S/MIME, application/pkcs7-mime); what it says is not read',
      ],
    })
  },
)
