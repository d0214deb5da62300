import { beforeAll, expect, test } from 'vitest'
import { type Archive, makeArchive, patchBody, series } from './archive.ts'

const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const ruth = 'Ruth Adler <ruth@example.com>'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    {
      id: 'tear@example.com',
      subject: '[BUG] The log tears',
      from: ruth,
      body: 'It tears.\n\nTarget: 1.0/late\n',
    },
    {
      id: 'knobs@example.com',
      subject: '[TASK] Describe the knobs',
      from: ruth,
      body: 'All.\n\nTarget: 1.0/late\n',
    },
    {
      id: 'done@example.com',
      subject: 'Re: [TASK] Describe the knobs',
      from: ruth,
      body: 'Bug-Status: fixed\n',
      answers: 'knobs@example.com',
      minute: 5,
    },
    {
      id: 'odd@example.com',
      subject: 'The kernel driver hangs',
      from: ruth,
      body: 'Does the driver build?\n',
      minute: 6,
    },
    {
      id: 'win@example.net',
      subject: 'You won',
      from: 'Prize <prize@example.net>',
      body: 'Take walnut money now.\n',
      minute: 7,
    },
  ])
})

test('a milestone lists what is planned for it, with counts', async () => {
  const all = await archive.page('/tarn/milestones/')
  expect(all).toContain('href="/tarn/milestone/1.0%2Flate/"')
  const page = await archive.page('/tarn/milestone/1.0%2Flate/')
  expect(text(page)).toContain('1 open, 1 done')
  expect(text(page)).toMatch(/The log tears.*Describe the knobs .*Task/)
  expect(await archive.page('/tarn/tear@example.com/')).toContain('href="/tarn/milestone/1.0%2Flate/"')
  expect(text(await archive.page('/tarn/milestone/never/'))).toContain('Nothing is planned for it.')
})

test('triage shows what may be a bug, why, and the mail that decides', async () => {
  const page = await archive.page('/tarn/triage/')
  expect(text(page)).toContain('The kernel driver hangs')
  expect(text(page)).toContain('its subject speaks of a problem')
  expect(page).toContain('body=Type%3A%20bug"')
  expect(page).not.toContain('tear@example.com')
})

test('spam is kept out of lists, latest mails and search, and can be looked at', async () => {
  for (const path of ['/tarn/', '/tarn/?state=all', '/tarn/?q=walnut'])
    expect(await archive.page(path), path).not.toContain('win@example.net')
  expect(text(await archive.page('/tarn/?q=walnut'))).toContain('No mail holds')
  expect(await archive.page('/tarn/?state=spam')).toContain('href="/tarn/win@example.net/"')
})

test('whose turn it is: everything open by how long it waits, and what waits for one person', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'ask@example.com',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      from: 'Marek Tolvanen <marek@example.com>',
      body: '> -\tsync(w);\n\nWho syncs now?\n',
      minute: 100,
      answers: 'v2-2@example.org',
    },
    {
      id: 'bug@example.com',
      subject: '[BUG] The log tears',
      body: 'It tears.\n',
      from: 'Ruth <ruth@example.com>',
    },
    {
      id: 'info@example.org',
      subject: 'Re: [BUG] The log tears',
      body: 'Which release?\n\nBug-Status: needs-info\n',
      minute: 5,
      answers: 'bug@example.com',
    },
    {
      id: 'alone@example.net',
      subject: '[PATCH] doc: a word',
      from: 'Priya Santhanam <priya@example.net>',
      body: patchBody('doc/a.txt'),
      minute: 200,
    },
  ])
  const page = await own.page('/tarn/waits/')
  const titles = [...page.matchAll(/<a class="s" href="[^"]*"><bdi>([^<]*)</g)].map(([, title]) => title)
  expect(titles).toEqual(['The log tears', 'wal: hold the lock less', 'doc: a word'])
  expect(page).toMatch(/<td><a href="\/tarn\/people\/ruth@example.com\/"><bdi>Ruth<\/bdi><\/a><\/td>/)
  expect(page).toMatch(/<td>A reviewer<\/td>/)
  expect(text(page)).toMatch(/“Which release\?” It waits for Ruth\. Ruth 2 Mar 2026 \d+ days/)
  expect(page).toContain('<a href="/tarn/info@example.org/">asked</a>')
  const ines = text(await own.page('/tarn/people/ines@example.org/'))
  expect(ines).toMatch(/Waits for this person .*wal: hold the lock less.*Waits for others Nothing/)
  const priya = text(await own.page('/tarn/people/Priya@example.net/'))
  expect(priya).toMatch(/Waits for this person Nothing\. Waits for others .*doc: a word .* A reviewer/)
  expect(await own.page('/tarn/')).toContain('<a href="/tarn/waits/">Whose turn</a>')
  expect(await own.page('/tarn/v2-0@example.org/')).toContain('href="/tarn/people/ines@example.org/"')
  expect(await own.page('/tarn/people/%3Cb%3E/')).not.toContain('<b>')
  for (const size of [page, ines]) expect(size.length).toBeLessThan(30_000)
})

