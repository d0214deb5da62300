// What was signed and the signature, taken out of a commit or of the certificate of a push as git does it.
import { Refusal } from './verdict.ts'

export interface Signed {
  /** Bytes as latin1, which keeps each. */
  readonly payload: string
  readonly signature: string
}

/** `bytes` are the raw commit. git adds the lines of two signatures to one another, so a second one is refused. */
export function signedCommit(bytes: Buffer): Signed {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\n\n')
  const fields = text.slice(0, end < 0 ? text.length : end).split(/\n(?! )/)
  const signatures = fields.filter(isSignature)
  const [signature, second] = signatures
  if (signature === undefined) throw new Refusal('The newest commit is not signed')
  if (second !== undefined) throw new Refusal('The newest commit has more than one signature')
  const rest = end < 0 ? '' : text.slice(end)
  return {
    payload: `${fields.filter(field => !isSignature(field)).join('\n')}${rest}`,
    signature: `${signature.replace(/^\S+ /, '').replaceAll('\n ', '\n')}\n`,
  }
}

const isSignature = (field: string): boolean => /^gpgsig(?:-sha256)? /.test(field)

/** The certificate ends in its signature (gitformat-signature(5)). */
export function signedCertificate(bytes: Buffer): Signed {
  const text = bytes.toString('latin1')
  const starts = [...text.matchAll(/^-----BEGIN /gm)].map(({ index }) => index)
  const [start, second] = starts
  if (start === undefined) throw new Refusal('The certificate of the push is not signed')
  if (second !== undefined) throw new Refusal('The certificate of the push has more than one signature')
  return { payload: text.slice(0, start), signature: text.slice(start) }
}

export function kindOf({ signature }: Signed): 'openpgp' | 'ssh' {
  if (/-----BEGIN [\s\S]*-----BEGIN /.test(signature)) throw new Refusal('There is more than one signature')
  if (/^-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----/.test(signature)) return 'openpgp'
  if (signature.startsWith('-----BEGIN SSH SIGNATURE-----')) return 'ssh'
  throw new Refusal('The signature is neither of OpenPGP nor of ssh')
}
