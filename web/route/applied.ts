// `/LIST/applied/`.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { appliedPage } from '../page/applied.ts'
import { newSince } from '../part/news.ts'
import { readApplied } from '../read/applied.ts'
import type { ListRow } from '../read/located-mail.ts'

const rowsMax = 40

export const answerApplied = (c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> =>
  answerFresh(c, ['applied', pagesVersion(list), list.version], async () => {
    const rows = await readApplied(db, list.id, rowsMax)
    return answerPage(c, appliedPage({ list, rows, since: newSince(c.req.query('since')) }))
  })
