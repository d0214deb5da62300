import { beforeAll, expect, test } from 'vitest'
import { type Archive, type Letter, makeArchive, patchBody, series } from './archive.ts'

const marek = 'Marek Tolvanen <marek@example.com>'
const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

/** Marek asks about a line of v2 2/2, which Ines has not answered, and about two lines of v1 1/2. */
const review: readonly Letter[] = [
  {
    id: 'ask-1@example.com',
    subject: 'Re: [PATCH 1/2] wal: unlock before the sync',
    from: marek,
    body: 'Hi Ines,\n\n> +\tunlock(w);\n\nIs <b>this</b> safe?\n\n> +\treturn sync(w);\n\nWhy return here?\n',
    minute: 31,
    answers: 'v1-1@example.org',
  },
  {
    id: 'answer-1@example.org',
    subject: 'Re: [PATCH 1/2] wal: unlock before the sync',
    body: '> > +\tunlock(w);\n> Is <b>this</b> safe?\n\nThe lock is no longer needed there.\n',
    minute: 32,
    answers: 'ask-1@example.com',
  },
  {
    id: 'ask-2@example.com',
    subject: 'Re: [PATCH v2 2/2] wal: count the waits',
    from: marek,
    body: '> -\tsync(w);\n\nWho syncs now?\n',
    minute: 91,
    answers: 'v2-2@example.org',
  },
]

const third: readonly Letter[] = [
  {
    id: 'v3-0@example.org',
    subject: '[PATCH v3 0/2] wal: hold the lock less',
    body: 'Changes since v2:\n - 1/2 returns later\n',
    minute: 200,
    answers: 'v2-0@example.org',
  },
  {
    id: 'v3-1@example.org',
    subject: '[PATCH v3 1/2] wal: unlock before the sync',
    body: patchBody().replace('return sync(w)', 'return sync(w, 1)'),
    minute: 201,
    answers: 'v3-0@example.org',
  },
  {
    id: 'v3-2@example.org',
    subject: '[PATCH v3 2/2] wal: say how long',
    body: patchBody('src/doc.c', 'A text.').replaceAll('sync', 'word').replaceAll('unlock', 'letter'),
    minute: 202,
    answers: 'v3-0@example.org',
  },
]

let archive: Archive
let newer: Archive
beforeAll(async () => {
  archive = await makeArchive([...series, ...review])
  newer = await makeArchive([...series, ...review, ...third])
})

test('a comment stands in the diff below the line that it quotes, with its answer folded into it', async () => {
  const page = await archive.page('/tarn/v1-1@example.org/')
  expect(page).toMatch(
    /<ins class="on"><a href="#f1-11" id="f1-11">11<\/a>\+\tunlock\(w\);<\/ins><\/pre>\s*<details class="note answered"/,
  )
  expect(text(page)).toContain('Answered Marek Tolvanen on line 11')
  expect(text(page)).toContain('The lock is no longer needed there.')
  expect(page).toContain('Is &lt;b&gt;this&lt;/b&gt; safe?')
  expect(page).not.toContain('<b>this</b>')
})

test('the patchset shows what is open in its diff and marks who waits in the table', async () => {
  const page = await archive.page('/tarn/v2-0@example.org/')
  expect(text(page)).toContain('Open comments 1 of 1')
  expect(page).toMatch(/<del class="on"><a>·<\/a>-\tsync\(w\);<\/del>/)
  expect(text(page)).toContain('on old line 11')
  const link = /class="tr w" href="([^"]*)#(c[^"]*)"/.exec(page)
  expect(await archive.page(link?.[1] ?? '')).toContain(`id="${link?.[2]}"`)
})

test('a comment is outdated when the newest revision changed its line, and carried where the line is the same', async () => {
  const old = await newer.page('/tarn/v1-1@example.org/')
  expect(text(old)).toContain('Outdated: v3 changed this line Marek Tolvanen on line 12')
  const page = await newer.page('/tarn/v3-1@example.org/')
  expect(text(page)).toMatch(/Marek Tolvanen on v1, on line 11/)
  expect(text(page)).toContain('1 more comment on earlier revisions')
})

test('a comparison says what became of each patch and shows how the changed ones differ', async () => {
  const page = await newer.page('/tarn/v3-0@example.org/v2..v3')
  expect(text(page)).toContain('1 of 2 changed')
  expect(text(page)).toContain('Patch 1 changed, patch 2 is new, 1 patch of before is gone.')
  expect(page).toContain('<del><a>v2</a>+\treturn sync(w);</del><ins><a>v3</a>+\treturn sync(w, 1);</ins>')
  expect(text(page)).toContain('1/2 returns later')
  const first = await newer.page('/tarn/v3-0@example.org/v1..v2')
  expect(text(first)).toContain('No patch changed')
  expect(text(first)).toContain('Why return here? the line is the same')
  expect(text(await newer.page('/tarn/v3-0@example.org/v1..v3'))).toContain(
    'Why return here? ✓ the line changed',
  )
  expect(text(await newer.page('/tarn/v3-0@example.org/v2..v3'))).toContain(
    'Who syncs now? the patch is gone',
  )
})

test('a comment finds its line in a patch that has another title now', async () => {
  const renamed = [1, 2].map(number => ({
    id: `v3-${number}@example.org`,
    subject: `[PATCH v3 ${number}/2] ${number === 1 ? 'log: release earlier' : 'wal: count the waits'}`,
    body:
      number === 1 ? patchBody().replace('return sync(w)', 'return sync(w, 1)') : patchBody('src/count.c'),
    minute: 200 + number,
    answers: 'v3-0@example.org',
  }))
  const own = await makeArchive([...series, ...review, ...third.slice(0, 1), ...renamed])
  const page = text(await own.page('/tarn/v3-0@example.org/v1..v3'))
  expect(page).toContain('1 1 log: release earlier ≠ changed')
  expect(page).toContain('Why return here? ✓ the line changed')
  expect(text(await own.page('/tarn/v1-1@example.org/'))).toContain('Outdated: v3 changed this line')
})

test('the revisions and the patches lead to their comparison', async () => {
  const page = await newer.page('/tarn/v3-0@example.org/')
  expect(page).toContain('<a href="/tarn/v3-0@example.org/v2..v3">v2..v3</a>')
  expect(page).toContain('<a href="/tarn/v3-0@example.org/v2..v3#p1">changed</a>')
  expect(await newer.page('/tarn/v3-0@example.org/v2..v3')).toContain('id="p1"')
})

test('a comparison of revisions that do not exist leads back to the patchset', async () => {
  for (const range of ['v2..v9', 'v2..v2', 'v7..v1']) {
    const response = await newer.app.request(`/tarn/v3-0@example.org/${range}`)
    expect([response.status, response.headers.get('Location')]).toEqual([302, '/tarn/v3-0@example.org/'])
  }
})

test('of more than four reviewers the others share a column', async () => {
  const people = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn'].map((name, at) => ({
    id: `r${at}@example.com`,
    subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
    from: `${name} Tester <${name.toLowerCase()}@example.com>`,
    body: `Reviewed-by: ${name} Tester <${name.toLowerCase()}@example.com>\n`,
    minute: 100 + at,
    answers: 'v2-0@example.org',
  }))
  const own = await makeArchive([...series, ...people])
  const page = await own.page('/tarn/v2-0@example.org/')
  expect(page).toContain('>+4<span class="vh"> more people</span></th>')
  // A trailer on the cover counts for both patches, once each.
  expect(page.match(/r0@example.com\/">R</g)).toHaveLength(2)
})
