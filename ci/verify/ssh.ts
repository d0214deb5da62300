// ssh signatures, by ssh-keygen: which keys it believes is a file that we write for each question, of those signers alone
// whose signature counts there and now. ssh-keygen compares the bounds of a key with the time that the commit says, which
// its author chooses; ours are compared with the clock as well.
import { createHash } from 'node:crypto'
import type { Answer } from '../../base/program.ts'
import type { Signer } from '../policy.ts'
import { Refusal } from './verdict.ts'

/** One line for each (ssh-keygen(1), ALLOWED SIGNERS); who it is stands there as a number, so no name can say more. */
export const allowedSigners = (signers: readonly Signer[]): string =>
  signers
    .map(({ key, validAfter, validBefore }, index) => {
      const bounds = [...bound('valid-after', validAfter), ...bound('valid-before', validBefore)]
      const options = ['namespaces="git"', ...bounds].join(',')
      return key.kind === 'ssh' ? `signer-${index} ${options} ${key.line}\n` : ''
    })
    .join('')

/** As YYYYMMDDHHMMSS; the program runs in UTC. */
const bound = (name: string, at: number | null): string[] =>
  at === null ? [] : [`${name}="${new Date(at).toISOString().slice(0, 19).replace(/[-T:]/g, '')}"`]

/** `said` is what ssh-keygen printed. Throws `Refusal`. */
export function checkSsh({ code }: Answer, said: string, signers: readonly Signer[]): Signer {
  const lines = said.split('\n').filter(line => line !== '')
  const good = lines.filter(line => line.startsWith('Good '))
  const [, index = '', fingerprint = ''] =
    /^Good "git" signature for signer-(\d{1,6}) with \S{1,40} key (SHA256:[A-Za-z0-9+/]{43})$/.exec(
      good[0] ?? '',
    ) ?? []
  const signer = signers[Number(index)]
  if (code !== 0 || good.length !== 1 || index === '' || signer === undefined)
    throw new Refusal(whyNot(lines), lines)
  if (fingerprintOf(signer) !== fingerprint)
    throw new Refusal('ssh-keygen names another key than the policy', lines)
  return signer
}

/** As ssh prints it. */
export function fingerprintOf({ key }: Signer): string {
  if (key.kind === 'openpgp') return key.fingerprint
  const bytes = Buffer.from(key.line.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256')
    .update(bytes)
    .digest('base64')
    .replace(/={1,2}$/, '')}`
}

function whyNot(lines: readonly string[]): string {
  const text = lines.join('\n')
  const key = /key (SHA256:[A-Za-z0-9+/]{43})/.exec(text)?.[1]
  if (key !== undefined) return `It is signed by the ssh key ${key}, which is no signer's here`
  return 'ssh-keygen does not take the signature, or its key is revoked'
}