test('bugs are filtered by label and severity, and ordered by age and severity', async () => {
  const bug = (id: string, subject: string, lines: string, minute: number) => ({
    ...{
      id: `${id}@example.com`,
      subject: `[BUG] ${subject}`,
      from: ruth,
      body: `It fails.\n\n${lines}\n`,
      minute,
    },
  })
  const own = await makeArchive([
    bug('one', 'The log tears', 'Severity: minor\nLabels: disk', 0),
    bug('two', 'The pager hangs', 'Severity: critical\nLabels: disk regression', 10),
    bug('three', 'The lock leaks', '', 20),
    {
      ...bug('ping', 'x', '', 30),
      subject: 'Re: [BUG] The log tears',
      answers: 'one@example.com',
      body: 'Still.\n',
    },
  ])
  const bugs = async (asked: string) => {
    const page = await own.page(`/tarn/bugs/${asked}`)
    return [...page.matchAll(/<a class="s" href="\/tarn\/(\w+)@/g)].map(([, id]) => id)
  }
  expect(await bugs('')).toEqual(['one', 'three', 'two'])
  expect(await bugs('?order=age')).toEqual(['one', 'two', 'three'])
  expect(await bugs('?order=severity')).toEqual(['two', 'one', 'three'])
  expect(await bugs('?label=disk&order=severity')).toEqual(['two', 'one'])
  expect(await bugs('?severity=critical')).toEqual(['two'])
  expect(await bugs('?label=none')).toEqual([])
  expect(await bugs('?page=2')).toEqual([])

  const page = await own.page('/tarn/bugs/?label=disk')
  // What is chosen leads back, and the rest keeps it.
  expect(text(page)).toMatch(/Label disk ✕ take this filter away regression 1/)
  expect(page).toContain('href="/tarn/bugs/?label=disk&amp;severity=critical"')
  expect(page).toContain('<a class="rev" href="/tarn/bugs/?label=regression">')
  expect(text(page)).toMatch(/minor \d[\d,]* days 2 2 Mar 2026/)
})

test('what was applied lately stands with who said so, the newest first', async () => {
  const apply = (id: string, line: string, minute: number) => [
    { id: `${id}@example.org`, subject: `[PATCH] ${id}: mend it`, body: patchBody(`src/${id}.c`), minute: 1 },
    {
      id: `${id}-said@example.com`,
      subject: `Re: [PATCH] ${id}: mend it`,
      from: ruth,
      body: `${line}\n`,
      answers: `${id}@example.org`,
      minute,
    },
  ]
  const own = await makeArchive([
    ...apply('wal', 'Patch-Status: accepted', 60),
    ...apply('pager', 'Applied, thanks!', 30),
    ...apply('lock', 'Patch-Status: rejected', 90),
  ])
  const page = await own.page('/tarn/applied/')
  expect([...page.matchAll(/<a class="s" href="\/tarn\/(\w+)@/g)].map(([, id]) => id)).toEqual([
    'wal',
    'pager',
  ])
  expect(text(page)).toContain('Ruth Adler set the state to accepted , 2 Mar 2026')
  expect(page).toContain('href="/tarn/pager-said@example.com/"')
  expect(text(await (await makeArchive()).page('/tarn/applied/'))).toContain('Nothing was applied yet')
})

test('the statistics count patches, first answers, bugs, what nobody reviews and who does', async () => {
  const day = 60 * 24
  const own = await makeArchive([
    ...series,
    {
      id: 'alone@example.org',
      subject: '[PATCH] wal: be alone',
      body: patchBody('src/alone.c'),
      minute: 20 * day,
    },
    { id: 'bug@example.com', subject: '[BUG] It leaks', from: ruth, body: 'It does.\n', minute: day },
    { id: 'two@example.com', subject: '[BUG] It hangs', from: ruth, body: 'It does.\n', minute: 8 * day },
    {
      id: 'mended@example.com',
      subject: 'Re: [BUG] It leaks',
      from: ruth,
      body: 'Bug-Status: fixed\n',
      answers: 'bug@example.com',
      minute: 15 * day,
    },
  ])
  const page = await own.page('/tarn/statistics/')
  const row = (words: string) => {
    const cells =
      new RegExp(`<th scope="row">(?:<svg.*?</svg> )?${words}</th>(.*?)</tr>`, 's').exec(page)?.[1] ?? ''
    return [...cells.matchAll(/<td class="n">(\d+)</g)].map(([, count]) => Number(count))
  }
  // The newest mail is of the week of 16 March, the first ones are of that of 2 March.
  expect(row('Patches').slice(-4)).toEqual([0, 4, 0, 1])
  expect(row('Answers').slice(-4)).toEqual([0, 2, 0, 0])
  expect(row('Opened').slice(-4)).toEqual([0, 1, 1, 0])
  expect(row('Closed').slice(-4)).toEqual([0, 0, 0, 1])
  expect(row('Open at end').slice(-4)).toEqual([0, 1, 2, 1])
  expect([...page.matchAll(/<th scope="row">(?:<svg.*?<\/svg> )?Patchsets<\/th>/g)]).toHaveLength(2)
  expect(row('Patchsets')).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  expect(text(page)).toContain('Of 2 patchsets 1 got an answer, half of them within 1 hour.')
  expect(text(page)).toContain('1 patchset waits for a first review, 1 of them for more than a week.')
  expect(text(page)).toMatch(/Priya Santhanam 0 0 1 2 Mar 2026/)
  expect(page).toContain('href="/tarn/review-2@example.net/"')
  expect(text(await (await makeArchive()).page('/tarn/statistics/'))).toContain(
    'There is no mail yet to count.',
  )
})

test('a list says how to take part, and what it is', async () => {
  const page = await archive.page('/tarn/take-part/')
  expect(page).toContain('git config sendemail.to tarn@lists.example.org')
  expect(page).toContain('git config b4.send-series-to tarn@lists.example.org')
  expect(page).toContain('<code>Patch-Status: accepted</code>')
  expect(page).toContain('href="mailto:tarn@lists.example.org?subject=%5BBUG%5D%20"')
  const about = await archive.page('/tarn/about/')
  expect(text(about)).toContain('A storage engine')
  expect(text(about)).toContain('Everybody: no people are named for this list')
  expect(await archive.page('/tarn/')).toContain('href="/tarn/take-part/"')
})

test('rows of what is open say why they wait, for how many days, and lead to the mail that says so', async () => {
  const own = await makeArchive([
    ...series,
    {
      id: 'ask@example.com',
      subject: 'Re: [PATCH v2 2/2] wal: count the waits',
      from: 'Marek Tolvanen <marek@example.com>',
      body: '> -\tsync(w);\n\nWho syncs now?\n',
      minute: 100,
      answers: 'v2-2@example.org',
    },
    {
      id: 'alone@example.org',
      subject: '[PATCH] wal: be alone',
      body: patchBody('src/alone.c'),
      minute: 200,
    },
  ])
  for (const path of ['/tarn/', '/tarn/?state=author']) {
    const page = await own.page(path)
    expect(text(page), path).toMatch(
      /\d+ days: Marek Tolvanen reviewed 1 of 2 patches\. A later comment of 2 March/,
    )
    expect(page, path).toContain('href="/tarn/ask@example.com/"')
  }
  expect(text(await own.page('/tarn/?state=review'))).toMatch(/wal: be alone Ines Oduya , 1 patch \d+ days: /)
  expect(text(await own.page('/tarn/?state=all'))).not.toMatch(/\d+ days:/)
})
