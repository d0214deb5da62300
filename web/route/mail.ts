// `/LIST/MESSAGE-ID/`: the page of that mail, which is a patchset's, a patch's, a bug's or its own.

import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { MessageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { numbersOf } from '../../tracker/project/bug-number.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Revision, Topic } from '../../tracker/topic/topic.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { bugPage } from '../page/bug.ts'
import { messagePage } from '../page/message.ts'
import { missingMailPage } from '../page/missing.ts'
import { patchPage } from '../page/patch.ts'
import { elderRevision, patchsetPage } from '../page/patchset.ts'
import { type NewSince, newSince } from '../part/news.ts'
import type { Html } from '../part/text.ts'
import { readApplication } from '../read/applies.ts'
import { type BuildLine, readBuildsOfTopic } from '../read/builds.ts'
import { readDuplicates, readFixes, readNamed, readTalk } from '../read/claims.ts'
import { readPairs } from '../read/comparison.ts'
import { readDecoded } from '../read/decoded.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import { readMails } from '../read/mails.ts'
import { readRelations, readSaying } from '../read/relations.ts'
import { readPatchComments, readReviews } from '../read/reviews.ts'
import { readSeeming } from '../read/seeming.ts'
import { readTopicOfMail, type TopicOfMail } from '../read/topic-of-mail.ts'

type Database = Kysely<Tables>

export function answerMail(c: Context, db: Database, located: LocatedMail): Promise<Response> {
  const make = async () => {
    const page = await pageOf(db, located, { base: c.get('base'), since: newSince(c.req.query('since')) })
    return page === undefined
      ? answerPage(c, missingMailPage(located.list, located.id), 404)
      : answerPage(c, page)
  }
  return located.topic === null ? make() : answerFresh(c, ['mail', ...versionsOf(located)], make)
}

/** What the pages of a topic depend on besides the program. */
export const versionsOf = ({ list, key, topic, twins }: LocatedMail): string[] => [
  pagesVersion(list),
  key,
  topic?.key ?? '',
  topic?.version ?? '',
  JSON.stringify(twins),
]

interface Asked {
  readonly base: string
  readonly since: NewSince | undefined
}

async function pageOf(db: Database, located: LocatedMail, asked: Asked): Promise<Html | undefined> {
  const { topic, verdict } = await readTopicOfMail(db, located)
  if (!topic) return message(db, located, { topic, verdict }, asked)
  const revision = revisionAt(topic, located.id)
  if (revision)
    return headOf(revision) === located.id
      ? patchset(db, located, topic, revision, asked)
      : patch(db, located, topic, revision, asked)
  if (located.id !== topic.id) return message(db, located, { topic, verdict }, asked)
  const newest = topic.revisions.at(-1)
  if (topic.kind === 'patchset' && newest) return patchset(db, located, topic, newest, asked)
  return topic.kind === 'bug' || topic.kind === 'report'
    ? bug(db, located, topic, asked)
    : message(db, located, { topic, verdict }, asked)
}

/** The revision that this mail heads or is a patch of. */
export const revisionAt = (topic: Topic, id: MessageId): Revision | undefined =>
  topic.revisions.find(({ cover, patches }) => cover === id || patches.some(patch => patch.id === id))

async function patchset(
  db: Database,
  located: LocatedMail,
  topic: Topic,
  revision: Revision,
  asked: Asked,
): Promise<Html> {
  const { list, twins } = located
  const id = headOf(revision) ?? topic.id
  const elder = elderRevision(topic, revision)
  const alone = revision.patches.find(patch => patch.id === id)
  const series = revision.patches.length > 1
  const [cover, named, relations, { relying, mends }, pairs, reviews, own, builds, applies] =
    await Promise.all([
      alone ? undefined : readHead(db, located, id),
      readNamed(db, list.id, topic),
      readRelations(db, list.id, topic, revision),
      readSaying(db, list.id, topic),
      elder ? readPairs(db, list.id, topic, elder, revision) : null,
      readReviews(db, list.id, topic, revision, series ? revision.patches : []),
      alone ? readPatchComments(db, list.id, topic, revision, alone) : null,
      buildsOf(db, located),
      located.topic && revision.digest !== undefined
        ? readApplication(db, list.id, located.topic.key, revision.digest)
        : null,
    ])
  const comments = own?.comments ?? { review: undefined, carried: [], gone: [] }
  return patchsetPage({
    ...asked,
    list,
    twins,
    topic,
    revision,
    id,
    mail: own?.mail ?? cover,
    named,
    relations,
    relying,
    mends,
    pairs,
    reviews,
    comments,
    builds,
    applies,
  })
}

/** Mostly the mail of the request, which was located already. */
const readHead = async (
  db: Database,
  located: LocatedMail,
  id: MessageId,
): Promise<DecodedMail | undefined> =>
  id === located.id ? readOwn(db, located) : (await readMails(db, located.list.id, [id])).get(id)

const readOwn = async (db: Database, { hash }: LocatedMail): Promise<DecodedMail | undefined> =>
  (await readDecoded(db, [hash])).get(hash.toString('base64'))

async function patch(
  db: Database,
  located: LocatedMail,
  topic: Topic,
  revision: Revision,
  asked: Asked,
): Promise<Html | undefined> {
  const shown = revision.patches.find(({ id }) => id === located.id)
  if (shown === undefined) return undefined
  const [{ mail, comments }, builds] = await Promise.all([
    readPatchComments(db, located.list.id, topic, revision, shown),
    buildsOf(db, located),
  ])
  return patchPage({
    ...asked,
    list: located.list,
    twins: located.twins,
    topic,
    revision,
    patch: shown,
    mail,
    comments,
    builds,
  })
}

const buildsShownMax = 8

const buildsOf = async (db: Database, { list, topic }: LocatedMail): Promise<BuildLine[]> =>
  topic && list.builds ? readBuildsOfTopic(db, list.id, topic.key, { limit: buildsShownMax }) : []

async function bug(
  db: Database,
  { list, twins }: LocatedMail,
  topic: Topic,
  { since }: Asked,
): Promise<Html> {
  const ids = topic.mails.map(mail => mail.id)
  const [mails, numbers, named, fixes, repeated, discussions] = await Promise.all([
    readMails(db, list.id, ids.slice(0, limits.bugMailsShownMax)),
    topic.kind === 'bug' ? numbersOf(db, list.id, [topic]) : null,
    readNamed(db, list.id, topic),
    readFixes(db, list.id, topic),
    readDuplicates(db, list.id, topic),
    readTalk(db, list.id, topic),
  ])
  const number = numbers?.get(topic.id)
  const talk = [...fixes, ...repeated, ...discussions].filter(({ what }) => what === 'about')
  const duplicates = repeated.filter(({ what }) => what === 'duplicate')
  return bugPage({ list, twins, topic, number, mails, named, fixes, duplicates, talk, since })
}

async function message(
  db: Database,
  located: LocatedMail,
  { topic, verdict }: TopicOfMail,
  { since }: Asked,
): Promise<Html | undefined> {
  const { list, id, twins } = located
  const own = topic && { ...topic, claims: topic.claims.filter(({ mail }) => mail === id) }
  const [mail, named] = await Promise.all([readOwn(db, located), own ? readNamed(db, list.id, own) : []])
  const seeming = mail && topic ? await readSeeming(db, list.id, topic, { id, mail }) : null
  return mail && messagePage({ list, id, twins, mail, topic, verdict, named, seeming, since })
}
