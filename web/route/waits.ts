// `/LIST/waits/` and `/LIST/people/ADDRESS/`. Both count days, so they are other pages tomorrow.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { personPage, waitsPage } from '../page/waits.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readWaits, readWaitsOf } from '../read/waits.ts'

const rowsMax = 30

export function answerWaits(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const after = c.req.query('after')
  const now = Date.now()
  return answerFresh(c, ['waits', after ?? '', ...versionsOf(list, now)], async () => {
    const { rows, next } = await readWaits(db, list.id, { after, limit: rowsMax })
    return answerPage(c, waitsPage({ list, rows, next, continued: after !== undefined, now }))
  })
}

export function answerPerson(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const address = (c.req.param('address') ?? '').slice(0, limits.addressCharactersMax).toLowerCase()
  const now = Date.now()
  return answerFresh(c, ['person', address, ...versionsOf(list, now)], async () =>
    answerPage(
      c,
      personPage({ list, address, now, ...(await readWaitsOf(db, list.id, address, rowsMax / 2)) }),
    ),
  )
}

const versionsOf = (list: ListRow, now: number) => [
  pagesVersion(list),
  list.version,
  new Date(now).toISOString().slice(0, 10),
]
