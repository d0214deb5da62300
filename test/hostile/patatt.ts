// Signs as `patatt sign` does with an ed25519 key, by its format alone: what git makes of the mail is hashed with the
// fields of h=, and the signature stands before the digest that it signs (NaCl).
import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Patatt {
  readonly h?: readonly string[]
  /** What i=, s= and a= say, where they are not the signer's. */
  readonly identity?: string
  readonly selector?: string
  readonly algorithm?: string
  readonly daysAgo?: number
  /** It names no hash of the body. */
  readonly bodiless?: true
}

export const patattFields = ['from', 'subject', 'date', 'message-id']

const keys = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>()

function keyOf(address: string) {
  const key = keys.get(address) ?? generateKeyPairSync('ed25519')
  keys.set(address, key)
  return key
}

/** In base64, as patatt has it. */
export const publicKeyOf = (address: string): string =>
  Buffer.from(keyOf(address).publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')

/** As the keyring of patatt and b4 has them: ed25519/DOMAIN/LOCAL/SELECTOR. */
export function placeKeys(keyring: string, people: readonly string[]): void {
  for (const address of people) {
    const [local = '', domain = ''] = address.split('@')
    const directory = join(keyring, 'ed25519', domain, local)
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'default'), publicKeyOf(address))
  }
}

/** Signed with the key of this address. */
export function withPatatt(mail: Buffer, address: string, how: Patatt): Buffer {
  const { h = patattFields, identity = address, selector = 'default' } = how
  const { fields, body } = canonical(mail)
  const time = Math.floor(Date.now() / 1000) - (how.daysAgo ?? 0) * 86_400
  const hash = createHash('sha256').update(body).digest('base64')
  const value = `v=1; a=${how.algorithm ?? 'ed25519'}-sha256; t=${time}; l=${body.length}; i=${identity}; s=${selector}; h=${h.join(':')};${how.bodiless ? '' : ` bh=${hash};`} b=`
  const digest = createHash('sha256')
  for (const name of h) {
    const field = fields.get(name)
    if (field !== undefined) digest.update(`${name}:${field}\r\n`)
  }
  const signed = digest.update(`x-developer-signature:${value}`).digest()
  const b = Buffer.concat([sign(null, signed, keyOf(address).privateKey), signed]).toString('base64')
  return Buffer.concat([Buffer.from(`X-Developer-Signature: ${value}${b}\n`), mail])
}

/** The fields by name, relaxed, with the author and title that `git mailinfo` finds, and its message and patch. */
function canonical(mail: Buffer): { fields: ReadonlyMap<string, string>; body: Buffer } {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-patatt-'))
  try {
    const words = ['mailinfo', '--encoding=utf-8', '--no-scissors', 'm', 'p']
    const info = execFileSync('git', words, { cwd: directory, input: mail }).toString()
    const said = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(info)?.[1] ?? ''
    const [head = ''] = mail.toString().split('\n\n')
    const fields = new Map(
      head
        .replace(/\n[ \t]+/g, ' ')
        .split('\n')
        .map(line => /^([^:]+):\s*(.*?)\s*$/.exec(line)?.slice(1) ?? [])
        .map(([name = '', value = '']) => [name.toLowerCase(), value.replace(/\s+/g, ' ')] as const),
    )
    fields.set('from', `${said('Author')} <${said('Email')}>`).set('subject', said('Subject'))
    const text = ['m', 'p'].map(name => readFileSync(join(directory, name), 'utf8')).join('')
    const lines = text.replace(/[\r\n]+$/, '').split('\n')
    return { fields, body: Buffer.from(lines.map(line => `${line}\r\n`).join('')) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
