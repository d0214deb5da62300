// A Message-ID that came more than once: pages show the text that the topic counts.

import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { seq as toSeq } from '../../base/ids.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { dkimOf } from '../verdicts.ts'
import { type Archive, makeArchive, patchBody, write } from './archive.ts'

const id = 'contested@example.org'
const pages = [`/tarn/${id}/`, `/tarn/${id}/T/`]

/** The arrival was signed by its sender after all. */
async function sign({ db, list }: Archive, seq: number): Promise<void> {
  const verdict = {
    list_id: list.id,
    seq: toSeq(seq),
    grade: 'A' as const,
    how: JSON.stringify(dkimOf('example.org')),
  }
  await db
    .insertInto('verdict')
    .values({ ...verdict, identity: 'ines@example.org', data: '{}' })
    .execute()
  await sql`update cluster set dirty = true`.execute(db)
  await sortAll(db, list.id)
}

test.each(['the true one first', 'the other one first'])(
  'of two texts the one of the better grade, whatever its date: %s',
  async order => {
    const archive = await makeArchive()
    const real = write({ id, body: 'The true text.\n', minute: 5 })
    const other = write({ id, body: 'Another text.\n', from: 'Eve <eve@example.com>', minute: 0 })
    for (const bytes of order === 'the true one first' ? [real, other] : [other, real])
      await archive.add(bytes)
    for (const page of pages) expect(await archive.page(page)).toContain('Another text.')
    await sign(archive, order === 'the true one first' ? 1 : 2)
    for (const page of pages) {
      expect(await archive.page(page)).toContain('The true text.')
      expect(await archive.page(page)).not.toContain('Another text.')
    }
  },
)

test('of two copies the one without the dressing of the list', async () => {
  const archive = await makeArchive()
  const dressed = write({
    id,
    subject: '[tarn] A question',
    from: 'Ines Oduya via tarn <tarn@lists.example.org>',
    headers: ['List-Id: <tarn.lists.example.org>', 'X-Original-From: Ines Oduya <ines@example.org>'],
  })
  await archive.add(dressed)
  await archive.add(write({ id, minute: 1 }))
  const page = await archive.page(pages[0] ?? '')
  expect(page).toContain('ines@example.org')
  expect(page).not.toContain('via tarn')
})

test('whoever takes the id of a patch before it comes is told on the page that lacks it', async () => {
  const patch = (number: number, from: string, minute: number) =>
    write({
      id: `part${number}@example.org`,
      subject: `[PATCH ${number}/2] wal: part ${number}`,
      from,
      minute,
      answers: 'cover@example.org',
      body: patchBody(`wal${number}.c`),
    })
  const ines = 'Ines Oduya <ines@example.org>'
  const archive = await makeArchive()
  await archive.add(write({ id: 'cover@example.org', subject: '[PATCH 0/2] wal', from: ines, minute: 1 }))
  await archive.add(patch(1, ines, 2), patch(2, 'Eve <eve@example.com>', 1), patch(2, ines, 3))
  const page = await archive.page('/tarn/cover@example.org/')
  expect(page).toContain('1 of 2 patches arrived; patch 2 is missing')
  expect(page).toMatch(
    /<a href="\/tarn\/part2@example.org\/">A mail that answers it<\/a> came in several texts/,
  )
  expect(await archive.page('/tarn/part2@example.org/')).toContain('1 other text came with this Message-ID')
})
