// Who is in the cases, and what each can sign with: DKIM of the domain (the key is at the test's name server), an OpenPGP
// key (in the operator's keyring), and a list server that seals. Eve has a domain of her own and no key that counts.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sealMessage } from 'mailauth/lib/arc/index.js'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import * as openpgp from 'openpgp'
import type { TestDns } from '../dns.ts'
import { signerFor, toLog } from '../ingest/auth/letters.ts'
import { withBareDkim } from './bare-dkim.ts'
import type { Stamp } from './case.ts'
import { type Patatt, placeKeys, withPatatt } from './patatt.ts'

export const people = {
  /** The maintainer of every list here. */
  marek: 'Marek Tolvanen <marek@example.com>',
  /** A second maintainer where a case names one. */
  priya: 'Priya Santhanam <priya@example.net>',
  /** Writes patches. */
  ines: 'Ines Oduya <ines@example.org>',
  /** Reports bugs. */
  ruth: 'Ruth Abellan <ruth@example.org>',
  /** A robot of the table, and one that only says that it is a program. */
  bot: 'patchwork-bot <patchwork-bot+tarn@example.net>',
  program: 'Build service <builder@example.net>',
  /** The bridge of a bug tracker. */
  bridge: 'bugzilla-daemon <bugzilla-daemon@bugs.example.net>',
  /** The attacker under her own name. */
  eve: 'Eve Karst <eve@evil.example>',
  /** The attacker under other names: her own domain signs these. */
  eveAsMarek: 'Marek Tolvanen <marek@evil.example>',
  eveAsInes: 'Ines Oduya <ines@evil.example>',
  eveAsBridge: 'bugzilla-daemon <bugzilla-daemon@evil.example>',
  eveAsBot: 'patchwork-bot <patchwork-bot+evil@evil.example>',
  eveAsRuth: 'Ruth Abellan <ruth@evil.example>',
} as const
export type Who = keyof typeof people

export const addressOf = (who: Who) => people[who].slice(people[who].indexOf('<') + 1, -1)

/** How a mail is signed. `h`: the fields that DKIM covers, of those that are there. */
export type Signature =
  | { readonly by: 'dkim'; readonly h?: readonly string[]; readonly domain?: string }
  /** Written by hand with the attacker's key: what no library signs. */
  | { readonly by: 'bare dkim'; readonly domain: string; readonly selector: string }
  | { readonly by: 'pgp' | 'pgp/mime'; readonly who?: Who }
  | ({ readonly by: 'patatt'; readonly who?: Who } & Patatt)

