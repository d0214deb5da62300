// A relay on the sender's side gave each mail of a run of `git send-email` an id of its own: the cover arrives under another
// one than its patches answer. What was posted together is one revision all the same, and two runs are two.
import { describe, expect, it, test } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import { arrivalOf, shuffled } from '../threads.ts'
import { mailOf, type Posting, topicsOf } from './posted.ts'

/** Cover, then patches, of each revision, in order of said time; the same for some orders of arrival. */
function revisionsOf(postings: readonly Posting[]): string[] {
  const arrivals = postings.map(mailOf).map(arrivalOf)
  const found = [0, 1, 2, 3].map(seed => {
    const came = seed === 0 ? arrivals : shuffled(arrivals, seed)
    const { topics } = fold(came, openRules, { established: new Set() })
    return topics
      .flatMap(({ revisions }) => revisions)
      .map(({ cover, patches }) => [cover ?? '-', ...patches.map(({ id }) => id)].join(' '))
      .sort()
  })
  for (const other of found) expect(other).toEqual(found[0])
  return found[0] ?? []
}

const second = 1 / 86_400
const minute = 60 * second

/** A patch below the cover's own id, which never came. */
const patch = (
  id: string,
  subject: string,
  own: string,
  day: number,
  more: Partial<Posting> = {},
): Posting => ({
  id,
  subject,
  answers: own,
  day,
  touches: { [`${id[0]}.c`]: [1, 2, 3, 4, 5, 6].map(n => `${id} line ${n}`) },
  ...more,
})
const cover = (id: string, subject: string, day = 0, more: Partial<Posting> = {}): Posting => ({
  id,
  subject,
  day,
  body: 'What it is for.',
  ...more,
})

describe('a cover over one patch', () => {
  it.each([
    ['git', '20260101120000.4711-1-ada@example.org', '[PATCH 0/1] pump: oil it', '[PATCH 1/1] pump: oil it'],
    ['b4', '20260101-oil-v3-0-0123456789ab@example.org', '[PATCH v3 0/1] Oil', '[PATCH v3 1/1] pump: oil it'],
    ['hg', 'patchbomb.1772442000@localhost', '[PATCH 0 of 1 V2] oil', '[PATCH 1 of 1 V2] pump: oil it'],
    [
      'a branch',
      '20260101120000.4711-1-ada@example.org',
      '[RFC PATCH nf-next 0/1] Öl',
      '[RFC PATCH nf-next 1/1] x',
    ],
    [
      'Japanese',
      '20260101120000.4711-1-ada@example.org',
      '【PATCH 0/1】ポンプに油をさす',
      '【PATCH 1/1】ポンプ: 油',
    ],
    [
      'the version on the cover',
      'cover.1767268800.git.ada@example.org',
      '[PATCH v2 0/1] oil',
      '[PATCH 1/1] oil it',
    ],
    [
      'a gateway',
      '20260101120000.4711-1-ada@example.org',
      '[EXT] [PATCH 0/1] oil',
      '[EXT] [PATCH 1/1] oil it',
    ],
  ])('%s', (_, own, over, under) => {
    expect(
      revisionsOf([cover('C1@relay.example.org', over), patch('P1@relay.example.org', under, own, second)]),
    ).toEqual(['C1@relay.example.org P1@relay.example.org'])
  })

  it('that is dated behind its patch', () => {
    expect(
      revisionsOf([
        patch('p1@mail.example.com', '[PATCH 1/1] pump: oil it', '20260101120000.4711-1-ada@example.org', 0),
        cover('zz@mail.example.com', '[PATCH 0/1] pump: oil it', minute),
      ]),
    ).toEqual(['zz@mail.example.com p1@mail.example.com'])
  })

  it('in the thread of a mail that never came', () => {
    const own = '20260101120000.4711-1-ada@example.org'
    expect(
      revisionsOf([
        cover('c@mail.example.com', '[PATCH v2 0/1] oil', 0, { answers: 'asked@example.net' }),
        patch('p@mail.example.com', '[PATCH v2 1/1] pump: oil it', own, second, {
          beyond: ['asked@example.net'],
        }),
      ]),
    ).toEqual(['c@mail.example.com p@mail.example.com'])
  })
})

