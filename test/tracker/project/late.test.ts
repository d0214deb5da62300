// A list is folded again when its people change; a mail that comes meanwhile is on its page first.
import { expect, test } from 'vitest'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { assignAll } from '../../../tracker/project/projector.ts'
import { refold } from '../../../tracker/project/refold.ts'
import { makeArchive, write } from '../../web/archive.ts'

test('a new mail does not wait for topics whose mails are the same', async () => {
  const names = ['one', 'two', 'three', 'four']
  const root = (name: string) => ({ id: `${name}@example.org`, subject: `About ${name}`, body: `${name}.\n` })
  const { db, list, page } = await makeArchive(names.map(root))
  await saveLists(db, [
    { name: 'tarn', address: list.address, people: [{ address: 'mia@example.org', role: 'maintainer' }] },
  ])
  const { count } = await db
    .selectFrom('cluster')
    .select(eb => eb.fn.countAll<string>().as('count'))
    .where('dirty', '=', true)
    .executeTakeFirstOrThrow()
  expect(count).toBe('4')
  const answer = write({
    id: 'late@example.org',
    answers: 'three@example.org',
    body: 'And now this.\n',
    minute: 9,
  })
  await append(db, list.id, [{ bytes: answer, envelope: { road: 'test' } }])
  await assignAll(db, list.id)
  expect(await refold(db, list.id, 1)).toBe(1)
  expect(await page('/tarn/three@example.org/T/')).toContain('And now this.')
  while ((await refold(db, list.id, 2)) > 0);
  expect(await page('/tarn/late@example.org/')).toContain('And now this.')
})
