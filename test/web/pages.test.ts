import { beforeAll, expect, test } from 'vitest'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { type Archive, makeArchive, patchBody, series, write } from './archive.ts'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    ...series,
    {
      id: 'bug@example.com',
      subject: '[BUG] The log tears',
      body: 'It tears.\n',
      from: 'Ruth <ruth@example.com>',
    },
    {
      id: 'confirm@example.org',
      subject: 'Re: [BUG] The log tears',
      body: '> It tears.\n\nSeen.\n\nBug-Status: confirmed\n',
      minute: 5,
      answers: 'bug@example.com',
    },
    { id: 'talk@example.org', subject: 'What about endianness?', minute: 7 },
    { id: 'half-1@example.org', subject: '[PATCH 1/3] half of it', body: patchBody('src/half.c'), minute: 8 },
  ])
})

const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

test('the list shows open patchsets by whose turn it is, bugs and the latest mails', async () => {
  const page = await archive.page('/tarn/')
  expect(page).toMatch(/<h2 id="review">Needs review<\/h2>/)
  expect(page).toContain('href="/tarn/v2-0@example.org/"')
  expect(page).not.toContain('href="/tarn/v1-0@example.org/"')
  expect(text(page)).toContain('1 of 2')
  expect(text(page)).toContain('The log tears')
  expect(text(page)).toContain('git send-email -1 --to=tarn@lists.example.org')
})

test('a patchset opens at the revision whose cover is asked for, and points at the newest', async () => {
  const newest = await archive.page('/tarn/v2-0@example.org/')
  expect(newest).toContain('Two patches again.')
  expect(newest).not.toContain('You are reading')
  const older = await archive.page('/tarn/v1-0@example.org/')
  expect(older).toContain('Two patches.')
  expect(older).toContain('You are reading v1. <a href="/tarn/v2-0@example.org/">')
})

test('the table carries a review over while the patch is the same, and marks where it came from', async () => {
  const page = await archive.page('/tarn/v2-0@example.org/')
  expect(page).toMatch(/href="\/tarn\/review-1@example.com\/">R<span class="vh">eviewed-by, carried from v1</)
  expect(page).toMatch(/class="tr new" href="\/tarn\/review-2@example.net\/">T<span class="vh">ested-by</)
})

test('a review of code that changed since stays behind, and its page says why', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'review-3@example.com',
      subject: 'Re: [PATCH 2/2] wal: count the waits',
      from: 'Marek Tolvanen <marek@example.com>',
      body: 'Reviewed-by: Marek Tolvanen <marek@example.com>\n',
      minute: 31,
      answers: 'v1-2@example.org',
    },
  ])
  // The diff of v2 2/2 is the same, so make a v3 where it is not.
  await own.add({
    id: 'v3-0@example.org',
    subject: '[PATCH v3] wal: count the waits',
    body: patchBody('src/stats.c').replace('return sync(w)', 'return sync(w, 1)'),
    minute: 120,
    answers: 'v2-0@example.org',
  })
  const page = await own.page('/tarn/v3-0@example.org/')
  expect(text(page)).toContain('Reviewed-by Marek Tolvanen v1, 2 Mar 2026 no, the code changed since')
})

test('a patch page shows its neighbours, its message and a diff whose lines can be linked', async () => {
  const page = await archive.page('/tarn/v1-1@example.org/')
  expect(page).toContain('<a href="/tarn/v1-2@example.org/" rel="next">')
  expect(page).toContain('<b>Signed-off-by: Ines Oduya &lt;ines@example.org&gt;</b>')
  expect(page).toContain('<del><a>·</a>-\tsync(w);</del>')
  expect(page).toContain('<ins><a href="#f1-12" id="f1-12">12</a>+\treturn sync(w);</ins>')
  expect(page).not.toContain('2.47.1')
})

