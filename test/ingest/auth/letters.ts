// Letters for the tests of authentication: signed by nodemailer's DKIM, by openpgp.js or by hand, with LF as in the log.
import { generateKeyPairSync } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { examine } from '../../../ingest/auth/examine.ts'
import { openKeyring } from '../../../ingest/auth/keyring.ts'
import { lookupsOfOneMail, makeResolver } from '../../../ingest/auth/resolver.ts'
import { type Judgement, judge, type Known } from '../../../ingest/auth/verdict.ts'
import { howWords } from '../../../tracker/topic/verdict-words.ts'
import type { TestDns } from '../../dns.ts'

export interface Letter {
  readonly from?: string
  readonly subject?: string
  readonly text?: string
  readonly id?: string
  readonly date?: Date
  readonly headers?: Record<string, string>
}

/** The mail as a client sends it; DKIM when a signer is given. */
export async function letter(
  {
    from = 'Ada Example <ada@example.org>',
    subject = 'A letter',
    text = 'Hello\n',
    id,
    date,
    headers = {},
  }: Letter,
  signer?: Signer,
): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message } = await transport.sendMail({
    from,
    to: 'demo@lists.example.net',
    subject,
    text,
    date: date ?? new Date(),
    messageId: `<${id ?? `letter-${++letters}@example.org`}>`,
    headers,
    ...(signer && { dkim: signer }),
  })
  return toLog(message as Buffer)
}

let letters = 0

export const toLog = (bytes: Buffer) =>
  Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')

export interface Signer {
  readonly domainName: string
  readonly keySelector: string
  readonly privateKey: string
}

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

/** Publishes the key of a domain and answers what signs with it. */
export function signerFor(dns: TestDns, domainName: string, extra = ''): Signer {
  dns.records.set(
    `k1._domainkey.${domainName}`,
    `v=DKIM1; k=rsa; ${extra}p=${pair.publicKey.toString('base64')}`,
  )
  return { domainName, keySelector: 'k1', privateKey: pair.privateKey }
}

export const changed = (bytes: Buffer, from: string | RegExp, to: string) => {
  const text = bytes.toString('latin1')
  const other = text.replace(from, to)
  if (other === text) throw new Error(`Nothing to change: ${from}`)
  return Buffer.from(other, 'latin1')
}

export interface Court {
  readonly dns?: TestDns
  readonly keyring?: string
  readonly trustedServers?: readonly string[]
  readonly known?: Partial<Known>
  readonly arrived?: number
}

/** The grade of a mail and why, as the pages say it, without a database. */
export async function judged(
  bytes: Buffer,
  court: Court = {},
): Promise<Omit<Judgement, 'how'> & { readonly how: string }> {
  const arrived = court.arrived ?? Date.now()
  const { claim, checks } = await examine(
    bytes,
    { road: 'smtp' },
    {
      keys: await openKeyring(court.keyring ?? null)(),
      lookups: lookupsOfOneMail(
        makeResolver(court.dns?.server ?? '127.0.0.1:1', { timeoutMs: 100 }),
        new AbortController().signal,
      ),
      trustedServers: court.trustedServers ?? [],
    },
    arrived,
  )
  const known = { person: false, seen: false, used: new Set<string>(), ...court.known }
  const judgement = judge(claim, checks, known, arrived)
  return { ...judgement, how: howWords(judgement.how) }
}
