// Which postings of one person are one change and which are not, on lists with customs of their own: branch and project
// words, pull batches, one cover title over other patches, subsystem prefixes, reverts.
import { describe, expect, it, test } from 'vitest'
import { groupsOf, type Posting, topicsOf } from './posted.ts'

const lines = (name: string) => [1, 2, 3, 4, 5, 6].map(n => `${name} line ${n}`)
const one = (
  id: string,
  subject: string,
  day: number,
  touches: Posting['touches'] = { 'src/lock.c': lines('lock') },
): Posting => ({
  id,
  subject,
  day,
  touches,
})

describe('two postings of one title are two changes', () => {
  it.each([
    ['[PATCH 5.10] lock: free it', '[PATCH 5.15] lock: free it'],
    ['[PATCH v5.10] lock: free it', '[PATCH v6.1] lock: free it'],
    ['[PATCH openwrt-22.03] lock: free it', '[PATCH openwrt-23.05] lock: free it'],
    ['[PATCH branch-2.17] lock: free it', '[PATCH branch-2.18 v2] lock: free it'],
    ['[PATCH kirkstone] lock: free it', '[PATCH scarthgap] lock: free it'],
    ['[PATCH net] lock: free it', '[PATCH net-next] lock: free it'],
    ['[SRU][J][PATCH 1/1] lock: free it', '[SRU][N][PATCH 1/1] lock: free it'],
    ['[PATCH] lock: free it', '[PATCH 6.6.y] lock: free it'],
    ['[OE-core][PATCH] lock: free it', '[OE-core][kirkstone][PATCH] lock: free it'],
    ['[PATCH] lock: free it', '[noble-next][PATCH] lock: free it'],
    ['[PATCH] lock: free it', '[SRU][J][PATCH] lock: free it'],
    ['[PATCH net] lock: free it', '[PATCH net 6.6] lock: free it'],
    ['[PATCH for-4.17] lock: free it', '[PATCH for-4.18] lock: free it'],
  ])('%s and %s', (elder, younger) => {
    expect(groupsOf([one('a@x.org', elder, 0), one('b@x.org', younger, 1)])).toEqual([
      ['a@x.org'],
      ['b@x.org'],
    ])
  })
})

describe('the younger is a revision of the elder', () => {
  it.each([
    ['[PATCH net] lock: free it', '[PATCH net-next v2] lock: free it'],
    ['[PATCH] lock: free it', '[PATCH net v2] lock: free it'],
    ['[PATCH 5.10] lock: free it', '[PATCH 5.10 v2] lock: free it'],
    ['[PATCH 5.10] lock: free it', '[PATCH v2 5.10.y 5.10] lock: free it'],
    ['[PATCH 5.10] lock: free it', '[PATCH v2] lock: free it'],
    ['[PATCH v11] lock: free it', '[PATCH v11.1] lock: free it'],
    ['[PATCH pump] lock: free it', '[PATCH rebased] lock: free it'],
    ['[PATCH net] lock: free it', '[RESEND PATCH net-next] lock: free it'],
    ['[SRU J][PATCH] lock: free it', '[J][PATCH] lock: free it'],
    ['[OE-core][PATCH] lock: free it', '[PATCH] lock: free it'],
    ['[PATCH] lock: free it', '[OE-core][kirkstone][PATCH v2] lock: free it'],
    ['[WIP PATCH] lock: free it', '[PATCH final] lock: free it'],
  ])('%s and %s', (elder, younger) => {
    expect(groupsOf([one('a@x.org', elder, 0), one('b@x.org', younger, 1)])).toEqual([['a@x.org', 'b@x.org']])
  })
})

