// The conversations about patches, from the texts of their mails: nothing of them is stored, so that a better reading
// shows at once.
import type { Kysely } from 'kysely'
import type { ListId, MessageId } from '../../base/ids.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Dressing } from '../../tracker/mail/dressing.ts'
import { patchTextOf } from '../../tracker/mail/patch-text.ts'
import { dressingOf } from '../../tracker/project/dressing.ts'
import {
  carriedThreads,
  type Heirs,
  mailsOfReview,
  type PatchReview,
  patchReview,
  type ReviewThread,
  type TextOf,
} from '../../tracker/topic/patch-review.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { readPairs } from './comparison.ts'
import { readMails } from './mails.ts'

/** The conversations that a patch's page shows. */
export interface PatchComments {
  readonly review: PatchReview | undefined
  /** Of earlier revisions, about lines that are still here, at their place here. */
  readonly carried: readonly ReviewThread[]
  /** Of earlier revisions, about what is no longer here. */
  readonly gone: readonly ReviewThread[]
}

/** The reviews of these patches, by patch, measured by what they became; one whose mail is gone has none. */
export async function readReviews(
  db: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  revision: Revision,
  patches: readonly TopicPatch[],
  later = topic.revisions.at(-1),
): Promise<ReadonlyMap<MessageId, PatchReview>> {
  if (patches.length === 0) return new Map()
  const heirs = await readHeirs(db, list, topic, revision, later)
  const mails = await readMails(db, list, mailsOfReview(topic, patches, heirs))
  const textOf = textIn(mails, await dressingOf(db, list))
  const reviews = patches.map(patch => patchReview(topic, revision, patch, heirs, textOf))
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
  const heirsIn = (was: Revision, later: Revision | undefined) => readHeirs(db, list, topic, was, later)
  const newest = topic.revisions.at(-1)
  const own = await heirsIn(revision, newest)
  const earlier = []
  const before = topic.revisions.slice(0, topic.revisions.indexOf(revision)).slice(-earlierRevisionsRead)
  for (const older of before) {
    const [elder] = [...(await heirsIn(older, revision))].find(([, heir]) => heir === patch) ?? []
    // One that a partial reroll took over is read with its own revision.
    if (elder && older.patches.includes(elder))
      earlier.push({ older, elder, heirs: await heirsIn(older, newest) })
  }
  const wanted = [
    ...mailsOfReview(topic, [patch], own),
    ...earlier.flatMap(({ elder, heirs }) => mailsOfReview(topic, [elder], heirs)),
  ]
  const mails = await readMails(db, list, [...new Set(wanted)])
  const textOf = textIn(mails, await dressingOf(db, list))
  const review = patchReview(topic, revision, patch, own, textOf)
  const past = earlier.flatMap(
    ({ older, elder, heirs }) => patchReview(topic, older, elder, heirs, textOf) ?? [],
  )
  const carried = review ? past.flatMap(one => carriedThreads(one, review.text)) : []
  const kept = new Set(carried.map(({ first }) => first))
  const gone = past.flatMap(({ threads }) => threads.filter(({ first }) => !kept.has(first)))
  return { mail: mails.get(patch.id), comments: { review, carried, gone } }
}

/** By the rule of the pages that compare two revisions. */
async function readHeirs(
  db: Kysely<Tables>,
  list: ListId,
  topic: Topic,
  was: Revision,
  later: Revision | undefined,
): Promise<Heirs> {
  const pairs = later && later !== was ? await readPairs(db, list, topic, was, later) : []
  return new Map(pairs.flatMap(({ was, now }) => (was && now && was !== now ? [[was, now]] : [])))
}

/** Comments on older ones are read on their own pages. */
const earlierRevisionsRead = 4

function textIn(mails: ReadonlyMap<string, DecodedMail>, dressing: Dressing): TextOf {
  return id => {
    const mail = mails.get(id)
    return mail && patchTextOf(mail, dressing)
  }
}