test('a page of one patch says where this patch stands, and where its series does beside it', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'ask@example.com',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      from: 'Marek Tolvanen <marek@example.com>',
      body: '> -\tsync(w);\n\nWho syncs now?\n',
      minute: 91,
      answers: 'v2-2@example.org',
    },
  ])
  const first = text(await own.page('/tarn/v2-1@example.org/'))
  expect(first).toContain('Marek Tolvanen reviewed it. Nothing is open here. Series of 2 : ✎ With the author')
  expect(text(await own.page('/tarn/v2-2@example.org/'))).toContain(
    'It waits for Ines Oduya: the comment of Marek Tolvanen of 2 March 2026 has no answer yet.',
  )
  await own.add({
    id: 'take@example.com',
    subject: 'Re: [PATCH v2 1/2] wal: unlock before the sync',
    from: 'Marek Tolvanen <marek@example.com>',
    body: 'Patch-Status: accepted\n',
    minute: 95,
    answers: 'v2-1@example.org',
  })
  const taken = await own.page('/tarn/v2-1@example.org/')
  expect(text(taken)).toContain('✓ Accepted Marek Tolvanen accepted it on 2 March 2026.')
  expect(taken).toContain('<a href="/tarn/take@example.com/">accepted</a>')
  expect(text(await own.page('/tarn/v2-2@example.org/'))).not.toContain('Of 2 patches')
})

test('a review that the next version carries in its message stands in the table, and so does one that nobody sent here', async () => {
  const message = `The lock was held too long.

Reviewed-by: Marek Tolvanen <marek@example.com>
Acked-by: Sven Holt <sven@example.net>`
  const own = await makeArchive([
    ...series,
    {
      id: 'v3-1@example.org',
      subject: '[PATCH v3] wal: unlock before the sync',
      body: patchBody('src/wal.c', message).replace('return sync(w)', 'return sync(w, 1)'),
      minute: 120,
      answers: 'v2-0@example.org',
    },
  ])
  const page = text(await own.page('/tarn/v3-1@example.org/'))
  expect(page).toContain('Reviewed-by Marek Tolvanen v1, 2 Mar 2026 yes, carried')
  expect(page).toContain('Acked-by Sven Holt 2 Mar 2026 no, it stands in the commit message only')
  expect(page).toContain('Marek Tolvanen reviewed it.')
  const alone = await makeArchive([
    ...[1, 2].map(number => ({
      id: `p${number}@example.org`,
      subject: `[PATCH ${number}/2] wal: unlock ${number}`,
      body: patchBody(`src/${number}.c`, number === 1 ? message : 'Twice.'),
      minute: number,
      ...(number === 2 ? { answers: 'p1@example.org' } : {}),
    })),
  ])
  const table = await alone.page('/tarn/p1@example.org/')
  expect(table).toMatch(
    /class="tr kept" href="\/tarn\/p1@example.org\/">A<span class="vh">cked-by, in the commit message only</,
  )
  expect(text(table)).toContain(
    'Nobody has answered it here yet; its commit messages name Marek Tolvanen and Sven Holt as reviewers.',
  )
})

test('the page of a patch without a commit message says so', async () => {
  const body = patchBody().replace(/^.*?(?=---\n)/s, '')
  const own = await makeArchive([{ id: 'bare@example.org', subject: '[PATCH] wal: unlock early', body }])
  expect(await own.page('/tarn/bare@example.org/')).toContain('None but the subject.')
})

test('a series without a cover is read at its first patch, and says what is missing', async () => {
  const page = await archive.page('/tarn/half-1@example.org/')
  expect(text(page).match(/1 of 3 patches arrived; 2 and 3 are missing/gi)).toHaveLength(1)
  expect(text(page)).not.toContain('Not complete')
  expect(page).toContain('<h2 id="h-diff">Diff</h2>')
})

test('a bug page tells its story: report, changes and mails with links to what set them', async () => {
  const page = await archive.page('/tarn/bug@example.com/')
  expect(text(page)).toContain('It tears.')
  expect(text(page)).toContain('set the state to confirmed')
  expect(page).toContain('<a href="/tarn/confirm@example.org/">')
  expect(page).toContain('body=Bug-Status%3A%20fixed')
})

test('every mail leads to its topic', async () => {
  expect(await archive.page('/tarn/review-2@example.net/')).toContain(
    'This mail is part of <a href="/tarn/v2-0@example.org/">',
  )
  expect(await archive.page('/tarn/confirm@example.org/')).toContain(
    'This mail is part of <a href="/tarn/bug@example.com/">',
  )
})

test('a thread page marks the mail the reader came for', async () => {
  const page = await archive.page('/tarn/review-2@example.net/T/')
  expect(page.match(/You are here/g)).toHaveLength(2)
  expect(page).toContain('id="u"')
  expect(page.match(/<article /g)).toHaveLength(series.length)
})

