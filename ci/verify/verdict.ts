// Whether somebody vouches for a push, and by what.
import type { Proof } from '../policy-settings.ts'

interface Evidence {
  /** By what it was verified; null for what was not. */
  readonly proof: Proof | null
  /** As the policy calls the person. */
  readonly signer: string | null
  /** The fingerprint of the primary OpenPGP key, or of the ssh key as ssh prints it. */
  readonly key: string | null
  /** What the programs said that were asked. */
  readonly said: readonly string[]
}

export type Verdict =
  | { readonly verified: true; readonly submitter: string; readonly evidence: Evidence }
  /** `why` is one sentence without its full stop. */
  | { readonly verified: false; readonly why: string; readonly evidence: Evidence }

/** Why a push is not believed: a sentence for whoever pushed. All other errors are ours, and say nothing of the push. */
export class Refusal extends Error {
  readonly said: readonly string[]

  constructor(why: string, said: readonly string[] = []) {
    super(why)
    this.said = said
  }
}