describe('a change that somebody else sends on', () => {
  const bo = 'Bo Sample <bo@example.org>'
  const inBody = 'From: Ada Example <ada@example.org>\n\nBecause.'
  const elder = one('a@x.org', '[PATCH v4] lock: free it', 0)
  const sent = (posting: Partial<Posting>): Posting => ({
    ...one('b@x.org', '[PATCH v5] lock: free it', 5),
    from: bo,
    body: inBody,
    ...posting,
  })

  it('is the same patchset, posted by him, and takes no place of the elder', () => {
    const [topic, ...others] = topicsOf([elder, sent({})])
    expect(others).toEqual([])
    expect(topic?.revisions).toMatchObject([
      { version: 4, patches: [{ state: 'new' }] },
      { version: 5, author: { address: 'ada@example.org' }, postedBy: { address: 'bo@example.org' } },
    ])
    expect(topic?.history).toMatchObject([{ what: 'newer posting', value: 'v5 by Bo Sample' }])
  })

  it('is so under another title, when it links the elder', () => {
    const body = `${inBody}\n\nLink: https://lore.kernel.org/r/a@x.org`
    const younger = sent({ subject: '[PATCH v5] lock: release it in time', body })
    expect(groupsOf([elder, younger])).toEqual([['a@x.org', 'b@x.org']])
  })

  it('takes its place when it answers it and carries the same change', () => {
    const [topic] = topicsOf([elder, sent({ answers: 'a@x.org' })])
    expect(topic?.revisions[0]?.patches).toMatchObject([{ state: 'superseded' }])
  })

  it.each([
    ['his own work', sent({ body: 'Because.' })],
    ['a copy for another tree, at the same version', sent({ subject: '[PATCH v4] lock: free it' })],
    ['of other files', sent({ touches: { 'doc/lock.txt': lines('doc') } })],
    ['under another title, without a link', sent({ subject: '[PATCH v5] hose: wind it up' })],
  ])('is another one: %s', (_, younger) => {
    expect(groupsOf([elder, younger])).toEqual([['a@x.org'], ['b@x.org']])
  })
})

describe('a version at the end of a title', () => {
  const [first, path] = ['[PATCH] lock: free it', { 'src/lock.c': lines('lock') }]
  const revisionsOf = (...postings: Posting[]) =>
    topicsOf(postings).map(({ revisions }) => revisions.map(({ version, title }) => `v${version} ${title}`))

  it.each(['[PATCH] lock: free it v2', '[PATCH] lock: free it V2', 'PATCH: lock: free it v2'])(
    'counts where the same title was posted without it: %s',
    younger => {
      expect(revisionsOf(one('a@x.org', first, 0), one('b@x.org', younger, 1))).toEqual([
        ['v1 lock: free it', 'v2 lock: free it'],
      ])
    },
  )

  it('counts in a series, and for whoever is third', () => {
    const patch = (id: string, number: number, end: string, day: number): Posting => ({
      ...one(id, `[PATCH ${number}/2] lock: part ${number}${end}`, day + number / 1000),
      ...(number === 2 ? { answers: `${id.slice(0, 1)}1@x.org` } : {}),
    })
    const posted = ['', ' v2', ' v3'].flatMap((end, at) =>
      [1, 2].map(number => patch(`${'abc'[at]}${number}@x.org`, number, end, at)),
    )
    const [topic, ...others] = topicsOf(posted)
    expect(others).toEqual([])
    expect(
      topic?.revisions.map(({ version, patches }) => [version, ...patches.map(({ title }) => title)]),
    ).toEqual([1, 2, 3].map(version => [version, 'lock: part 1', 'lock: part 2']))
  })

  it('counts below the posting that it answers, when the titles are like each other', () => {
    const younger = { ...one('b@x.org', '[PATCH] lock: free it in time v2', 1), answers: 'a@x.org' }
    expect(revisionsOf(one('a@x.org', first, 0), younger)).toEqual([
      ['v1 lock: free it', 'v2 lock: free it in time'],
    ])
  })

  it.each([
    ['alone', one('b@x.org', '[PATCH] add the API v2', 1)],
    ['beside another of its kind', one('a@x.org', '[PATCH] add the API v3', 0)],
    ['of other files', one('a@x.org', '[PATCH] add the API', 0, { 'doc/a.txt': lines('a') })],
    ['by somebody else', { ...one('a@x.org', '[PATCH] add the API', 0), from: 'Bo Sample <bo@example.org>' }],
  ])('is a word of the title %s', (_, other) => {
    const titles = revisionsOf(other, one('c@x.org', '[PATCH] add the API v2', 2, path)).flat()
    expect(titles).toContain('v1 add the API v2')
  })

  it('is one in the patches of one series that name two of them', () => {
    const series = [2, 3].map((version, at) => ({
      ...one(`${at}@x.org`, `[PATCH ${at + 1}/2] add the API v${version}`, at / 1000),
      ...(at === 1 ? { answers: '0@x.org' } : {}),
    }))
    expect(topicsOf(series).flatMap(({ revisions }) => revisions.map(({ version }) => version))).toEqual([1])
  })
})

