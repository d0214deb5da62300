// patatt: the X-Developer-Signature that b4 and git send-email hooks put on a patch. It survives lists, since it covers
// what `git mailinfo` reads of the mail and not its bytes. After patatt 0.6.3, step by step; its Python names are given.

import { createHash, createPublicKey, verify } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '../../base/limits.ts'
import { lfOnly } from '../../base/line-ends.ts'
import { decodeWords } from '../../tracker/decode/words.ts'
import { BadSignature, type Check, noteOf } from './check.ts'
import { coveredFields, partlyCovered } from './coverage.ts'
import { type Keys, type PersonKey, signatureHash } from './keyring.ts'
import { checkSignatures, clockAhead, keysOf } from './pgp.ts'
import { run } from './run.ts'
import { saysNothing } from './signed-text.ts'

/** `now` is the time of arrival. */
export async function checkPatatt(bytes: Buffer, keys: Keys, now: number): Promise<Check[]> {
  const mail = splitMail(bytes)
  const signatures = mail.headers.filter(({ name }) => name === devsig).slice(0, limits.signaturesMax)
  if (signatures.length === 0) return []
  try {
    const canonical = await canonicalMail(mail)
    return await Promise.all(
      signatures.map(({ value }) => checkOne(readSignature(value), canonical, keys, now)),
    )
  } catch (error) {
    return [{ method: 'patatt', result: 'fail', signer: null, note: noteOf(error) }]
  }
}

/** Whom its signatures name, before anything is proved: what `checkPatatt` calls the signer, and the address in it. */
export const signersOf = (bytes: Buffer): { readonly signer: string; readonly identity: string }[] =>
  splitMail(bytes)
    .headers.filter(({ name }) => name === devsig)
    .slice(0, limits.signaturesMax)
    .map(({ value }) => signerOf(readSignature(value), ''))
    .map(one => ({ signer: signerText(one), identity: one.identity }))

const devsig = 'x-developer-signature'

/** All text here is bytes as latin1. */
interface Field {
  /** Lower case. */
  readonly name: string
  readonly value: string
}

interface SplitMail {
  readonly headers: readonly Field[]
  /** Header lines that are kept for git, as they stand. */
  readonly head: string
  readonly body: string
}

/** load_from_bytes: a line of white space ends the header, a line that begins with it goes on with the one before. */
function splitMail(bytes: Buffer): SplitMail {
  const text = lfOnly(bytes).toString('latin1')
  const fields: string[] = []
  let at = 0
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const next = newline < 0 ? text.length : newline + 1
    const line = text.slice(at, next)
    at = next
    if (strip(line) === '') break
    if (/^[ \t]/.test(line) && fields.length > 0) fields.push((fields.pop() ?? '') + line)
    else fields.push(line)
  }
  return { headers: fields.flatMap(toField), head: fields.join(''), body: text.slice(at) }
}

function toField(text: string): Field[] {
  const colon = text.indexOf(':')
  return colon < 0 ? [] : [{ name: strip(text.slice(0, colon)).toLowerCase(), value: text.slice(colon + 1) }]
}

/** The white space of Python's bytes. */
const spaces = /[ \t\n\r\f\v]+/g
const isSpace = (letter: string | undefined) => letter !== undefined && ' \t\n\r\f\v'.includes(letter)

function strip(text: string): string {
  let start = 0
  let end = text.length
  while (isSpace(text[start])) start++
  while (end > start && isSpace(text[end - 1])) end--
  return text.slice(start, end)
}

interface Canonical {
  readonly headers: readonly Field[]
  readonly body: string
}

/** What git makes of a mail, which is what a signature covers of its author, title and text. */
export async function readByGit(
  bytes: Buffer,
): Promise<{ author: string; email: string; subject: string; text: string }> {
  const { head, body } = splitMail(bytes)
  const { message, patch, info } = await mailinfo(`${head}\n${body}`)
  const said = saidIn(info)
  const text = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8')
  const field = (name: string) => text(said.get(name) ?? '')
  return {
    ...{ author: field('author'), email: field('email'), subject: field('subject') },
    text: `${text(withoutLineEnds(message + patch))}\n`,
  }
}

const saidIn = (info: string): ReadonlyMap<string, string> =>
  new Map(
    info
      .split('\n')
      .flatMap(toField)
      .map(({ name, value }) => [name, strip(value)]),
  )

