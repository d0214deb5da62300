// `/`: all lists.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { listsPage } from '../page/lists.ts'
import { readAnyBuild } from '../read/builds.ts'
import { readLists, readListsVersion } from '../read/lists.ts'

export const answerLists = async (c: Context, db: Kysely<Tables>): Promise<Response> => {
  const builds = await readAnyBuild(db)
  return answerFresh(c, ['lists', await readListsVersion(db), String(builds)], async () => {
    const countMax = limits.countShownMax
    return answerPage(c, listsPage({ lists: await readLists(db, countMax), countMax, builds }))
  })
}
