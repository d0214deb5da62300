// Whose signature it is, and whether that counts for this ref of this repository today.
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Answer, askProgram } from '../../base/program.ts'
import { matchesRef, type Signer } from '../policy.ts'
import { searchPath } from '../program.ts'
import { checkOpenPgp } from './openpgp.ts'
import { kindOf, type Signed } from './signed.ts'
import { allowedSigners, checkSsh, fingerprintOf } from './ssh.ts'
import { gpgProgram, sshKeygenProgram, type Trust } from './trust.ts'
import { Refusal } from './verdict.ts'

/** For what it shall count. */
export interface Place {
  /** Its name in the policy. */
  readonly repository: string
  readonly ref: string
}

export interface Vouched {
  readonly signer: string
  readonly key: string
  readonly said: readonly string[]
}

/** How the programs are asked: git asks them for a commit, we ourselves for the certificate of a push. */
export interface Programs {
  /** GnuPG's status lines. */
  openpgp(gpg: string, home: string): Promise<{ answer: Answer; status: string }>
  /** What ssh-keygen printed. `revoked` is a file; null for none. */
  ssh(keygen: Keygen): Promise<{ answer: Answer; said: string }>
}

interface Keygen {
  readonly program: string
  /** The file of allowed signers. */
  readonly allowed: string
  readonly revoked: string | null
}

/** Throws `Refusal` when it does not count, and any other error when that cannot be found out now. */
export async function checkSignature(
  signed: Signed,
  programs: Programs,
  place: Place,
  trust: Trust,
): Promise<Vouched> {
  return kindOf(signed) === 'openpgp'
    ? openPgpSigner(signed, programs, place, trust)
    : sshSigner(programs, place, trust)
}

async function openPgpSigner(
  signed: Signed,
  programs: Programs,
  place: Place,
  { policy, keys, home }: Trust,
): Promise<Vouched> {
  const { answer, status } = await programs.openpgp(gpgProgram(), home)
  const { fingerprint, at, said } = await checkOpenPgp(signed, answer, status, keys)
  const listed = policy.signers.filter(({ key }) => key.kind === 'openpgp' && key.fingerprint === fingerprint)
  const signer = listed.find(each => counts(each, place, [Date.now(), at]))
  if (signer === undefined) throw new Refusal(notHere(listed[0], place), said)
  return { signer: signer.name, key: fingerprint, said }
}

async function sshSigner(programs: Programs, place: Place, { policy }: Trust): Promise<Vouched> {
  // git goes on with a warning when the list is not there, and would take a revoked key.
  if (policy.revoked !== null) await access(policy.revoked, constants.R_OK)
  const signers = policy.signers.filter(each => each.key.kind === 'ssh' && counts(each, place, [Date.now()]))
  const directory = await mkdtemp(join(tmpdir(), 'threadwork-signers-'))
  try {
    const allowed = join(directory, 'allowed')
    await writeFile(allowed, allowedSigners(signers))
    const { answer, said } = await programs.ssh({
      program: sshKeygenProgram(),
      allowed,
      revoked: policy.revoked,
    })
    const signer = checkSsh(answer, said, signers)
    return {
      signer: signer.name,
      key: fingerprintOf(signer),
      said: said.split('\n').filter(line => line !== ''),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

function counts(signer: Signer, { repository, ref }: Place, times: readonly number[]): boolean {
  const { validAfter, validBefore, repositories, refs } = signer
  if (times.some(at => at < (validAfter ?? at) || at >= (validBefore ?? Infinity))) return false
  return (repositories?.includes(repository) ?? true) && matchesRef(refs, ref)
}

const notHere = (signer: Signer | undefined, { repository, ref }: Place): string =>
  signer === undefined
    ? "It is signed by a key that is no signer's"
    : `The signature of ${signer.name} does not count today for ${ref} of ${repository}`

/** For what is no commit: GnuPG as git calls it (gpg-interface.c). */
export async function withPrograms<T>(
  { payload, signature }: Signed,
  use: (programs: Programs) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'threadwork-signature-'))
  try {
    const file = join(directory, 'signature')
    await writeFile(file, signature, 'latin1')
    const ask = (program: string, words: readonly string[]) =>
      askProgram(program, words, {
        env: { PATH: searchPath, LC_ALL: 'C', TZ: 'UTC0', HOME: directory },
        input: Buffer.from(payload, 'latin1'),
        secondsMax: 60,
        bytesMax: 1024 ** 2,
      })
    return await use({
      async openpgp(gpg, home) {
        const words = ['--homedir', home, '--batch', '--no-tty', '--status-fd=1', '--verify', file, '-']
        const answer = await ask(gpg, words)
        return { answer, status: answer.out.toString() }
      },
      async ssh({ program, allowed, revoked }) {
        const found = await ask(program, ['-Y', 'find-principals', '-f', allowed, '-s', file])
        const who = found.out.toString().split('\n')[0] ?? ''
        if (!/^signer-\d+$/.test(who)) return { answer: found, said: `${found.out}${found.said}` }
        const krl = revoked === null ? [] : ['-r', revoked]
        const words = ['-Y', 'verify', '-n', 'git', '-f', allowed, '-I', who, '-s', file, ...krl]
        const answer = await ask(program, words)
        return { answer, said: `${answer.out}${answer.said}` }
      },
    })
  } finally {
    await rm(directory, { recursive: true })
  }
}
