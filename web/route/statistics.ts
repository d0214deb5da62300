// `/LIST/statistics/`. It counts days, so it is another page tomorrow.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerCostly, answerPage } from '../answer.ts'
import { statisticsPage } from '../page/statistics.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readStatistics } from '../read/statistics.ts'

export function answerStatistics(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const now = Date.now()
  const day = new Date(now).toISOString().slice(0, 10)
  return answerCostly(c, ['statistics', day, pagesVersion(list), list.version], async () =>
    answerPage(c, statisticsPage({ list, statistics: await readStatistics(db, list.id, now) })),
  )
}
