// `/LIST/milestones/`, `/LIST/milestone/NAME/` and `/LIST/triage/`.

import type { Context } from 'hono'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import { pagesVersion } from '../../base/list-settings.ts'
import type { Tables } from '../../sql/tables.ts'
import { answerFresh, answerPage } from '../answer.ts'
import { milestonePage, milestonesPage } from '../page/milestones.ts'
import { triagePage } from '../page/triage.ts'
import type { ListRow } from '../read/located-mail.ts'
import { readMilestones } from '../read/milestones.ts'
import { readTopicRun } from '../read/topic-rows.ts'

type Database = Kysely<Tables>

const versionsOf = (list: ListRow) => [pagesVersion(list), list.version]

export const answerMilestones = (c: Context, db: Database, list: ListRow): Promise<Response> =>
  answerFresh(c, ['milestones', ...versionsOf(list)], async () =>
    answerPage(c, milestonesPage(list, await readMilestones(db, list.id, limits.pageRowsMax))),
  )

export function answerMilestone(c: Context, db: Database, list: ListRow): Promise<Response> {
  const name = c.req.param('name') ?? ''
  return answerFresh(c, ['milestone', name, ...versionsOf(list)], async () => {
    const half = (open: boolean) =>
      readTopicRun(db, list.id, { kind: 'bug', target: name, open, limit: limits.pageRowsMax })
    const [open, done] = await Promise.all([half(true), half(false)])
    return answerPage(c, milestonePage({ list, name, open, done }))
  })
}

export function answerTriage(c: Context, db: Database, list: ListRow): Promise<Response> {
  const before = c.req.query('before')
  return answerFresh(c, ['triage', before ?? '', ...versionsOf(list)], async () => {
    const from = before === undefined ? {} : { before }
    const run = await readTopicRun(db, list.id, { candidates: true, limit: limits.pageRowsMax / 2, ...from })
    return answerPage(c, triagePage({ list, run, continued: before !== undefined }))
  })
}
