// The signed certificate of a push (git push --signed): it says who moves which ref from where to where, so nobody can use a
// commit of somebody for another branch. What receive-pack thought of it came by the spool; only its word about the nonce is
// used, from the account that it runs as, and the rest is found out again.
import type { Push, Update } from '../push.ts'
import { readSignedObject } from './object.ts'
import { checkSignature, type Place, type Vouched, withPrograms } from './signature.ts'
import { signedCertificate } from './signed.ts'
import type { Trust } from './trust.ts'
import { Refusal } from './verdict.ts'

/** Throws `Refusal`. */
export async function checkCertificate(
  directory: string,
  push: Push,
  update: Update,
  place: Place,
  trust: Trust,
): Promise<Vouched> {
  if (push.certificate === null) throw new Refusal('The push is not signed (git push --signed)')
  if (push.nonceStatus !== 'OK')
    throw new Refusal(
      `The certificate of the push may be an old one: its nonce is ${push.nonceStatus ?? 'none'} (receive.certNonceSeed)`,
    )
  const what = 'The certificate of the push'
  const { code, out, said } = await readSignedObject(directory, 'blob', push.certificate, what)
  if (code !== 0) throw new Refusal(`${what} is not there: ${said.trim()}`)
  const signed = signedCertificate(out)
  refuseOther(Buffer.from(signed.payload, 'latin1').toString(), push, update)
  return withPrograms(signed, programs => checkSignature(signed, programs, place, trust))
}

/** Lines of names and values, an empty line, and "OLD NEW REF" for each ref. */
function refuseOther(payload: string, { nonce }: Push, update: Update): void {
  const [head = '', body = ''] = payload.split('\n\n')
  if (!head.startsWith('certificate version 0.1\n'))
    throw new Refusal('The certificate of the push is no certificate')
  const nonces = head.split('\n').filter(line => line.startsWith('nonce '))
  if (nonce === null || nonces.length !== 1 || nonces[0] !== `nonce ${nonce}`)
    throw new Refusal('The certificate of the push has another nonce than it was sent')
  const lines = body.split('\n').filter(line => line.slice(line.lastIndexOf(' ') + 1) === update.ref)
  const none = '0'.repeat((update.new ?? update.old ?? '').length)
  if (lines.length !== 1 || lines[0] !== `${update.old ?? none} ${update.new ?? none} ${update.ref}`)
    throw new Refusal('The certificate of the push does not say what was done to this ref')
}