test('what a patch answers is not called missing when it is in another topic', async () => {
  const other = await makeArchive([
    { id: 'talk@example.org', subject: 'How fast is it?' },
    {
      id: 'fix@example.org',
      subject: '[PATCH] faster',
      body: patchBody('src/a.c'),
      answers: 'talk@example.org',
    },
  ])
  const page = text(await other.page('/tarn/fix@example.org/'))
  expect(page).toContain('A mail that is not in this topic [PATCH] faster')
  expect(page).not.toContain('did not reach')
})

test('a change by mail is prepared: recipient, thread and tag', async () => {
  const page = await archive.page('/tarn/v2-1@example.org/')
  expect(page).toContain(
    'href="mailto:ines@example.org?In-Reply-To=%3Cv2-1%40example.org%3E&amp;Cc=tarn%40lists.example.org&amp;Subject=Re%3A%20%5BPATCH%20v2%201%2F2%5D',
  )
  expect(page).toContain('body=Patch-Status%3A%20accepted"')
  expect(page).toContain('<code>Patch-Status: accepted</code>')
})

test('what is offered fits what it stands at: a fixed bug is reopened, and what is taken is not taken again', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'take@example.com',
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
      from: 'Marek Tolvanen <marek@example.com>',
      body: 'Patch-Status: accepted\n',
      minute: 95,
      answers: 'v2-0@example.org',
    },
    { id: 'bug@example.com', subject: '[BUG] The log tears', body: 'It tears.\n' },
    {
      id: 'fixed@example.org',
      subject: 'Re: [BUG] The log tears',
      body: 'Bug-Status: fixed in 1.4\n',
      minute: 5,
      answers: 'bug@example.com',
    },
  ])
  for (const id of ['v2-0', 'v2-1', 'v1-0'])
    expect(await own.page(`/tarn/${id}@example.org/`)).not.toContain('body=Patch-Status')
  const bug = await own.page('/tarn/bug@example.com/')
  expect(bug.match(/body=Bug-Status[^"]*/g)).toEqual(['body=Bug-Status%3A%20reopened'])
})

test('a misspelt line shows at once on its mail and in the history, with the line that was meant', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'typo@example.com',
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
      from: 'Marek Tolvanen <marek@example.com>',
      body: 'Patch-Stauts: accepted\n',
      minute: 95,
      answers: 'v2-0@example.org',
    },
    { id: 'bug@example.com', subject: '[BUG] The log tears', body: 'It tears.\n' },
    {
      id: 'typo-2@example.org',
      subject: 'Re: [BUG] The log tears',
      body: 'Bug-Staus: confirmed\n',
      minute: 5,
      answers: 'bug@example.com',
    },
  ])
  const wrote =
    'Marek Tolvanen wrote Patch-Stauts: accepted ✕ without effect , 2 Mar 2026 (imported) this line is not understood; perhaps &quot;Patch-Status: accepted&quot; was meant'
  for (const id of ['typo@example.com', 'v2-0@example.org'])
    expect(text(await own.page(`/tarn/${id}/`))).toContain(wrote)
  for (const id of ['typo-2@example.org', 'bug@example.com'])
    expect(text(await own.page(`/tarn/${id}/`))).toContain(
      'perhaps &quot;Bug-Status: confirmed&quot; was meant',
    )
  expect(text(await own.page('/tarn/v2-0@example.org/T/'))).toContain('✕ a line is not understood')
})

test('rows of one title name the branch that each is for', async () => {
  const own = await makeArchive(
    ['6.6', '6.1', '5.15'].map((branch, at) => ({
      id: `auto-${branch}@example.org`,
      subject: `[PATCH AUTOSEL ${branch}] wal: unlock before the sync`,
      body: patchBody(),
      minute: at,
    })),
  )
  const rows = text(await own.page('/tarn/'))
  for (const branch of ['6.6', '6.1', '5.15'])
    expect(rows).toContain(`wal: unlock before the sync AUTOSEL ${branch} Ines Oduya`)
  expect(text(await own.page('/tarn/auto-6.1@example.org/'))).toContain('for AUTOSEL 6.1')
})

