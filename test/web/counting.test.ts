// A row of a list, the page of a patchset and its standing count reviews and checks by one rule.
import { expect, test } from 'vitest'
import { type Archive, type Letter, makeArchive, patchBody } from './archive.ts'

const marek = 'Marek Tolvanen <marek@example.com>'

test("an author's own Reviewed-by is no review", async () => {
  const archive = await makeArchive([
    patch('wal-1@example.org', '[PATCH] wal: unlock early'),
    answer('own@example.org', 'wal-1@example.org', 'Reviewed-by: Ines Oduya <ines@example.org>'),
  ])
  const page = await pageOf(archive, 'wal-1@example.org')
  expect(await rowOf(archive)).toContain('0 of 1')
  expect(page).toContain('Nobody has reviewed it yet.')
  expect(page).toContain('Reviewed-by Ines Oduya 2 Mar 2026 no, given by the author')
})

test("the author's own Reviewed-by has no column among the reviewers of a series", async () => {
  const archive = await makeArchive([
    ...reroll,
    answer('own@example.org', 'v1-2@example.org', 'Reviewed-by: Ines Oduya <ines@example.org>', 3),
  ])
  const page = await archive.page('/tarn/v1-0@example.org/')
  expect(page).toContain('<bdi>Marek</bdi>')
  expect(page).not.toContain('<bdi>Ines</bdi>')
})

test('who reviews the patch of another in a series of mixed authors gives a review', async () => {
  const archive = await makeArchive([
    { ...patch('wal-1@example.org', '[PATCH 1/2] wal: unlock early'), from: marek },
    {
      ...patch('wal-2@example.org', '[PATCH 2/2] wal: count the waits', 'src/stats.c', 1),
      from: marek,
      body: `From: Priya Santhanam <priya@example.net>\n\n${patchBody('src/stats.c')}`,
      answers: 'wal-1@example.org',
    },
    ...[1, 2].map(number => ({
      ...answer(
        `priya-${number}@example.net`,
        `wal-${number}@example.org`,
        'Reviewed-by: Priya Santhanam <priya@example.net>',
        2 + number,
      ),
      from: 'Priya Santhanam <priya@example.net>',
    })),
  ])
  expect(await rowOf(archive)).toContain('1 of 2')
  expect(await pageOf(archive, 'wal-1@example.org')).toContain(
    'Priya Santhanam reviewed 1 of 2 patches. The other one waits for review.',
  )
})

test('a partial reroll keeps the reviews of the patches that it leaves, not of the one that it changes', async () => {
  const archive = await makeArchive(reroll)
  const row = await rowOf(archive)
  expect(row).toContain('1 of 2')
  expect(row).toContain('2 patches')
  expect(row).not.toContain('not complete')
  const page = await archive.page('/tarn/v2-2@example.org/')
  expect(words(page)).toContain('Marek Tolvanen reviewed 1 of 2 patches. The other one waits for review.')
  expect(page.match(/class="tr" href="\/tarn\/marek-1@example.com\/">R</g)).toHaveLength(1)
  expect(words(page)).toContain('no, the code changed since')
})

test('a review for the whole series below the one patch of a partial reroll counts for all', async () => {
  const archive = await makeArchive([
    ...reroll.filter(({ id }) => !id.startsWith('marek')),
    answer(
      'whole@example.com',
      'v2-2@example.org',
      'For the whole series:\nReviewed-by: Marek Tolvanen <marek@example.com>',
      61,
      marek,
    ),
  ])
  expect(await rowOf(archive, 'ready')).toContain('2 of 2')
  expect(await pageOf(archive, 'v2-2@example.org')).toContain('Marek Tolvanen reviewed both patches.')
})

test('a partial reroll keeps the failed check of a patch that it leaves', async () => {
  const archive = await makeArchive([...reroll, check('ci-1@example.org', 'v1-1@example.org', 'fail', 20)])
  expect(await rowOf(archive, 'author')).toContain('1 of 1 failed')
  const page = await pageOf(archive, 'v2-2@example.org')
  expect(page).toContain('The check build failed.')
  expect(page).toMatch(/Checks ✕ build failed/)
})

test('of two results of one check the latest counts', async () => {
  const archive = await makeArchive([
    ...reroll,
    check('ci-1@example.org', 'v1-1@example.org', 'fail', 20),
    check('ci-2@example.org', 'v1-1@example.org', 'success', 25),
  ])
  expect(await rowOf(archive)).toContain('✓ 1 of 1')
  const page = await pageOf(archive, 'v2-2@example.org')
  expect(page).not.toContain('The check build failed')
  expect(page).toMatch(/Checks ✓ build passed/)
})

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

const pageOf = async (archive: Archive, id: string) => words(await archive.page(`/tarn/${id}/`))

/** The only row of the group: with the reviewers, as a rule. */
async function rowOf(archive: Archive, group = 'review'): Promise<string> {
  const [, below = ''] = (await archive.page('/tarn/')).split(`id="${group}"`)
  return words(/<tbody>.*?<\/tbody>/s.exec(below)?.[0] ?? '')
}

function patch(id: string, subject: string, path = 'src/wal.c', minute = 0): Letter {
  return { id, subject, body: patchBody(path), minute }
}

function answer(id: string, to: string, line: string, minute = 10, from?: string): Letter {
  return {
    id,
    subject: 'Re: [PATCH] wal: unlock early',
    body: `${line}\n`,
    minute,
    answers: to,
    ...(from ? { from } : {}),
  }
}

const check = (id: string, to: string, state: string, minute: number): Letter =>
  answer(id, to, `Test-Label: build\nTest-Status: ${state.toUpperCase()}`, minute, 'CI <ci@example.net>')

/** Marek reviews both patches of v1; Ines sends 2/2 again with other code. */
const reroll: readonly Letter[] = [
  { id: 'v1-0@example.org', subject: '[PATCH 0/2] wal: hold the lock less', body: 'Two patches.\n' },
  { ...patch('v1-1@example.org', '[PATCH 1/2] wal: unlock early'), answers: 'v1-0@example.org', minute: 1 },
  {
    ...patch('v1-2@example.org', '[PATCH 2/2] wal: count the waits', 'src/stats.c', 2),
    answers: 'v1-0@example.org',
  },
  ...[1, 2].map(number =>
    answer(
      `marek-${number}@example.com`,
      `v1-${number}@example.org`,
      'Reviewed-by: Marek Tolvanen <marek@example.com>',
      9 + number,
      marek,
    ),
  ),
  {
    id: 'v2-2@example.org',
    subject: '[PATCH v2 2/2] wal: count the waits',
    body: patchBody('src/stats.c').replace('return sync(w)', 'return sync(w, 1)'),
    minute: 60,
    answers: 'v1-2@example.org',
  },
]
