// `/LIST/take-part/` and `/LIST/about/`: what to know before one writes.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { aboutPage } from '../page/about.ts'
import { takePartPage } from '../page/take-part.ts'
import { readListFacts } from '../read/list-facts.ts'
import type { ListRow } from '../read/located-mail.ts'

export const answerTakePart = (c: Context, list: ListRow): Promise<Response> =>
  answerFresh(c, ['take-part', pagesVersion(list), list.version], () =>
    answerPage(c, takePartPage({ list, base: c.get('base') ?? '' })),
  )

export const answerAbout = (c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> =>
  answerFresh(c, ['about', pagesVersion(list), list.version], async () => {
    const facts = await readListFacts(db, list.id, limits.countShownMax)
    return answerPage(c, aboutPage({ list, facts }))
  })