test('an answer goes to the author and keeps everybody, above the words it answers, as far as a link goes', async () => {
  const long = Array.from({ length: 200 }, (_, at) => `Line ${at} of a long report.`).join('\n')
  const own = await makeArchive([
    {
      id: 'long$(x)@example.org',
      subject: 'wal: how long may it be?',
      body: `${long}\n`,
      headers: ['Cc: Ruth <ruth@example.com>, "Odd; one" <odd@example.net>, tarn@lists.example.org'],
    },
  ])
  const page = await own.page('/tarn/long$(x)@example.org/')
  const [link = ''] = page.match(/mailto:ines@example\.org\?[^"]*body=On[^"]*/) ?? []
  const fields = new URLSearchParams(link.replaceAll('&amp;', '&').replace(/^[^?]*/, ''))
  expect(fields.get('In-Reply-To')).toBe('<long$(x)@example.org>')
  expect(fields.get('Cc')).toBe('tarn@lists.example.org,ruth@example.com,odd@example.net')
  expect(fields.get('body')).toMatch(/^On 2 March 2026, Ines Oduya wrote:\r\n> Line 0 of a long report\.\r\n/)
  expect(fields.get('body')).toMatch(/\r\n> \[\.\.\.\]\r\n$/)
  expect(link.replaceAll('&amp;', '&').length).toBeLessThanOrEqual(1_900)
  expect(text(page)).toContain(
    'git send-email --in-reply-to=&#39;long$(x)@example.org&#39; --to=ines@example.org --cc=tarn@lists.example.org --cc=ruth@example.com --cc=odd@example.net reply.patch',
  )
  expect(text(page)).toContain('b4 mbox &#39;long$(x)@example.org&#39;')
  expect(page).toMatch(/tarn\+r-[a-z2-7]{16}@lists\.example\.org/)
})

test('a fact is told once: what a program applied in six mails is one line with six links', async () => {
  const own = await makeArchive([
    ...series,
    ...[1, 2, 3].map(at => ({
      id: `done-${at}@example.com`,
      subject: 'Re: [PATCH v2 0/2] wal: hold the lock less',
      from: 'Marek Tolvanen <marek@example.com>',
      body: 'Applied to main, thanks.\n',
      minute: 95 + at,
      answers: 'v2-0@example.org',
    })),
  ])
  const page = await own.page('/tarn/v2-0@example.org/')
  expect(page.match(/<dt>Applied<\/dt>/g)).toHaveLength(1)
  expect(text(page)).toContain('Applied Marek Tolvanen in 3 mails: 2 Mar 2026 , mail 2 , mail 3')
  for (const at of [1, 2, 3]) expect(page).toContain(`href="/tarn/done-${at}@example.com/"`)
})

test('below the title a row leads to what one acts with', async () => {
  const row = (page: string) =>
    [...(/<nav class="jumps".*?<\/nav>/s.exec(page)?.[0] ?? '').matchAll(/href="([^"]*)"/g)].map(
      ([, to]) => to,
    )
  const old = await archive.page('/tarn/v1-0@example.org/')
  expect(row(old)).toEqual(['#reply', '#apply', '/tarn/v2-0@example.org/', '/tarn/v2-0@example.org/v1..v2'])
  expect(old).toContain('id="reply"')
  expect(old).toContain('id="apply"')
  expect(row(await archive.page('/tarn/v2-2@example.org/'))).toEqual([
    '#reply',
    '#h-diff',
    '#apply',
    '/tarn/v2-0@example.org/v1..v2',
  ])
  expect(row(await archive.page('/tarn/bug@example.com/'))[0]).toBe('#reply')
})

test('an address that leads nowhere leads to the list that has the mail, and past the signs of a paste', async () => {
  const own = await makeArchive([{ id: 'here@example.org', subject: 'wal: is it here?' }])
  await saveLists(own.db, [
    { name: 'tarn', address: 'tarn@lists.example.org' },
    { name: 'moor', address: 'moor@lists.example.org' },
  ])
  expect(await own.page('/moor/here@example.org/', 404)).toContain(
    '<a href="/tarn/here@example.org/">tarn has it</a>',
  )
  expect(await own.page('/tarn/%3Chere@example.org%3E,/', 404)).toContain(
    '<a href="/tarn/here@example.org/">',
  )
  expect(await own.page('/tarn/nowhere@example.org/', 404)).toContain('It may still be on its way')
})

test('a mail that is not sorted yet is shown already', async () => {
  const own = await makeArchive()
  await append(own.db, own.list.id, [
    { bytes: write({ id: 'fresh@example.org' }), envelope: { road: 'import' } },
  ])
  const page = await own.page('/tarn/fresh@example.org/')
  expect(page).toContain('Does it keep its promise?')
  expect(page).toContain('Just arrived')
  expect((await own.app.request('/tarn/fresh@example.org/T/')).headers.get('Location')).toBe(
    '/tarn/fresh@example.org/',
  )
})

