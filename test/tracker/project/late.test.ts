// A list is folded again when its people change, when a branch is read or when a newer program reads its mails otherwise. A
// mail that comes meanwhile is on its page first.
import { expect, test } from 'vitest'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { markConcerned } from '../../../tracker/branch/concerned.ts'
import { assignAll } from '../../../tracker/project/projector.ts'
import { refold } from '../../../tracker/project/refold.ts'
import type { CommitFacts } from '../../../tracker/topic/commit.ts'
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

test('a new mail does not wait for what the first reading of a branch changes', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `talk-${index}`)
  const root = (name: string) => ({ id: `${name}@example.org`, subject: `About ${name}`, body: `${name}.\n` })
  const { db, list, page } = await makeArchive(names.map(root))
  await db.transaction().execute(trx => markConcerned(trx, list.id, names.map(commitAbout)))
  const waiting = await db.selectFrom('cluster').select('late').where('dirty', '=', true).execute()
  expect(waiting).toEqual(names.map(() => ({ late: true })))
  const answer = { id: 'new@example.org', answers: 'talk-39@example.org', body: 'Mind the sum.\n', minute: 9 }
  await append(db, list.id, [{ bytes: write(answer), envelope: { road: 'test' } }])
  await assignAll(db, list.id)
  expect(await refold(db, list.id, 1)).toBe(1)
  expect(await page('/tarn/new@example.org/')).toContain('Mind the sum.')
})

const commitAbout = (name: string, index: number): CommitFacts => ({
  id: String(index).padStart(40, 'a'),
  at: Date.UTC(2026, 2, 3),
  title: `wal: ${name}`,
  key: `wal: ${name}`,
  author: { name: 'Ines Oduya', address: 'ines@example.org' },
  committer: { name: 'Marek Tolvanen', address: 'marek@example.org' },
  patchIds: [],
  paths: [],
  lines: [],
  mails: [],
  links: [`${name}@example.org`],
  closes: [],
  reverts: [],
})
