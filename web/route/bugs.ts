// `/LIST/bugs/`. It counts days, so it is another page tomorrow.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { bugsPage } from '../page/bugs.ts'
import { newSince } from '../part/news.ts'
import { bugOrders, readBugMarks, readBugs } from '../read/bug-rows.ts'
import type { ListRow } from '../read/located-mail.ts'
import { pageNumber } from './list.ts'

const rowsOfPage = 50

export function answerBugs(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const { state, label, severity, order, page: asked } = c.req.query()
  const choice = {
    open: state !== 'closed',
    label: label?.toLowerCase().slice(0, limits.addressCharactersMax),
    severity: severity?.toLowerCase().slice(0, limits.addressCharactersMax),
    order: bugOrders.find(one => one === order) ?? 'last',
  }
  const page = pageNumber(asked, limits.countShownMax)
  const now = Date.now()
  const since = newSince(c.req.query('since'))
  const day = new Date(now).toISOString().slice(0, 10)
  const versions = [JSON.stringify(choice), String(page), day, pagesVersion(list), list.version]
  return answerFresh(c, ['bugs', ...versions], async () => {
    const [run, marks] = await Promise.all([
      readBugs(db, list.id, choice, { offset: (page - 1) * rowsOfPage, limit: rowsOfPage }),
      readBugMarks(db, list.id, choice.open),
    ])
    return answerPage(c, bugsPage({ list, choice, run, marks, page, now, since }))
  })
}
