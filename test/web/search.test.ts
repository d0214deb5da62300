import { beforeAll, describe, expect, test } from 'vitest'
import { indexKey } from '../../base/key.ts'
import { type Archive, makeArchive, patchBody, series } from './archive.ts'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    ...series,
    {
      id: 'cut@example.org',
      subject: 'Power and data',
      body: 'A power cut at night.\n\n> quoted zebra line\n\nSecond line: cut power.\n',
      minute: 200,
    },
  ])
})

const text = (html: string) => html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
const find = (query: string) => archive.page(`/tarn/?q=${encodeURIComponent(query)}`)

test('words are found in subjects, authors, texts and names of files, and counted in words', async () => {
  expect(text(await find('night'))).toContain('1 mail holds “night”')
  expect(text(await find('Priya'))).toContain('1 mail holds')
  expect(text(await find('endian'))).toContain('No mail holds “endian”')
  expect(await find('stats.c')).toContain('href="/tarn/v2-2@example.org/"')
})

test('a hit shows the line that matched, with the words marked', async () => {
  const page = await find('cut night')
  expect(page).toContain('<span>A power <mark>cut</mark> at <mark>night</mark>.</span>')
})

test('letters are found with their marks and without', async () => {
  const own = await makeArchive([
    {
      id: 'u@example.org',
      subject: 'Der Müller',
      body: 'Does the driver of this kernel build? Die Straße ist für alle.\n',
      minute: 1,
    },
    {
      id: 'ue@example.org',
      subject: 'Herr Mueller',
      body: 'Does the driver of this kernel build? Der Mühlbach.\n',
      minute: 2,
    },
  ])
  const of = async (query: string) => {
    const page = await own.page(`/tarn/?q=${encodeURIComponent(query)}`)
    return [...page.matchAll(/<h3><a href="\/tarn\/(\w+)@/g)].map(([, id]) => id)
  }
  expect(await of('muller')).toEqual(['u'])
  expect(await of('Müller')).toEqual(['ue', 'u'])
  expect(await of('mu\u0308ller')).toEqual(['ue', 'u'])
  expect(await of('strasse')).toEqual(['u'])
  expect(await of('b:"strasse ist fur"')).toEqual(['u'])
  expect(await of('mühl*')).toEqual(['ue'])
  expect(await own.page('/tarn/?q=muller')).toContain('<mark>Müller</mark>')
  expect(await own.page('/tarn/?q=fur')).toContain('<mark>für</mark>')
})

test.each([
  ['nihgt', 'night'],
  ['s:Pover AND nigt', 's:power AND night'],
  ['zzzz', null],
  // Both are held, by different mails.
  ['unlock night', null],
])('for %j, which no mail holds, %j is offered', async (query, spelled) => {
  const page = await find(query)
  expect(text(page)).toContain('No mail holds')
  if (spelled === null) expect(page).not.toContain('Did you mean')
  else
    expect(page).toContain(
      `Did you mean <a href="/tarn/?q=${new URLSearchParams({ q: spelled }).toString().slice(2)}">`,
    )
})

test('a quoted line is no hit', async () => {
  expect(text(await find('zebra'))).toContain('No mail holds')
})

test('phrases, or and minus are understood', async () => {
  expect(text(await find('"power cut"'))).toContain('1 mail holds')
  expect(text(await find('"cut at power"'))).toContain('No mail holds')
  expect(text(await find('night or nonsense'))).toContain('1 mail holds')
  expect(text(await find('power -night'))).toContain('No mail holds')
})

test.each(['', '"', '!!!', '-', "'", '\\', '(((', 'a & | b', '%', 'x'.repeat(5_000), '\0', '-only', ':*'])(
  'the query %j makes a page with advice or hits',
  async query => {
    const page = await find(query)
    expect(page).toContain('<h1>')
    expect(page).toMatch(/What can be looked for|Newest first/)
  },
)

test('a search that means nothing is told what is allowed', async () => {
  const page = text(await find('wal d:someday'))
  expect(page).toContain('“d:someday” is no time')
  expect(page).toContain('dfhh:behind the @@ of a hunk')
})

test('more hits than fit go on page by page', async () => {
  const own = await makeArchive(
    Array.from({ length: 45 }, (_, index) => ({
      id: `n${index}@example.org`,
      subject: `Question ${index}`,
      body: 'Does the driver of this kernel build with walnut?\n',
      minute: index,
    })),
  )
  const first = await own.page('/tarn/?q=walnut')
  expect(text(first)).toContain('45 mails hold “walnut”')
  expect(first.indexOf('Question 44')).toBeLessThan(first.indexOf('Question 30'))
  expect(await own.page('/tarn/?q=walnut&page=3')).toContain('href="/tarn/n4@example.org/"')
  expect(await own.page('/tarn/?q=walnut&page=4')).toContain('There are no more hits')
})

describe('what became of a topic', () => {
  let own: Archive
  beforeAll(async () => {
    own = await makeArchive([
      ...series,
      {
        id: 'bug@example.net',
        subject: '[BUG] The log grows',
        from: 'Priya Santhanam <priya@example.net>',
        body: 'It grows each night.\n',
        minute: 300,
      },
      {
        id: 'labels@example.org',
        subject: 'Re: [BUG] The log grows',
        answers: 'bug@example.net',
        body: 'Labels: disk\nSeverity: high\nBug-Status: confirmed\nDelegate: Marek Tolvanen <marek@example.com>\n',
        minute: 301,
      },
      { id: 'lone@example.org', subject: '[PATCH] wal: say it', body: patchBody('src/say.c'), minute: 400 },
      {
        id: 'fail@example.net',
        subject: 'Re: [PATCH] wal: say it',
        from: 'CI <ci@example.net>',
        answers: 'lone@example.org',
        body: 'Test-Label: unit\nTest-Status: FAILURE\n\nStep unit failed at night.\n',
        minute: 401,
      },
      { id: 'done@example.org', subject: '[PATCH] wal: be done', body: patchBody('src/done.c'), minute: 500 },
      {
        id: 'applied@example.com',
        subject: 'Re: [PATCH] wal: be done',
        from: 'Marek Tolvanen <marek@example.com>',
        answers: 'done@example.org',
        body: 'Patch-Status: accepted\n',
        minute: 501,
      },
    ])
  })
  /** Titles of the rows. */
  const topics = async (query: string) => {
    const page = await own.page(`/tarn/?q=${encodeURIComponent(query)}`)
    return [...page.matchAll(/<a class="s"[^>]*>(.*?)<\/a>/g)].map(([, title]) => text(title ?? ''))
  }

  test.each([
    ['is:open is:patch', ['wal: say it', 'wal: hold the lock less']],
    ['is:open is:bug', ['The log grows']],
    ['is:closed', ['wal: be done']],
    ['state:accepted', ['wal: be done']],
    ['is:patch is:unanswered', ['wal: say it']],
    ['is:patch has:failed', ['wal: say it']],
    ['is:patch has:review', ['wal: hold the lock less']],
    ['label:disk severity:high', ['The log grows']],
    ['delegate:marek@example.com', ['The log grows']],
    ['delegate:"marek"', ['The log grows']],
    ['is:open from:priya', ['The log grows']],
    ['is:open (is:bug OR has:failed)', ['wal: say it', 'The log grows']],
    ['is:open NOT is:bug -has:failed', ['wal: hold the lock less']],
    ['is:open d:2026-03-03', []],
  ])('%j leads to each topic once', async (query, titles) => {
    expect(await topics(query)).toEqual(titles)
  })

  test('beside a word the mails stand that hold it', async () => {
    const page = await own.page('/tarn/?q=night+is:bug')
    expect(text(page)).toContain('1 mail holds “night is:bug”')
    expect(page).toContain('href="/tarn/bug@example.net/"')
    // What the index cannot tell is read from the mails.
    expect(await own.page('/tarn/?q=night+is:bug+n:none')).toContain('No mail holds')
    expect(await own.page('/tarn/?q=is:bug+t:tarn+-is:closed')).toContain('href="/tarn/bug@example.net/"')
  })

  test('a topic leads to its newest revision, and says what state it is in', async () => {
    const page = await own.page('/tarn/?q=is:patch+has:review')
    expect(page).toContain('<a class="s" href="/tarn/v2-0@example.org/">')
    expect(text(page)).toContain('1 topic is “is:patch has:review”')
  })

  test('a word that is no prefix is said', async () => {
    expect(text(await own.page('/tarn/?q=stat:open'))).toContain('“stat:” is no prefix')
    expect(text(await own.page('/tarn/?q=is:opn'))).toContain('Cannot read “is:opn”')
  })
})

describe('what has one name', () => {
  const bug = {
    id: 'bug@example.net',
    subject: '[BUG] The log grows',
    from: 'Jörg Müller <joerg@example.net>',
    body: 'It grows each night.\n',
    minute: 300,
  }
  let own: Archive
  beforeAll(async () => {
    own = await makeArchive([
      ...series,
      bug,
      {
        ...bug,
        id: 'again@example.net',
        subject: 'Two of a name',
        minute: 310,
        from: 'Ann Lee <ann@example.net>',
      },
      {
        ...bug,
        id: 'other@example.net',
        subject: 'Two of a name',
        minute: 320,
        from: 'Ann Lee <lee@example.com>',
      },
    ])
    const landing = { list_id: own.list.id, branch: 'main', release: null, reverted_by: null }
    await own.db
      .insertInto('landing')
      .values({
        ...landing,
        ...{ message_key: indexKey('v2-1@example.org'), commit: '3f2a19c0'.repeat(5), how: 'title' },
        ...{ at: new Date(0), data: '{}' },
      })
      .execute()
  })
  const led = async (query: string) => {
    const response = await own.app.request(`/tarn/?q=${encodeURIComponent(query)}`)
    return response.headers.get('Location') ?? response.status
  }

  test.each([
    ['#1', '/tarn/bug@example.net/'],
    ['#2', 200],
    ['wal: hold the lock less', '/tarn/v2-0@example.org/'],
    ['Re: [PATCH 2/2] wal: count the waits', '/tarn/v2-2@example.org/'],
    ['"wal: hold the lock less"', 200],
    ['hold the lock', 200],
    ['Two of a name', 200],
    ['3f2a19c03f2a', '/tarn/v2-1@example.org/'],
    ['3f2a19c1', 200],
    ['marek@example.com', '/tarn/people/marek@example.com/'],
    ['Marek Tolvanen', '/tarn/people/marek@example.com/'],
    ['nobody@example.com', 200],
    ['Ann Lee', 200],
    ['Jörg Müller', '/tarn/people/joerg@example.net/'],
    ['jorg muller', '/tarn/people/joerg@example.net/'],
    ['The log grows', '/tarn/bug@example.net/'],
  ])('%j leads to %s', async (query, where) => {
    expect(await led(query)).toBe(where)
  })

  test('of all lists, too', async () => {
    const response = await own.app.request('/all/?q=%231')
    expect(response.headers.get('Location')).toBe('/tarn/bug@example.net/')
  })
})
