// May this revision be built without asking anybody? A pure judgement of what is known of its mails, of what it changes, and
// of the policy of its list. What is not let in here waits for an approver, with the sentence that says why and the files that nobody builds unasked.
import type { PatchPolicy } from '../../ci/policy.ts'
import { matchesRef } from '../../ci/policy.ts'
import type { Verdict } from '../topic/verdict.ts'
import { howWords } from '../topic/verdict-words.ts'

/** A mail with a patch of the revision. */
export interface PatchMail {
  readonly id: string
  /** In lower case. */
  readonly sender: string
  /** Null where nobody looked yet. */
  readonly verdict: Verdict | null
  /** What vouches for the mail covers all that git is given of it, and it is meant for this list. */
  readonly covered: boolean
}

export type Approval =
  | { readonly built: { readonly by: 'signer' | 'author'; readonly who: string; readonly how: string } }
  | { readonly waits: string; readonly guarded: readonly string[] }

/** `files`: all paths that the revision changes. */
export function approvalOf(
  mails: readonly PatchMail[],
  files: readonly string[],
  { signers, allow, buildFiles }: Pick<PatchPolicy, 'signers' | 'allow' | 'buildFiles'>,
): Approval {
  const [first] = mails
  const guarded = files.filter(file => isGuarded(file, buildFiles))
  const waits = (why: string): Approval => ({ waits: why, guarded })
  if (!first?.verdict) return waits('nobody has looked yet who sent it')
  const built = (by: 'signer' | 'author'): Approval => ({
    built: { by, who: first.sender, how: first.verdict === null ? '' : howWords(first.verdict.how) },
  })
  if (mails.every(mail => signers.includes(mail.sender) && isVouched(mail, ['A']))) return built('signer')
  const stranger = mails.find(({ sender }) => !allow.includes(sender))
  if (stranger) return waits(`patches of ${stranger.sender || 'this sender'} are not built without asking`)
  const unsure = mails.find(mail => !isVouched(mail, ['A', 'B']))
  if (unsure) return waits(unsureWords(unsure))
  return guarded[0] === undefined ? built('author') : waits(`it changes ${guarded[0]}`)
}

const isVouched = ({ verdict, sender, covered }: PatchMail, grades: readonly string[]): boolean =>
  verdict !== null &&
  covered &&
  grades.includes(verdict.grade) &&
  (verdict.identity === undefined || verdict.identity === sender)

const unsureWords = ({ id, verdict }: PatchMail): string =>
  verdict === null || verdict.grade === 'A' || verdict.grade === 'B'
    ? `what vouches for <${id}> does not cover its patch`
    : `<${id}> is not authenticated: ${howWords(verdict.how)}`

/** `.ci/` by any spelling that some file system takes for it. */
const isGuarded = (file: string, buildFiles: readonly string[]): boolean =>
  /^\.ci(?:\/|$)/i.test(file) || file === '.gitmodules' || matchesRef(buildFiles, file)
