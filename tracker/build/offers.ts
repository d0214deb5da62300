// Which repositories anybody may fetch from, and which of their refs: ours with the patchsets that were mailed, and those of
// the policy, as far as it offers them.
import { matchesRef, type Policy } from '../../ci/policy.ts'
import { publishedRepository } from '../../ci/published.ts'

export interface Offer {
  readonly directory: string
  isOffered(ref: string): boolean
  /** Where what is offered is all that lies below it, however much that is: `refs/ci`. */
  readonly below?: string
}

/** By the name in the address, without `.git`; null for what is not there, or not offered at all. */
export type OfferOf = (name: string) => Offer | null

export const offersOf =
  (policy: () => Policy | null, data: string): OfferOf =>
  name => {
    const now = policy()
    if (name === 'ci') {
      const lists = now?.patches ?? []
      return lists.length === 0
        ? null
        : {
            directory: publishedRepository(data),
            isOffered: ref => ref.startsWith('refs/ci/'),
            below: 'refs/ci',
          }
    }
    const repository = now?.repositories.find(one => one.name === name)
    if (!repository || repository.offer.length === 0) return null
    return { directory: repository.path, isOffered: ref => matchesRef(repository.offer, ref) }
  }
