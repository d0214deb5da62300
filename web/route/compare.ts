// `/LIST/MESSAGE-ID/v1..v2`: what changed between two revisions of a patchset.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { changelogOf } from '../../tracker/mail/changelog.ts'
import { revisionNamed } from '../../tracker/topic/revision-name.ts'
import { answerCostly, answerPage } from '../answer.ts'
import { comparePage } from '../page/compare.ts'
import { paths } from '../paths.ts'
import { readPairs, readPatchTexts } from '../read/comparison.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import { readMails } from '../read/mails.ts'
import { readReviews } from '../read/reviews.ts'
import { readTopic } from '../read/topic.ts'
import { versionsOf } from './mail.ts'

/** A range that names no two revisions leads to the mail's own page. */
export function answerCompare(c: Context, db: Kysely<Tables>, located: LocatedMail): Promise<Response> {
  const range = c.req.param('range') ?? ''
  return answerCostly(c, ['compare', range, ...versionsOf(located)], async () => {
    const { list } = located
    const topic = located.topic && (await readTopic(db, list.id, located.topic.key))
    const [was, now] = range.split('..').map(name => topic && revisionNamed(topic.revisions, name))
    if (!topic || !was || !now || was === now) return c.redirect(paths.mail(list.name, located.id), 302)
    const pairs = await readPairs(db, list.id, topic, was, now)
    const compared = pairs.flatMap(pair => (pair.was && pair.now ? [pair.was, pair.now] : []))
    const [texts, covers, reviews] = await Promise.all([
      readPatchTexts(db, list.id, compared),
      readMails(db, list.id, now.cover ? [now.cover] : []),
      readReviews(db, list.id, topic, was, was.patches, now),
    ])
    const cover = covers.get(now.cover ?? '')
    const changelog = cover ? changelogOf(cover.body.split('\n')) : []
    return answerPage(c, comparePage({ list, topic, was, now, pairs, texts, changelog, reviews }))
  })
}