const pullText = [
  'The following changes since commit 0123456789abcdef0123456789abcdef01234567:',
  '',
  '  start (2026-01-01 10:00:00 +0000)',
  '',
  'are available in the Git repository at:',
  '',
  '  https://git.example.org/pump.git tags/fixes',
].join('\n')

/** A cover with request-pull's text over these patches. */
function batch(name: string, subject: string, day: number, patches: readonly [string, string][]): Posting[] {
  const cover = `${name}-0@x.org`
  return [
    { id: cover, subject: `[PATCH 0/${patches.length}] ${subject}`, day, body: pullText },
    ...patches.map(([title, path], at) => ({
      id: `${name}-${at + 1}@x.org`,
      subject: `[PATCH ${at + 1}/${patches.length}] ${title}`,
      day: day + 0.001 * (at + 1),
      answers: cover,
      touches: { [path]: lines(title) },
    })),
  ]
}
const plain = (id: string, title: string, path: string, day: number): Posting => ({
  id,
  subject: `[PATCH] ${title}`,
  day,
  touches: { [path]: lines(title) },
})
const ids = (postings: readonly Posting[]) => postings.map(posting => posting.id).sort()

test('a batch that repeats patches of several patchsets stands beside them, and supersedes none', () => {
  const lid = plain('lid@x.org', 'lid: count them', 'lid.c', 0)
  const hose = plain('hose@x.org', 'hose: free it', 'hose.c', 1)
  const pull = batch('pull', 'Fixes for main', 5, [
    ['lid: count them', 'lid.c'],
    ['hose: free it', 'hose.c'],
    ['frost: stop early', 'frost.c'],
  ])
  const postings = [lid, hose, ...pull]
  expect(groupsOf(postings)).toEqual([['hose@x.org'], ['lid@x.org'], ids(pull)].sort())
  expect(topicsOf(postings).map(topic => topic.state)).toEqual(['new', 'new', 'new'])
})

test('a patch that is sent again below a batch is of the batch, whatever version its plain posting comes to', () => {
  const first = [
    plain('hose@x.org', 'hose: free it', 'hose.c', 0),
    plain('lid@x.org', 'lid: count them', 'lid.c', 1),
  ]
  const pull = batch('pull', 'Fixes for main', 5, [
    ['lid: count them', 'lid.c'],
    ['hose: free it', 'hose.c'],
    ['frost: stop early', 'frost.c'],
  ])
  const again = {
    ...plain('again@x.org', 'frost: stop early', 'frost.c', 6),
    subject: '[PATCH v2 3/3] frost: stop early',
  }
  const [lid, hose] = [
    plain('lid-3@x.org', 'lid: count them', 'lid.c', 8),
    plain('frost-3@x.org', 'frost: stop early', 'frost.c', 9),
  ]
  const postings = [
    ...first,
    ...pull,
    { ...again, answers: 'pull-3@x.org' },
    { ...lid, subject: '[PATCH v2] lid: count them' },
    { ...hose, subject: '[PATCH v3] frost: stop early' },
  ]
  expect(groupsOf(postings)).toEqual(
    [
      [...ids(pull), 'again@x.org'].sort(),
      ['frost-3@x.org'],
      ['hose@x.org'],
      ['lid-3@x.org', 'lid@x.org'],
    ].sort(),
  )
})

test('what another person sends below a batch goes on with a posting of his own', () => {
  const from = 'Ines Author <ines@y.org>'
  const first = [
    { ...plain('hose@x.org', 'hose: free it', 'hose.c', 0), from },
    plain('lid@x.org', 'lid: count them', 'lid.c', 1),
  ]
  const pull = batch('pull', 'Fixes for main', 5, [
    ['lid: count them', 'lid.c'],
    ['hose: free it', 'hose.c'],
    ['frost: stop early', 'frost.c'],
  ])
  const again = { ...plain('again@y.org', 'hose: free it', 'hose.c', 6), from, answers: 'pull-2@x.org' }
  const groups = groupsOf([...first, ...pull, { ...again, subject: '[PATCH v2] hose: free it' }])
  expect(groups).toContainEqual(['again@y.org', 'hose@x.org'])
})

test('batches month after month under one cover title are changes of their own', () => {
  const march = batch('mar', 'Fixes for main', 0, [
    ['lid: count them', 'lid.c'],
    ['doc: spell it', 'doc.txt'],
  ])
  const april = batch('apr', 'Fixes for main', 30, [
    ['lid: open it', 'lid.c'],
    ['hose: free it', 'hose.c'],
  ])
  expect(groupsOf([...march, ...april])).toEqual([ids(april), ids(march)].sort())
})

