// Whether somebody whom the policy trusts vouches for what was pushed to a ref.
import { stat } from 'node:fs/promises'
import { matchesRef, type PolicyRepository } from '../policy.ts'
import type { Proof } from '../policy-settings.ts'
import type { Push, Update } from '../push.ts'
import { checkCertificate } from './certificate.ts'
import { checkCommit } from './commit-signature.ts'
import type { Vouched } from './signature.ts'
import type { Trust } from './trust.ts'
import { Refusal, type Verdict } from './verdict.ts'

export interface Claim {
  readonly repository: PolicyRepository
  readonly push: Push
  /** The account that wrote of the push. */
  readonly account: number
  readonly update: Update
  /** What the ref was moved to, as a commit: a whole id. */
  readonly commit: string
}

/** Of several proofs that will do the first one counts. Throws when it cannot be found out now. */
export async function verify(claim: Claim, trust: Trust): Promise<Verdict> {
  const refusals: Refusal[] = []
  for (const proof of proofsFor(claim)) {
    try {
      const { signer, key, said, submitter } = await prove[proof](claim, trust)
      return { verified: true, submitter, evidence: { proof, signer, key, said: bounded(said) } }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusals.push(error)
    }
  }
  const why = refusals.map(({ message }) => message).join('; ')
  const said = bounded(refusals.flatMap(refusal => refusal.said))
  return { verified: false, why, evidence: { proof: null, signer: null, key: null, said } }
}

const proofsFor = ({ repository, update }: Claim): readonly Proof[] =>
  repository.proofs.find(({ refs }) => matchesRef(refs, update.ref))?.require ?? []

interface Proved {
  readonly signer: string | null
  readonly key: string | null
  readonly said: readonly string[]
  readonly submitter: string
}

const prove: Record<Proof, (claim: Claim, trust: Trust) => Promise<Proved>> = {
  'commit-signature': async ({ repository, update, commit }, trust) =>
    bySigner(await checkCommit(repository.path, commit, placeOf(repository, update), trust)),
  'push-certificate': async (claim, trust) => {
    await refuseHearsay(claim, 'the nonce of the certificate')
    const { repository, push, update } = claim
    return bySigner(await checkCertificate(repository.path, push, update, placeOf(repository, update), trust))
  },
  'gitolite-user': async (claim, { policy }) => {
    const { user } = claim.push
    if (user === null) throw new Refusal('Gitolite did not say who pushed')
    if (!policy.gitoliteUsers.includes(user)) throw new Refusal(`The gitolite user ${user} is not listed`)
    await refuseHearsay(claim, 'who pushed')
    return { signer: user, key: null, said: [], submitter: user }
  },
  any: async ({ push, account }) => {
    const submitter = push.user ?? `account ${account}`
    return { signer: null, key: null, said: [], submitter }
  },
}

const bySigner = (vouched: Vouched): Proved => ({ ...vouched, submitter: vouched.signer })
const placeOf = ({ name }: PolicyRepository, { ref }: Update) => ({ repository: name, ref })

/** What only the hook knows is believed of the account that owns the repository, of root and of our own. */
async function refuseHearsay({ repository, account }: Claim, what: string): Promise<void> {
  const { uid } = await stat(repository.path)
  if (account === uid || account === 0 || account === process.getuid?.()) return
  throw new Refusal(`The account ${account} said ${what}, and the repository is not its own`)
}

/** For the row: a signature of a thousand lines says no more. */
const bounded = (said: readonly string[]): string[] => said.slice(0, 40).map(line => line.slice(0, 500))