describe('a second version in the thread of the first', () => {
  const series = (name: string, bracket: string, day: number, below: readonly string[]): Posting[] => [
    cover(`${name}0@relay.example.org`, `[${bracket} 0/2] pump: oil it`, day, {
      ...(below[0] === undefined ? {} : { answers: below[0] }),
    }),
    ...[1, 2].map(n =>
      patch(
        `${name}${n}@relay.example.org`,
        `[${bracket} ${n}/2] pump: part ${n}`,
        `${name}@own.example.org`,
        day + n * second,
        { beyond: below },
      ),
    ),
  ]
  const whole = (name: string) => [0, 1, 2].map(n => `${name}${n}@relay.example.org`).join(' ')

  it.each([
    ['PATCH', 'PATCH v2'],
    ['RESEND PATCH', 'PATCH v2'],
    ['PATCH net', 'PATCH net v2'],
    ['RFC PATCH', 'PATCH'],
  ])('%s and %s', (first, next) => {
    const postings = [...series('a', first, 0, []), ...series('b', next, 8, ['a0@relay.example.org'])]
    expect(revisionsOf(postings)).toEqual([whole('a'), whole('b')])
  })

  it('of which the patches went to other lists', () => {
    const [a0] = series('a', 'RESEND PATCH', 0, [])
    const postings = [a0, ...series('b', 'PATCH v2', 8, ['a0@relay.example.org'])]
    expect(revisionsOf(postings.filter(one => one !== undefined))).toEqual([
      'a0@relay.example.org',
      whole('b'),
    ])
  })
})

describe('runs of one person under one title', () => {
  const run = (name: string, day: number, titles = ['pump: oil it', 'pump: oil it']): Posting[] => [
    cover(`${name}0@relay.example.org`, `[PATCH 0/1] ${titles[0]}`, day),
    patch(`${name}1@relay.example.org`, `[PATCH 1/1] ${titles[1]}`, `${name}0@own.example.org`, day + second),
  ]
  const both = ['a0@relay.example.org a1@relay.example.org', 'b0@relay.example.org b1@relay.example.org']

  it.each([
    ['a day apart', 1],
    ['minutes apart', 5 * minute],
    ['right after each other', 2 * second],
  ])('%s are two', (_, later) => {
    expect(revisionsOf([...run('a', 0), ...run('b', later)])).toEqual(both)
  })

  it('are two where the covers leave before the patches', () => {
    const [a0, a1] = run('a', 0)
    const [b0, b1] = run('b', 0.2 * second)
    expect(revisionsOf([a0, a1, b0, b1].filter(one => one !== undefined))).toEqual(both)
  })

  it('and each patch goes to the cover of its title', () => {
    const oil = run('a', 0, ['pump: oil it', 'pump: oil it'])
    const drain = run('b', 0.2 * second, ['valve: drain it', 'valve: drain it'])
    const tap = run('c', 0.4 * second, ['tap: close it', 'tap: close it'])
    expect(revisionsOf([...oil, ...drain, ...tap])).toEqual([
      ...both,
      'c0@relay.example.org c1@relay.example.org',
    ])
  })
})

describe('what lost nothing gets nothing', () => {
  it('a cover with its patch below it, beside a patch whose cover went elsewhere', () => {
    expect(
      revisionsOf([
        cover('a0@x.org', '[PATCH 0/1] pump: oil it'),
        patch('b1@x.org', '[PATCH 1/1] pump: oil it too', 'b0@x.org', second),
        patch('a1@x.org', '[PATCH 1/1] pump: oil it', 'a0@x.org', 2 * second),
      ]),
    ).toEqual(['- b1@x.org', 'a0@x.org a1@x.org'])
  })

  it('a patch of another series that answers another missing cover', () => {
    expect(
      revisionsOf([
        cover('a0@x.org', '[PATCH 0/3] pump: three parts'),
        patch('a1@x.org', '[PATCH 1/3] pump: one', 'own-a@x.org', second),
        patch('b3@x.org', '[PATCH 3/3] valve: third', 'own-b@x.org', 2 * second),
      ]),
    ).toEqual(['- b3@x.org', 'a0@x.org a1@x.org'])
  })

  it('a patch an hour later', () => {
    expect(
      revisionsOf([
        cover('a0@x.org', '[PATCH 0/1] pump: oil it'),
        patch('b1@x.org', '[PATCH 1/1] valve: drain it', 'own-b@x.org', 60 * minute),
      ]),
    ).toEqual(['- b1@x.org', 'a0@x.org'])
  })

  it('a patch of another person', () => {
    expect(
      revisionsOf([
        cover('a0@x.org', '[PATCH 0/1] pump: oil it'),
        patch('b1@x.org', '[PATCH 1/1] pump: oil it', 'own-b@x.org', second, {
          from: 'Bo Sample <bo@example.org>',
        }),
      ]),
    ).toEqual(['- b1@x.org', 'a0@x.org'])
  })
})

