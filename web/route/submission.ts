// The page at the address that takes patches.
import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { allLists } from '../../sql/lists.ts'
import { returnedSubmissions } from '../../sql/returned-submissions.ts'
import { newestKeys } from '../../sql/submission-keys.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerPage } from '../answer.ts'
import { missingListPage } from '../page/missing.ts'
import { submissionPage } from '../page/submission.ts'
import { paths } from '../paths.ts'

export async function answerSubmission(c: Context, db: Kysely<Tables>): Promise<Response> {
  const lists = (await allLists(db)).filter(({ webSubmission }) => webSubmission)
  if (lists.length === 0) return answerPage(c, missingListPage(paths.submission().slice(1)), 404)
  const { keys, count } = await newestKeys(db, limits.pageRowsMax)
  const returned = await returnedSubmissions(db)
  const url = `${c.get('base')}${paths.submission()}`
  return answerPage(c, submissionPage({ url, lists, keys, count, returned }))
}