test('a pull request with most of the last one’s patches is its revision', () => {
  const first = batch('one', 'Fixes for main', 0, [
    ['lid: count them', 'lid.c'],
    ['doc: spell it', 'doc.txt'],
  ])
  const second = batch('two', 'Fixes for main', 3, [
    ['lid: count them', 'lid.c'],
    ['doc: spell it', 'doc.txt'],
  ])
  expect(groupsOf([...first, ...second])).toEqual([[...ids(first), ...ids(second)].sort()])
})

test('one patchset sent upwards by its own author is its revision', () => {
  const series: Posting[] = [
    { id: 's-0@x.org', subject: '[PATCH 0/2] tidy the room', day: 0 },
    {
      id: 's-1@x.org',
      subject: '[PATCH 1/2] room: sweep',
      day: 0.001,
      answers: 's-0@x.org',
      touches: { 'a.c': lines('a') },
    },
    {
      id: 's-2@x.org',
      subject: '[PATCH 2/2] room: paint',
      day: 0.002,
      answers: 's-0@x.org',
      touches: { 'b.c': lines('b') },
    },
  ]
  const pull = batch('pull', 'tidy the room', 4, [
    ['room: sweep', 'a.c'],
    ['room: paint', 'b.c'],
  ])
  expect(groupsOf([...series, ...pull])).toEqual([[...ids(series), ...ids(pull)].sort()])
})

test('sister projects: one cover title, no path in common', () => {
  const series = (name: string, project: string, path: string, day: number): Posting[] => [
    { id: `${name}-0@x.org`, subject: `[PATCH ${project} 0/2] Support hot water`, day },
    {
      id: `${name}-1@x.org`,
      subject: `[PATCH ${project} 1/2] ${name}: heat`,
      day: day + 0.001,
      answers: `${name}-0@x.org`,
      touches: { [`${path}/a.c`]: lines(`${name} a`) },
    },
    {
      id: `${name}-2@x.org`,
      subject: `[PATCH ${project} 2/2] ${name}: show`,
      day: day + 0.002,
      answers: `${name}-0@x.org`,
      touches: { [`${path}/b.c`]: lines(`${name} b`) },
    },
  ]
  const [lib, ctl] = [series('lib', 'libpump', 'src', 0), series('ctl', 'pumpctl', 'cli', 0.02)]
  expect(groupsOf([...lib, ...ctl])).toEqual([ids(ctl), ids(lib)].sort())
})

test('the words of the subsystem are no likeness, and two equal lines are none', () => {
  const touch = (line: string) => ({ 'core/valve.c': ['if (err)', line] })
  expect(
    groupsOf([
      one('a@x.org', '[PATCH] pump: core valve: skip closed ones on flush', 0, touch('skip();') as never),
      one('b@x.org', '[PATCH] pump: core valve: refuse a second handle', 2, touch('refuse();') as never),
    ]),
  ).toEqual([['a@x.org'], ['b@x.org']])
})

test('a revert is a change of its own', () => {
  expect(
    groupsOf([
      one('a@x.org', '[PATCH] lock: free it when it fails', 0),
      one('b@x.org', '[PATCH] Revert "lock: free it when it fails"', 9),
    ]),
  ).toEqual([['a@x.org'], ['b@x.org']])
})

test('a clock that was ahead decides nothing against the thread', () => {
  const [topic] = topicsOf([
    one('zz@x.org', '[PATCH] lock: free it', 3),
    { ...one('aa@x.org', '[PATCH v2] lock: free it', 1), answers: 'zz@x.org' },
  ])
  expect(topic?.revisions.map(({ version, state }) => [version, state])).toEqual([
    [1, 'superseded'],
    [2, 'new'],
  ])
})

test('a branch of its own for each of three: the one for main is not replaced by those for the releases', () => {
  const postings = ['[PATCH]', '[kirkstone][PATCH]', '[scarthgap][PATCH]'].map((mark, at) =>
    one(`${at}@x.org`, `${mark} lock: free it`, at),
  )
  expect(groupsOf(postings)).toEqual([['0@x.org'], ['1@x.org'], ['2@x.org']])
})

