// `/LIST/MESSAGE-ID/T/` and `/t/`: the whole thread around a mail.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { answerCostly, answerPage } from '../answer.ts'
import { mailsOnPage, threadPage, threadPageCount, threadPageOf } from '../page/thread.ts'
import { newSince } from '../part/news.ts'
import { paths } from '../paths.ts'
import { readNamed } from '../read/claims.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import { readMails } from '../read/mails.ts'
import { readTopic } from '../read/topic.ts'
import { pageNumber } from './list.ts'
import { versionsOf } from './mail.ts'

export async function answerThread(c: Context, db: Kysely<Tables>, located: LocatedMail): Promise<Response> {
  const { list, id, topic: at } = located
  // A mail that waits to be sorted has no thread yet; its own page says so.
  if (at === null) return c.redirect(paths.mail(list.name, id), 302)
  const asked = c.req.query('page')
  const since = newSince(c.req.query('since'))
  return answerCostly(c, ['thread', asked ?? '', ...versionsOf(located)], async () => {
    const topic = await readTopic(db, list.id, at.key)
    if (topic === undefined) return c.redirect(paths.mail(list.name, id), 302)
    const page = asked === undefined ? threadPageOf(topic, id) : pageNumber(asked, threadPageCount(topic))
    const shown = mailsOnPage(topic, page).map(mail => mail.id)
    const [mails, named] = await Promise.all([readMails(db, list.id, shown), readNamed(db, list.id, topic)])
    return answerPage(c, threadPage({ list, topic, id, page, mails, named, since }))
  })
}
