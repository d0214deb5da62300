// `/`: all lists.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { listsPage } from '../page/lists.ts'
import { readLists, readListsVersion } from '../read/lists.ts'

export const answerLists = async (c: Context, db: Kysely<Tables>): Promise<Response> =>
  answerFresh(c, ['lists', await readListsVersion(db)], async () =>
    answerPage(c, listsPage(await readLists(db, limits.countShownMax), limits.countShownMax)),
  )