/** What providers sign as a rule, and the fields with which other trackers are told something. */
export const usualFields = [
  ...['from', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to', 'references', 'mime-version'],
  ...['content-type'],
]

/** Covers what names the mail, and nothing of what it answers or to whom it goes: as many providers do. */
export const fewFields = ['from', 'subject', 'date', 'message-id']

export interface Cast {
  readonly dns: TestDns
  /** The operator's: a directory. */
  readonly keyring: string
  sign(mail: Buffer, from: Who, signature: Signature): Promise<Buffer>
  /** The list server `lists.example.org` puts a footer below and seals that it saw the DKIM of this domain. */
  seal(
    mail: Buffer,
    saw: string,
    more: {
      readonly footer?: string | undefined
      readonly covers?: readonly string[] | undefined
      readonly says?: string | undefined
    },
  ): Promise<Buffer>
  /** Or it writes what it saw into a field that its own DKIM covers. */
  stamp(mail: Buffer, stamp: Stamp, footer?: string): Promise<Buffer>
}

export const listHost = 'lists.example.org'
export const otherList = 'drum@lists.example.com'

export async function makeCast(dns: TestDns): Promise<Cast> {
  const keyring = mkdtempSync(join(tmpdir(), 'threadwork-hostile-'))
  const keys = new Map<Who, openpgp.PrivateKey>()
  const keyOf = async (who: Who) => {
    const known = keys.get(who)
    if (known) return known
    const { privateKey } = await openpgp.generateKey({
      userIDs: [{ name: who, email: addressOf(who) }],
      format: 'object',
      date: new Date(Date.now() - 86_400_000),
    })
    keys.set(who, privateKey)
    return privateKey
  }
  for (const who of ['marek', 'ines', 'ruth'] as const)
    writeFileSync(join(keyring, `${who}.asc`), (await keyOf(who)).toPublic().armor())
  placeKeys(keyring, (['marek', 'ines', 'ruth'] as const).map(addressOf))
  const signers = new Map(
    ['example.com', 'example.net', 'bugs.example.net', 'example.org', 'evil.example', listHost].map(
      domain => [domain, signerFor(dns, domain)],
    ),
  )
  const signerOf = (domain: string) => {
    const signer = signers.get(domain)
    if (!signer) throw new Error(`${domain} has no key`)
    return { signingDomain: domain, selector: signer.keySelector, privateKey: signer.privateKey }
  }
  return {
    dns,
    keyring,
    sign: async (mail, from, signature) => {
      if (signature.by === 'patatt') return withPatatt(mail, addressOf(signature.who ?? from), signature)
      if (signature.by === 'bare dkim')
        return withBareDkim(mail, { ...signature, privateKey: signerOf('evil.example').privateKey })
      if (signature.by !== 'dkim') return withPgp(mail, await keyOf(signature.who ?? from), signature.by)
      const domain = signature.domain ?? addressOf(from).split('@')[1] ?? ''
      const wire = toWire(mail)
      const { signatures } = await dkimSign(wire, {
        headerList: [...(signature.h ?? usualFields)],
        signTime: new Date(),
        ...signerOf(domain),
        signatureData: [signerOf(domain)],
      })
      return toLog(Buffer.concat([Buffer.from(signatures), wire]))
    },
    seal: async (mail, saw, { footer = '', covers, says }) => {
      const dressed = toWire(Buffer.concat([mail, Buffer.from(footer)]))
      const seal = await sealMessage(dressed, {
        ...signerOf(listHost),
        cv: 'none',
        ...(covers && { headerList: [...covers] }),
        authResults: `${listHost}; dkim=pass header.i=@${saw} header.d=${saw} header.s=k1${says ? `; ${says}` : ''}`,
      })
      return toLog(Buffer.concat([seal, dressed]))
    },
    stamp: async (
      mail,
      { saw, as = listHost, by = listHost, bare, below, result = 'dkim=pass' },
      footer = '',
    ) => {
      const said = `Authentication-Results: ${as};\n ${result} header.i=@${saw} header.d=${saw} header.s=k1\n`
      const text = mail.toString('utf8')
      const stamped = below ? text.replace('\n\n', () => `\n${said}\n`) : `${said}${text}`
      const wire = toWire(Buffer.from(stamped + footer))
      const { signatures } = await dkimSign(wire, {
        headerList: [...stampedFields, ...(bare ? [] : ['authentication-results'])],
        signTime: new Date(),
        ...signerOf(by),
        signatureData: [signerOf(by)],
      })
      return toLog(Buffer.concat([Buffer.from(signatures), wire]))
    },
  }
}

const stampedFields = ['from', 'to', 'subject', 'date', 'message-id', 'in-reply-to', 'references']

export const toWire = (mail: Buffer) =>
  Buffer.from(mail.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')

async function withPgp(mail: Buffer, key: openpgp.PrivateKey, how: 'pgp' | 'pgp/mime'): Promise<Buffer> {
  const text = mail.toString('utf8')
  const at = text.indexOf('\n\n') + 1
  const [head, body] = [text.slice(0, at), text.slice(at + 1)]
  if (how === 'pgp') {
    const message = await openpgp.createCleartextMessage({ text: body })
    return Buffer.from(`${head}\n${toLog(Buffer.from(await openpgp.sign({ message, signingKeys: key })))}`)
  }
  const part = `Content-Type: text/plain; charset=utf-8\n\n${body}`
  const message = await openpgp.createMessage({ binary: toWire(Buffer.from(part)) })
  const signature = await openpgp.sign({ message, signingKeys: key, detached: true })
  const type =
    'Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="b1"\n'
  return Buffer.from(
    `${head.replace(/^Content-Type: .*\n/m, type)}\n--b1\n${part}\n--b1\nContent-Type: application/pgp-signature\n\n${toLog(Buffer.from(signature))}\n--b1--\n`,
  )
}
