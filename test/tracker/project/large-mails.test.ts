// Many large mails that wait at once, as after a pause: only some of them are in memory together.
import { expect, test } from 'vitest'
import { limits } from '../../../base/limits.ts'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { assign } from '../../../tracker/project/assign.ts'
import { testDatabase } from '../../database.ts'
import { mail } from '../../ingest/mails.ts'

test('are sorted in portions, and one above a portion alone', async () => {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (!list) throw new Error('No list')
  const large = (name: string, share: number) =>
    mail(name, `${'x'.repeat(70)}\n`.repeat(Math.ceil((limits.readBytesMax * share) / 71)))
  const sizes = [0.6, 0.3, 0.3, 1.2, 0.1, 0.1]
  const arrivals = sizes.map((share, index) => ({
    bytes: large(`large-${index}`, share),
    envelope: { road: 'import' },
  }))
  for (const arrival of arrivals) await append(db, list.id, [arrival])
  const taken: number[] = []
  do taken.push(await assign(db, list.id, limits.sortMailsMax))
  while (taken.at(-1) !== 0)
  expect(taken).toEqual([3, 1, 2, 0])
  expect(await db.selectFrom('fact').select('seq').execute()).toHaveLength(sizes.length)
})