describe('the second version for one branch, under a new title, is none for the others', () => {
  it.each([
    ['[F][PATCH] %', '[J][PATCH] %', '[J][PATCH v2] %'],
    ['[SRU][5.4][PATCH] %', '[SRU][F][PATCH] %', '[SRU][F][PATCH v2] %'],
    ['[PATCH net] %', '[PATCH net-next] %', '[PATCH net-next v2] %'],
    ['[PATCH v2 main] %', '[PATCH v2 stable] %', '[PATCH v3 stable] %'],
  ])('%s, %s, then %s', (other, branch, next) => {
    const title = (subject: string, text: string) => subject.replace('%', text)
    expect(
      groupsOf([
        one('a@x.org', title(other, 'lock: free it'), 0),
        one('b@x.org', title(branch, 'lock: free it'), 0.01),
        one('c@x.org', title(next, 'lock: give it back'), 5),
      ]),
    ).toEqual([['a@x.org'], ['b@x.org', 'c@x.org']])
  })
})

describe('a plain cover', () => {
  const series = (name: string, cover: string, day: number, early = 0): Posting[] => [
    { id: `${name}-0@x.org`, subject: cover, day: day - early, body: 'Two patches that tidy the room.' },
    {
      id: `${name}-1@x.org`,
      subject: '[PATCH 1/2] room: sweep',
      day: day + 0.001,
      answers: `${name}-0@x.org`,
      touches: { 'a.c': lines('a') },
    },
    {
      id: `${name}-2@x.org`,
      subject: '[PATCH 2/2] room: paint',
      day: day + 0.002,
      answers: `${name}-0@x.org`,
      touches: { 'b.c': lines('b') },
    },
  ]
  test('is reviewed for all of its patches', () => {
    const review: Posting = {
      id: 'r@x.org',
      subject: 'Re: tidy the room',
      day: 1,
      from: 'Bo Sample <bo@example.org>',
      answers: 's-0@x.org',
      body: 'Reviewed-by: Bo Sample <bo@example.org>',
    }
    const [topic] = topicsOf([...series('s', 'tidy the room', 0), review])
    expect(topic?.trailers).toMatchObject([{ on: 's-0@x.org', key: 'Reviewed-by' }])
    expect(
      topic?.standing.sentence.map(part => (typeof part === 'string' ? part : part.text)).join(''),
    ).toMatch(/both/)
  })

  test.each([
    'tidy the room, v2',
    'tidy the room (v2)',
    'tidy the room V2',
    'tidy the room - v2',
    'tidy the room [v2]',
  ])('gives its version: %s', title => {
    const [topic, ...others] = topicsOf([...series('s', 'tidy the room', 0), ...series('t', title, 3)])
    expect(others).toEqual([])
    expect(topic?.revisions.map(({ version, title }) => [version, title])).toEqual([
      [1, 'tidy the room'],
      [2, 'tidy the room'],
    ])
  })

  test('may go out half an hour before its patches, by hand', () => {
    const [topic, ...others] = topicsOf(series('s', 'tidy the room, v7', 1, 0.02))
    expect(others).toEqual([])
    expect(topic?.revisions).toMatchObject([{ version: 7, cover: 's-0@x.org' }])
  })

  test('is no report of a bug whose fix its reporter sends at once', () => {
    const report = { id: 'bug@x.org', subject: '[BUG] the floor is wet', day: 0, body: 'It is wet.\n' }
    const fix = { ...one('fix@x.org', '[PATCH 1/1] floor: dry it', 0.002), answers: 'bug@x.org' }
    expect(
      topicsOf([report, fix])
        .map(topic => topic.kind)
        .sort(),
    ).toEqual(['bug', 'patchset'])
  })
})

test('a relay that gave the cover another id does not part it from its patches, whatever comes first', () => {
  const patch = (n: number): Posting => ({
    id: `relay${n}@x.org`,
    subject: `[PATCH ${n}/2] lock: part ${n}`,
    day: 0,
    answers: '20260101120000.4711-1-ada@example.org',
    touches: { [`p${n}.c`]: lines(`p${n}`) },
  })
  for (const id of ['aa@x.org', 'zz@x.org']) {
    const [topic, ...others] = topicsOf([
      { id, subject: '[PATCH 0/2] lock: parts', day: 0 },
      patch(1),
      patch(2),
    ])
    expect(others).toEqual([])
    expect(topic?.revisions).toMatchObject([{ cover: id, total: 2, completeness: 'complete' }])
  }
})
