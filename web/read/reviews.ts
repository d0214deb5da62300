// The conversations about patches, from the texts of their mails: nothing of them is stored, so that a better reading
// shows at once.
import type { Kysely } from 'kysely'
import type { ListId, MessageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Dressing } from '../../tracker/mail/dressing.ts'
import { patchTextOf } from '../../tracker/mail/patch-text.ts'
import { dressingOf } from '../../tracker/project/dressing.ts'
import { elderOf } from '../../tracker/topic/compare.ts'
import {
  carriedThreads,
  mailsOfReview,
  type PatchReview,
  patchReview,
  type ReviewThread,
  type TextOf,
} from '../../tracker/topic/patch-review.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { readMails } from './mails.ts'

/** The conversations that a patch's page shows. */
export interface PatchComments {
  readonly review: PatchReview | undefined
  /** Of earlier revisions, about lines that are still here, at their place here. */
  readonly carried: readonly ReviewThread[]
  /** Of earlier revisions, about what is no longer here. */
  readonly gone: readonly ReviewThread[]
}

/** The reviews of these patches, by patch; one whose mail is gone has none. */
export async function readReviews(
  db: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  revision: Revision,
  patches: readonly TopicPatch[],
): Promise<ReadonlyMap<MessageId, PatchReview>> {
  if (patches.length === 0) return new Map()
  const mails = await readMails(db, list, mailsOfReview(topic, revision, patches))
  const textOf = textIn(mails, await dressingOf(db, list))
  const reviews = patches.map(patch => patchReview(topic, revision, patch, textOf))
  return new Map(reviews.flatMap(review => (review ? [[review.patch.id, review]] : [])))
}

/** The comments on one patch and on what it was in the revisions before, with the patch's own mail. */
export async function readPatchComments(
  db: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  revision: Revision,
  patch: TopicPatch,
): Promise<{ mail: DecodedMail | undefined; comments: PatchComments }> {
  const earlier = topic.revisions
    .slice(0, topic.revisions.indexOf(revision))
    .slice(-earlierRevisionsRead)
    .flatMap(older => {
      const elder = elderOf(older, patch)
      return elder ? [{ older, elder }] : []
    })
  const wanted = [
    ...mailsOfReview(topic, revision, [patch]),
    ...earlier.flatMap(({ older, elder }) => mailsOfReview(topic, older, [elder])),
  ]
  const mails = await readMails(db, list, [...new Set(wanted)])
  const textOf = textIn(mails, await dressingOf(db, list))
  const review = patchReview(topic, revision, patch, textOf)
  const before = earlier.flatMap(({ older, elder }) => patchReview(topic, older, elder, textOf) ?? [])
  const carried = review ? before.flatMap(one => carriedThreads(one, review.text)) : []
  const kept = new Set(carried.map(({ first }) => first))
  const gone = before.flatMap(({ threads }) => threads.filter(({ first }) => !kept.has(first)))
  return { mail: mails.get(patch.id), comments: { review, carried, gone } }
}

/** Comments on older ones are read on their own pages. */
const earlierRevisionsRead = 4

function textIn(mails: ReadonlyMap<string, DecodedMail>, dressing: Dressing): TextOf {
  return id => {
    const mail = mails.get(id)
    return mail && patchTextOf(mail, dressing)
  }
}