test('an empty list and an empty server say what to do', async () => {
  const own = await makeArchive()
  expect(await own.page('/tarn/')).toContain('Nothing is open')
  expect(await own.page('/tarn/bugs/')).toContain('There are none.')
  await own.db.deleteFrom('roster').execute()
  await own.db.deleteFrom('list').execute()
  expect(await own.page('/')).toContain('threadwork init')
})

test('a long run of topics goes on page by page, each once, those of one moment too', async () => {
  const own = await makeArchive(
    Array.from({ length: 120 }, (_, index) => ({
      id: `t${index}@example.org`,
      subject: `Question ${index}`,
      body: 'Does the driver of this kernel build?\n',
    })),
  )
  const seen: string[] = []
  let path: string | undefined = '/tarn/?state=all'
  while (path) {
    const page: string = await own.page(path)
    seen.push(
      ...[...page.matchAll(/class="s" href="\/tarn\/(t\d+@example.org)\/"/g)].map(match => match[1] ?? ''),
    )
    path = /href="([^"]*)" rel="next"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
  }
  expect(seen).toHaveLength(120)
  expect(new Set(seen).size).toBe(120)
})

test('what is new since a day has a mark, on lists and in threads, and the links keep the question', async () => {
  const own = await makeArchive([
    ...series,
    { id: 'bug@example.org', subject: '[BUG] It leaks', body: 'It does.\n', minute: 60 * 24 },
    {
      id: 'late@example.com',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      from: 'Marek Tolvanen <marek@example.com>',
      body: 'Who counts?\n',
      answers: 'v2-2@example.org',
      minute: 60 * 24 + 1,
    },
  ])
  const asked = async (path: string) => (await own.page(path)).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  expect(await asked('/tarn/')).not.toContain('New mails')
  const home = await own.page('/tarn/?since=2026-03-03')
  expect(await asked('/tarn/?since=2026-03-03')).toMatch(
    /wal: hold the lock less v2 New mails Ines.* It leaks New /,
  )
  expect(home).toContain('href="/tarn/v2-0@example.org/?since=2026-03-03"')
  expect(await asked('/tarn/?since=2026-03-04')).not.toContain('New mails')
  expect(await asked('/tarn/?since=yesterday')).toContain(
    'Cannot mark what is new since “ yesterday ”: since= takes a day as 2026-03-01, or a minute',
  )
  expect(await asked('/tarn/bugs/?since=2026-03-03')).toMatch(/It leaks New Ines/)
  expect(await asked('/tarn/?state=all&since=2026-03-03T09:00')).toMatch(/It leaks New Ines/)
  expect(await asked('/tarn/waits/?since=2026-03-03')).toMatch(/It leaks Ines Oduya New/)

  expect(await asked('/tarn/v2-0@example.org/?since=2026-03-03')).toMatch(
    /New 1 mail since 3 Mar 2026 , the first by Marek.*Who counts\? Marek Tolvanen , 3 Mar 2026 New/,
  )
  expect(await asked('/tarn/v2-0@example.org/?since=2026-03-04')).toContain(
    'Nothing is new here since 4 Mar 2026',
  )
  expect(await asked('/tarn/v2-2@example.org/?since=2026-03-03')).toContain('the first by Marek')
  expect(await asked('/tarn/late@example.com/?since=2026-03-03')).toContain('the first by Marek')
  const thread = await own.page('/tarn/v2-0@example.org/T/?since=2026-03-03')
  expect(thread.match(/<span class="chip info">New<\/span>/g)).toHaveLength(3)
  expect(await asked('/tarn/v2-0@example.org/?since=%3Cb%3E')).toContain(
    'Cannot mark what is new since “ &lt;b&gt; ”',
  )
})

test('an id that was cut or miscounted is offered the ids that begin like it', async () => {
  const own = await makeArchive(
    [1, 2].map(number => ({
      id: `20260302090000.4711-${number}-ines@example.org`,
      subject: `[PATCH ${number}/2] wal: part ${number}`,
      body: patchBody(`src/p${number}.c`),
      minute: number,
    })),
  )
  const cut = await own.page('/tarn/20260302090000.4711-/', 404)
  expect(cut).toContain('href="/tarn/20260302090000.4711-1-ines@example.org/"')
  const next = await own.page('/tarn/20260302090000.4711-3-ines@example.org/', 404)
  expect(next).toContain('Ids that begin like it')
  expect(await own.page('/tarn/other@example.com/', 404)).not.toContain('Ids that begin like it')
})
