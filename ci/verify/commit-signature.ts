// The signature of a commit, by git verify-commit: without replaced objects, and with programs and files of ours whatever the
// repository's own configuration names.
import { askGit } from '../../base/git.ts'
import { readSignedObject } from './object.ts'
import { checkSignature, type Place, type Programs, type Vouched } from './signature.ts'
import { signedCommit } from './signed.ts'
import type { Trust } from './trust.ts'

/** `commit` is a whole id of a commit of the repository in `directory`. Throws `Refusal`. */
export async function checkCommit(
  directory: string,
  commit: string,
  place: Place,
  trust: Trust,
): Promise<Vouched> {
  const { code, out, said } = await readSignedObject(directory, 'commit', commit, 'The newest commit')
  if (code !== 0) throw new Error(`Cannot read the commit ${commit}: ${said.trim()}`)
  return checkSignature(signedCommit(out), programsOf(directory, commit, trust), place, trust)
}

function programsOf(directory: string, commit: string, { home }: Trust): Programs {
  const verify = (config: readonly string[]) =>
    askGit(directory, ['verify-commit', '--raw', commit], {
      config: [...config, 'gpg.x509.program=/bin/false', 'gpg.minTrustLevel=undefined'],
      env: { GNUPGHOME: home, HOME: home, TZ: 'UTC0' },
    })
  return {
    async openpgp(gpg) {
      const answer = await verify([
        `gpg.program=${gpg}`,
        `gpg.openpgp.program=${gpg}`,
        'gpg.ssh.program=/bin/false',
      ])
      return { answer, status: answer.said }
    },
    async ssh({ program, allowed, revoked }) {
      const answer = await verify([
        'gpg.program=/bin/false',
        'gpg.openpgp.program=/bin/false',
        `gpg.ssh.program=${program}`,
        `gpg.ssh.allowedSignersFile=${allowed}`,
        ...(revoked === null ? [] : [`gpg.ssh.revocationFile=${revoked}`]),
      ])
      return { answer, said: answer.said }
    },
  }
}
