// What `CI: test 7c41e09b`, `CI: retest` and `CI: cancel` below a patchset ask for. Here it is judged who may and of which
// revision they speak; the topic's history keeps that, and whoever builds reads it there.
import { buildRefusal, type Refusal } from './authority.ts'
import { buildDigest } from './build-digest.ts'
import { namedBy } from './history.ts'
import type { LineOf } from './lines.ts'
import type { PatchStatuses } from './patch-status.ts'
import { changesOf } from './scope.ts'
import { type Draft, postingAt } from './series.ts'
import type { SpeakingMail } from './speaking-mail.ts'

type Asked = LineOf<'CI'>

export function askForBuild(mail: SpeakingMail, tag: Asked, patches: PatchStatuses): void {
  const meant = meantBy(mail, tag, patches)
  const about = 'draft' in meant ? changesOf(meant.draft) : patches.newest
  const refusal =
    'draft' in meant
      ? (buildRefusal(tag.job, patches.asker(mail, about)) ?? blind(mail, tag, meant.draft))
      : meant
  const named = { ...namedBy(tag), ...('digest' in meant ? { digest: meant.digest } : {}) }
  patches.tell(mail, about, named, { refusal, words: tag.reason })
}

interface Meant {
  readonly draft: Draft
  readonly digest: string
}

function meantBy(mail: SpeakingMail, tag: Asked, patches: PatchStatuses): Meant | Refusal {
  const posted = patches.drafts.map((draft, index) => ({
    draft,
    digest: buildDigest(draft, patches.drafts.slice(0, index), patches.rules.secret ?? ''),
  }))
  const digits = tag.digest?.toLowerCase()
  const found =
    digits === undefined
      ? (answered(mail, posted, patches) ?? posted[Math.max(0, patches.latest)])
      : posted.find(({ digest }) => digest === digits)
  if (!found) return { reason: 'no revision here has these digits; its page shows those it has now' }
  const { draft, digest } = found
  return digest === null ? { reason: 'that revision is not complete, or no patchset' } : { draft, digest }
}

/** The revision that the mail answers. */
function answered<Posted extends { draft: Draft }>(
  mail: SpeakingMail,
  posted: readonly Posted[],
  { lines }: PatchStatuses,
): Posted | undefined {
  const node = lines.here.get(mail.id)
  const above = node && postingAt(node)
  return above ? posted.find(({ draft }) => draft.members.includes(above)) : undefined
}

/**
 * Without digits a `test` says less than what it lets run. It is enough where the signature covers what it answers (or the
 * same signed text could be sent below another patch), and all that is built was there in one text when it was said.
 */
function blind(
  { verdict, counts, parent }: SpeakingMail,
  { job, digest }: Asked,
  draft: Draft,
): Refusal | null {
  if (job !== 'test' || digest !== undefined) return null
  const covered = verdict.covers?.some(field => field === 'in-reply-to' || field === 'references') ?? false
  const above = parent && postingAt(parent)
  if (!covered || !above || !draft.members.includes(above))
    return { reason: 'without the digits of its page it must answer the patchset, and be signed with that' }
  const clear = draft.members.every(member => member.imposters === 0 && member.counts <= counts)
  return clear
    ? null
    : { reason: 'not all of it was there, or in one text only: it needs the digits of its page' }
}
