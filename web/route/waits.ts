// `/LIST/waits/` and `/LIST/people/ADDRESS/`. Both count days, so they are other pages tomorrow.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import { toStorableText } from '../../base/storable.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { personPage } from '../page/person.ts'
import { waitsPage } from '../page/waits.ts'
import { newSince } from '../part/news.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readPerson } from '../read/person.ts'
import { readReviewing } from '../read/reviewing.ts'
import { readWaits, readWaitsOf } from '../read/waits.ts'

const rowsMax = 24

export function answerWaits(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const after = c.req.query('after')
  const now = Date.now()
  return answerFresh(c, ['waits', after ?? '', ...versionsOf(list, now)], async () => {
    const { rows, next } = await readWaits(db, list.id, { after, limit: rowsMax })
    return answerPage(
      c,
      waitsPage({
        list,
        rows,
        next,
        continued: after !== undefined,
        now,
        since: newSince(c.req.query('since')),
      }),
    )
  })
}

export function answerPerson(c: Context, db: Kysely<Tables>, list: ListRow): Promise<Response> {
  const asked = (c.req.param('address') ?? '').slice(0, limits.addressCharactersMax).toLowerCase()
  const now = Date.now()
  return answerFresh(c, ['person', asked, ...versionsOf(list, now)], async () => {
    const person = await readPerson(db, list, toStorableText(asked))
    const [waits, reviewing] = await Promise.all([
      readWaitsOf(db, list.id, person.addresses, rowsMax / 2),
      readReviewing(db, list.id, person.addresses),
    ])
    return answerPage(
      c,
      personPage({ list, person, waits, reviewing, now, since: newSince(c.req.query('since')) }),
    )
  })
}

const versionsOf = (list: ListRow, now: number) => [
  pagesVersion(list),
  list.version,
  new Date(now).toISOString().slice(0, 10),
]
