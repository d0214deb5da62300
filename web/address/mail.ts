// The addresses of a mail: its page, its bytes, its thread, and what is made of the topic that it began.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import type { Tables } from '../../sql/tables.ts'
import { paths } from '../paths.ts'
import type { LocatedMail } from '../read/located-mail.ts'
import { placeOf } from '../read/place.ts'
import { readThreads } from '../read/thread-mails.ts'
import { answerAmMbox } from '../route/am-mbox.ts'
import { answerRaw } from '../route/archive.ts'
import { answerAttachment } from '../route/attachment.ts'
import { answerCompare } from '../route/compare.ts'
import { answerThreadFeed } from '../route/feed.ts'
import { answerMail } from '../route/mail.ts'
import { answerResults, answerThreadMbox } from '../route/mbox.ts'
import { answerTexts } from '../route/texts.ts'
import { answerThread } from '../route/thread.ts'
import type { Lookup } from './lookup.ts'

export function addMail({ mail, searchedThread }: Lookup, db: Kysely<Tables>): void {
  searchedThread('/', (c, at) => answerThreadResults(c, db, at))
  // b4 asks with HEAD whether a list has a mail: a redirect is yes.
  mail('', (c, at) => c.redirect(paths.mail(at.list.name, at.id), 301))
  mail('/', (c, at) => answerMail(c, db, at))
  mail(
    '/raw',
    async (c, at) => (await answerRaw(c, db, at.list.name, at.id)) ?? c.body(null, 404),
    (c, list, id) => answerRaw(c, db, list, id),
  )
  mail('/:nested{[Tt]}', (c, at) => c.redirect(`${paths.thread(at.list.name, at.id)}#u`, 301))
  mail('/:nested{[Tt]}/', (c, at) => answerThread(c, db, at))
  mail('/:am{am\\.mbox}', (c, at) => answerAmMbox(c, db, at))
  mail('/t.atom', (c, at) => answerThreadFeed(c, db, at))
  mail('/:range{v\\d+(?:\\.\\d+)?\\.\\.v\\d+(?:\\.\\d+)?}', (c, at) => answerCompare(c, db, at))
  mail('/:part{\\d{1,4}(?:\\.\\d{1,4}){0,20}-[\\w.-]{1,200}}', (c, at) => answerAttachment(c, db, at))
  mail('/d', (c, at) => c.redirect(paths.texts(at.list.name, at.id), 301))
  mail('/d/', (c, at) => answerTexts(c, db, at))
  mail('/:mbox{t\\.mbox(?:\\.gz)?}', (c, at) => answerThreadMbox(c, db, at))
}

/** What a thread holds that answers a query. */
async function answerThreadResults(c: Context, db: Kysely<Tables>, { list, key }: LocatedMail) {
  const thread = await readThreads(db, list.id, [key])
  return answerResults(
    c,
    db,
    placeOf(list),
    thread.map(mail => mail.key),
  )
}