/** git_canonicalize: what git makes of the mail stands for its From, Subject and body. */
async function canonicalMail({ headers, head, body }: SplitMail): Promise<Canonical> {
  const { message, patch, info } = await mailinfo(`${head}\n${body}`)
  const said = saidIn(info)
  const instead: Record<string, string | undefined> = {
    from: ` ${said.get('author') ?? ''} <${said.get('email') ?? ''}>`,
    subject: ` ${said.get('subject') ?? ''}`,
  }
  const lines = withoutLineEnds(message + patch).split('\n')
  return {
    headers: headers.map(({ name, value }) => ({ name, value: instead[name] ?? value })),
    body: lines.map(line => `${withoutLineEnds(line)}\r\n`).join(''),
  }
}

function withoutLineEnds(text: string): string {
  let end = text.length
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--
  return text.slice(0, end)
}

async function mailinfo(mail: string): Promise<{ message: string; patch: string; info: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'threadwork-mailinfo-'))
  try {
    const [message, patch] = [join(directory, 'm'), join(directory, 'p')]
    const words = ['mailinfo', '--encoding=utf-8', '--no-scissors', message, patch]
    const info = await run('git', words, Buffer.from(mail, 'latin1'), directory)
    return {
      message: await readFile(message, 'latin1'),
      patch: await readFile(patch, 'latin1'),
      info: info.toString('latin1'),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

interface DevSignature {
  readonly fields: ReadonlyMap<string, string>
  /** The header's value up to and with the last `b=`, as it is signed. */
  readonly signed: string
  /** Base64. */
  readonly b: string
}

/** DevsigHeader.from_bytes, and the split at `b=` of DevsigHeader.validate. */
function readSignature(raw: string): DevSignature {
  const value = canonicalValue(raw)
  const fields = value
    .replace(spaces, '')
    .split(';')
    .flatMap(part => {
      const equals = part.indexOf('=')
      return equals < 0 ? [] : [[part.slice(0, equals), part.slice(equals + 1)] as const]
    })
  // base64 may itself end in `b=`.
  const b = /(?:^|;) ?b=[^;]*$/.exec(value)
  const at = b === null ? value.length : value.indexOf('=', b.index) + 1
  return { fields: new Map(fields), signed: value.slice(0, at), b: value.slice(at).replace(spaces, '') }
}

/** _dkim_canonicalize_header, without the line end. */
function canonicalValue(value: string): string {
  const text = value.includes('?q?')
    ? Buffer.from(decodeWords(value.replace(/[^\0-\x7f]/g, '')), 'utf8').toString('latin1')
    : value
  return strip(text.replace(/[\r\n]/g, '').replace(spaces, ' '))
}

async function checkOne(signature: DevSignature, mail: Canonical, keys: Keys, now: number): Promise<Check> {
  const { fields } = signature
  const by = signerOf(signature, emailOf(mail))
  const signer = signerText(by)
  try {
    const covered = coverage(signature, mail)
    const digest = digestOf(signature, mail)
    const proof = await prove(by, signature, digest, keys, now)
    const names = (fields.get('h') ?? '').split(':')
    const check = {
      method: 'patatt' as const,
      signer,
      ...proof,
      covers: coveredFields(mail.headers, names),
      partly: partlyCovered(mail.headers, names),
      signature: signatureHash(digest),
    }
    return covered === 'whole'
      ? { ...check, result: 'pass' }
      : { ...check, result: 'unused', note: { code: 'text-below' } }
  } catch (error) {
    return { method: 'patatt', result: 'fail', signer, note: noteOf(error) }
  }
}

const emailOf = ({ headers }: Canonical) =>
  /<([^<>]{0,320})>$/.exec(headers.find(({ name }) => name === 'from')?.value ?? '')?.[1] ?? ''

/** bh= of the body, else of its first l= bytes; then what follows must say nothing. Throws when neither fits. */
function coverage({ fields }: DevSignature, { body }: Canonical): 'whole' | 'part' {
  if (fields.get('bh') === hashOf(body)) return 'whole'
  const length = Number(fields.get('l'))
  if (length > 0 && length < body.length && fields.get('bh') === hashOf(body.slice(0, length)))
    return saysNothing(body.slice(length)) ? 'whole' : 'part'
  throw new BadSignature('body-changed')
}

const hashOf = (text: string) => createHash('sha256').update(text, 'latin1').digest('base64')

/** set_headers in mode `validate`: of a name that stands twice the last is taken first. */
function digestOf({ fields, signed }: DevSignature, { headers }: Canonical): Buffer {
  const names = (fields.get('h') ?? '').split(':')
  if (!names.includes('from') || !names.includes('subject')) throw new BadSignature('header-uncovered')
  const left = headers.toReversed()
  const hash = createHash('sha256')
  for (const name of names) {
    const at = left.findIndex(header => header.name === name)
    const [header] = at < 0 ? [] : left.splice(at, 1)
    if (header) hash.update(`${name}:${canonicalValue(header.value)}\r\n`, 'latin1')
  }
  return hash.update(`${devsig}:${signed}`, 'latin1').digest()
}

interface Signer {
  readonly algorithm: string
  readonly identity: string
  readonly selector: string
}

function signerOf({ fields }: DevSignature, author: string): Signer {
  const [algorithm = ''] = (fields.get('a') ?? '').split('-')
  return {
    algorithm,
    identity: (fields.get('i') ?? author).toLowerCase(),
    selector: (fields.get('s') ?? 'default').toLowerCase(),
  }
}

const signerText = ({ algorithm, identity, selector }: Signer) =>
  `${algorithm} ${identity} ${selector}`.slice(0, 200)

/** Throws when the signature is not the identity's. */
async function prove(
  signer: Signer,
  signature: DevSignature,
  digest: Buffer,
  keys: Keys,
  now: number,
): Promise<Pick<Check, 'addresses' | 'signedAt'>> {
  const bytes = Buffer.from(signature.b, 'base64')
  if (bytes.length > limits.keyFileBytesMax) throw new BadSignature('signature-large')
  if (signer.algorithm === 'openpgp') return provePgp(signer, bytes, digest, keys, now)
  if (signer.algorithm !== 'ed25519' && signer.algorithm !== 'openssh')
    throw new BadSignature('algorithm-unknown', signer.algorithm.slice(0, 20))
  const key = keys.people.find(
    one =>
      one.algorithm === signer.algorithm &&
      one.address === signer.identity &&
      one.selector === signer.selector,
  )
  if (key === undefined) throw new BadSignature('key-unknown')
  const time = Number(signature.fields.get('t'))
  if (!(time > 0)) throw new BadSignature('time-missing')
  if (signer.algorithm === 'ed25519') proveEd25519(key, bytes, digest)
  else await proveSsh(key, signature.b, digest)
  return { addresses: [signer.identity], signedAt: time * 1000 }
}

/** NaCl's combined form: 64 bytes of signature, then the message, which is the digest. */
function proveEd25519(key: PersonKey, bytes: Buffer, digest: Buffer): void {
  const x = Buffer.from(key.text, 'base64').toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const message = bytes.subarray(64)
  if (!message.equals(digest)) throw new BadSignature('header-changed')
  if (!verify(null, message, publicKey, bytes.subarray(0, 64))) throw new BadSignature('signature-wrong')
}

/** By ssh-keygen, with the key as the only signer that is allowed. */
async function proveSsh(key: PersonKey, b: string, digest: Buffer): Promise<void> {
  const [type = '', blob = ''] = key.text.split(/\s+/)
  const directory = await mkdtemp(join(tmpdir(), 'threadwork-ssh-'))
  try {
    await writeFile(join(directory, 'signers'), `patatter@local namespaces="patatt" ${type} ${blob}\n`)
    await writeFile(
      join(directory, 'signature'),
      `-----BEGIN SSH SIGNATURE-----\n${b.replace(/[^A-Za-z0-9+/=]/g, '')}\n-----END SSH SIGNATURE-----\n`,
    )
    const words = ['-Y', 'verify', '-n', 'patatt', '-I', 'patatter@local', '-f', 'signers', '-s', 'signature']
    await run('ssh-keygen', words, digest, directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** `gpg -s` of the digest: the message is in the signature. A key of the person's file, or one with the person's user id. */
async function provePgp(
  { identity }: Signer,
  bytes: Buffer,
  digest: Buffer,
  keys: Keys,
  now: number,
): Promise<Pick<Check, 'addresses' | 'signedAt'>> {
  const openpgp = await import('openpgp')
  const config = { maxDecompressedMessageSize: limits.keyFileBytesMax }
  const message = await openpgp.readMessage({ binaryMessage: new Uint8Array(bytes), config })
  const verificationKeys = keysOf(keys)
  const result = await openpgp.verify({
    message,
    verificationKeys,
    format: 'binary',
    date: clockAhead(now),
    config,
  })
  if (!Buffer.from(result.data).equals(digest)) throw new BadSignature('header-changed')
  const checks = await checkSignatures(result, keys.pgp)
  const good = checks.find(check => check.result === 'pass' && check.addresses?.includes(identity))
  if (good) return { addresses: [identity], signedAt: good.signedAt ?? null }
  const [first] = checks
  throw first?.note
    ? new BadSignature(first.note.code, first.note.of)
    : new BadSignature('key-of-another', identity)
}