test('a chain of which each mail answers the one before it, all renamed', () => {
  expect(
    revisionsOf([
      cover('a0@x.org', '[PATCH 0/3] pump: three parts'),
      patch('a1@x.org', '[PATCH 1/3] pump: one', 'own0@x.org', second),
      patch('a2@x.org', '[PATCH 2/3] pump: two', 'own1@x.org', 2 * second, { beyond: ['own0@x.org'] }),
      patch('a3@x.org', '[PATCH 3/3] pump: three', 'own2@x.org', 3 * second, {
        beyond: ['own0@x.org', 'own1@x.org'],
      }),
    ]),
  ).toEqual(['a0@x.org a1@x.org a2@x.org a3@x.org'])
})

describe('a plain cover finds the patches whose titles it lists', () => {
  const titles = ['pump: oil the long shaft', 'pump: stop the leak', 'docs: tell of the oil']
  const shortlog = `Ada Example (3):\n${titles.map(title => `  ${title}`).join('\n')}\n`
  /** Patches below an id that never came. */
  const run = (name: string, day: number, bracket = 'PATCH', own = titles): Posting[] =>
    own.map((title, at) =>
      patch(
        `${name}${at + 1}@relay.example.org`,
        `[${bracket} ${at + 1}/${own.length}] ${title}`,
        `${name}@own.example.org`,
        day + (at + 1) * second,
      ),
    )
  const plain = (name: string, subject: string, body: string, day = 0, more: Partial<Posting> = {}) =>
    cover(`${name}0@relay.example.org`, subject, day, { body, ...more })
  const whole = (name: string, count = 3) =>
    Array.from({ length: count + 1 }, (_, n) => `${name}${n}@relay.example.org`).join(' ')
  const bare = (name: string) => `- ${whole(name).replace(/^\S+ /, '')}`

  it.each<[string, string]>([
    ['git', `Hi,\n\nit drips.\n\n${shortlog}\n pump.c | 4 ++++\n 1 file changed, 4 insertions(+)`],
    [
      'format-patch as it comes, of two authors, with a folded title',
      '*** BLURB HERE ***\n\nAda Example (2):\n  pump: oil the\n    long shaft\n  pump: stop the leak\n\nBo Sample (1):\n  docs: tell of the oil\n\n doc/oil | 2 +-',
    ],
    ['bullets', `Hola,\n\nEstos son los parches:\n\n${titles.map(one => `- ${one}`).join('\n')}\n\nGracias`],
    ['numbers', `Hallo,\n${titles.map((one, at) => `${at + 1}) ${one}.`).join('\n')}\n`],
    ['counts', titles.map((one, at) => `Patch ${at + 1}/3: ${one}`).join('\n')],
    ['subjects', titles.map((one, at) => `  [PATCH ${at + 1}/3] ${one}`).join('\n')],
    ['git log --oneline', `Series:\n\n${titles.map(one => `1a2b3c4d5e ${one}`).join('\n')}\n`],
    ['lines below a colon', `これらのパッチです：\n\n${titles.join('\n')}\n\nよろしく`],
    ['what changed behind them', `${titles.map(one => `* ${one} (new in v2)`).join('\n')}\n`],
  ])('%s', (_, body) => {
    expect(revisionsOf([plain('a', 'pump: Oil everything', body), ...run('a', 0)])).toEqual([whole('a')])
  })

  it('in other words and another script', () => {
    const own = ['насос: смазать вал', '泵：修复泄漏']
    const body = `Привет,\n\nAda Example (2):\n  ${own.join('\n  ')}\n`
    expect(revisionsOf([plain('a', 'Смазка', body), ...run('a', 0, 'PATCH', own)])).toEqual([whole('a', 2)])
  })

  it('that was dated behind them, or sent by hand before', () => {
    for (const day of [5 * second, -30 * minute])
      expect(revisionsOf([plain('a', 'Oil', shortlog, day), ...run('a', 0)])).toEqual([whole('a')])
  })

  it('of which one was retitled or is missing', () => {
    const [one, two] = run('a', 0)
    const some = [one, two].filter(posting => posting !== undefined)
    expect(revisionsOf([plain('a', 'Oil', shortlog), ...some])).toEqual([whole('a', 2)])
    const others = [...titles.slice(0, 2), 'docs: say it in other words']
    expect(revisionsOf([plain('a', 'Oil', shortlog), ...run('a', 0, 'PATCH', others)])).toEqual([whole('a')])
  })

  it('of which the first came before, or went elsewhere', () => {
    const many = [1, 2, 3, 4, 5, 6, 7, 8].map(n => `pump: turn the screw ${n}`)
    const body = `Ada Example (8):\n  ${many.join('\n  ')}\n`
    const last = run('a', 0, 'PATCH', many).slice(6)
    expect(revisionsOf([plain('a', 'Screws', body), ...last])).toEqual([
      'a0@relay.example.org a7@relay.example.org a8@relay.example.org',
    ])
  })

  it('that is one', () => {
    const one = patch('a1@relay.example.org', '[PATCH] pump: oil it', 'a@own.example.org', second)
    const body = 'Ada Example (1):\n  pump: oil it\n'
    expect(revisionsOf([plain('a', 'Oil', body), one])).toEqual([whole('a', 1)])
  })

  it('below the first version', () => {
    const first = { answers: 'a0@relay.example.org' }
    const second = run('b', 8, 'PATCH').map(one => ({ ...one, beyond: ['a0@relay.example.org'] }))
    expect(
      revisionsOf([
        plain('a', 'Oil', shortlog),
        ...run('a', 0),
        plain('b', 'Oil, v2', shortlog, 8, first),
        ...second,
      ]),
    ).toEqual([whole('a'), whole('b')])
  })

  it('with its version, and answers to it speak of them', () => {
    const postings = [
      plain('a', 'Oil', shortlog),
      ...run('a', 0),
      plain('b', 'Oil (v2)', shortlog, 20 * minute),
      ...run('b', 20 * minute),
      cover('r@x.org', 'Re: Oil (v2)', 1, {
        from: 'Bo Sample <bo@example.org>',
        answers: 'b0@relay.example.org',
        body: 'Reviewed-by: Bo Sample <bo@example.org>',
      }),
    ]
    expect(revisionsOf(postings)).toEqual([whole('a'), whole('b')])
    const [topic, ...others] = topicsOf(postings)
    expect(others).toEqual([])
    expect(topic?.revisions.map(({ version, cover }) => [version, cover])).toEqual([
      [1, 'a0@relay.example.org'],
      [2, 'b0@relay.example.org'],
    ])
    expect(topic?.mails.map(({ id }) => id)).toContain('r@x.org')
  })

  it('by the version that both say, though the other run is nearer', () => {
    expect(
      revisionsOf([
        plain('b', 'Oil, v2', shortlog, 0),
        ...run('a', minute, 'PATCH v3'),
        ...run('b', 20 * minute, 'PATCH v2'),
      ]),
    ).toEqual([bare('a'), whole('b')].sort())
  })

  describe('but not', () => {
    const lost = (mails: readonly Posting[]) => revisionsOf([...mails, ...run('a', 0)])

    it.each<[string, string, Partial<Posting>]>([
      ['those of another person', shortlog, { from: 'Bo Sample <bo@example.org>' }],
      ['those that it only quotes', shortlog.replaceAll(/^/gm, '> '), {}],
      [
        'those of an original',
        `See below.\n\n-----Original Message-----\nFrom: Bo\nSent: today\nSubject: x\n\n${shortlog}`,
        {},
      ],
      [
        'two of the many that wait for a review',
        `${[...titles.slice(0, 2), 'valve: drain it', 'tap: close it', 'tap: open it', 'tank: fill it'].map(one => `- ${one}`).join('\n')}`,
        {},
      ],
      ['where one title is like one of three', `Ada Example (1):\n  ${titles[0]}\n`, {}],
    ])('%s', (_, body, more) => {
      expect(lost([plain('a', 'Oil', body, 0, more)])).toEqual([bare('a')])
    })

    it('in an answer', () => {
      expect(lost([plain('a', 'Re: Oil', shortlog, 0, { answers: 'what@x.org' })])).toEqual([bare('a')])
    })

    it('hours later', () => {
      expect(lost([plain('a', 'Oil', shortlog, -120 * minute)])).toEqual([bare('a')])
    })

    it('those that answer another mail that is here', () => {
      const asked = cover('a@own.example.org', 'What to do?', -1, { from: 'Bo Sample <bo@example.org>' })
      expect(lost([asked, plain('a', 'Oil', shortlog)])).toEqual([bare('a')])
    })

    it('where two are as near', () => {
      const twin = plain('z', 'Oil', shortlog)
      expect(lost([plain('a', 'Oil', shortlog), twin])).toEqual([bare('a')])
      expect(revisionsOf([plain('z', 'Oil', shortlog, 10 * second), ...run('a', 0), ...run('b', 0)])).toEqual(
        [bare('a'), bare('b')],
      )
    })
  })
})
