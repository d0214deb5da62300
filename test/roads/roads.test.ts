// The same mails by every road end in the same state: only the road differs.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type List, saveLists } from '../../sql/lists.ts'
import { exportState } from '../../tracker/export/state.ts'
import { testDatabase } from '../database.ts'
import { all } from '../ingest/mails.ts'
import { threads } from '../tracker/threads.ts'
import { differing, roads } from './roads.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-roads-'))
afterAll(() => rmSync(directory, { recursive: true }))

const mails = threads.flatMap(thread => thread.mails)
let database: Awaited<ReturnType<typeof testDatabase>>
let expected: string

async function arrived(road: string): Promise<{ list: List; state: string }> {
  const [list] = await saveLists(database.db, [{ name: road, address: `${road}@lists.example.net` }])
  const carry = roads[road]
  if (list === undefined || carry === undefined) throw new Error(`No road ${road}`)
  mkdirSync(join(directory, road))
  await carry(mails, { db: database.db, list, directory: join(directory, road) })
  const lines = await all(exportState(database.db, list.id, { numbers: false }))
  return { list, state: lines.join('').replaceAll(`"list":"${road}"`, '"list":""') }
}

beforeAll(async () => {
  database = await testDatabase()
  expected = (await arrived('mboxrd')).state
})

test.each(Object.keys(roads).filter(road => road !== 'mboxrd'))(
  '%s brings what mboxrd brings',
  async road => {
    const { list, state } = await arrived(road)
    expect(differing(state, expected)).toEqual([])
    const { count } = database.db.fn
    const kept = await database.db
      .selectFrom('mail')
      .select(count('seq').as('mails'))
      .where('list_id', '=', list.id)
      .executeTakeFirstOrThrow()
    expect(Number(kept.mails)).toBe(mails.length)
  },
)
