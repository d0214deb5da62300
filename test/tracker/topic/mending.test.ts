// What people say of the revisions of a change: `Supersedes:` in a posting, `Link-Revision:` and `Unlink-Revision:` in
// any mail of its thread. By author and maintainer it holds in every order of arrival, by a stranger it changes nothing.
import { describe, expect, it } from 'vitest'
import { fold } from '../../../tracker/topic/fold.ts'
import { openRules, type Rules } from '../../../tracker/topic/rules.ts'
import { arrivalOf, shuffled } from '../threads.ts'
import { groupsOf, mailOf, type Posting, topicsOf } from './posted.ts'

const ada = 'Ada Example <ada@example.org>'
const max = 'Max Carer <max@example.net>'
const sly = 'Sly Stranger <sly@example.com>'

const rules: Rules = {
  ...openRules,
  rosters: [
    {
      since: 0,
      people: [
        { person: { name: 'Max Carer', address: 'max@example.net' }, role: 'maintainer', paths: [] },
        { person: { name: 'Lea Part', address: 'lea@example.net' }, role: 'maintainer', paths: ['doc/'] },
      ],
    },
  ],
}

const posted = (id: string, subject: string, day: number, more: Partial<Posting> = {}): Posting => ({
  id,
  subject,
  day,
  touches: { [`src/${id[0]}.c`]: [`${id} one`, `${id} two`] },
  ...more,
})
const answer = (id: string, answers: string, body: string, from = max, day = 5): Posting => ({
  id,
  subject: 'Re: a word',
  answers,
  body,
  from,
  day,
})
const hose = posted('a@x.org', '[PATCH] hose: wash it', 0)
const tube = posted('b@x.org', '[PATCH v2] tube: clean it all', 1)
const together = [['a@x.org', 'b@x.org']]
const apart = [['a@x.org'], ['b@x.org']]

const stateOf = (postings: readonly Posting[], id: string, list = rules) =>
  topicsOf(postings, list)
    .flatMap(topic => topic.revisions.flatMap(revision => revision.patches))
    .find(patch => patch.id === id)?.state

describe('Supersedes: in a posting', () => {
  const saying = (from: string, subject = '[PATCH] tube: clean it all') =>
    posted('b@x.org', subject, 1, { from, body: 'Better.\n\nSupersedes: <a@x.org>' })

  it('of the same author joins its change, whatever it is called now, and takes its place', () => {
    expect(groupsOf([hose, saying(ada)], rules)).toEqual(together)
    expect(stateOf([hose, saying(ada)], 'a@x.org')).toBe('superseded')
    expect(groupsOf([hose, saying(ada, '[PATCH net] tube: clean it all')], rules)).toEqual(together)
  })

  it('of a stranger takes nothing over, and says on his own page what he claims', () => {
    const topics = topicsOf([hose, saying(sly)], rules)
    expect(topics.map(topic => topic.mails.map(({ id }) => id))).toEqual(apart)
    expect(stateOf([hose, saying(sly)], 'a@x.org')).toBe('new')
    expect(topics[1]?.claims).toEqual([{ mail: 'b@x.org', what: 'supersedes', target: 'a@x.org' }])
  })

  it('of whoever only calls himself like the author of a signed patch changes no state', () => {
    const signed = {
      ...arrivalOf(mailOf(hose)),
      verdict: { grade: 'A', how: { code: 'dkim', domain: 'example.org' } },
    }
    const forged = {
      ...arrivalOf(mailOf(saying('Ada Example <ada@example.com>'))),
      verdict: { grade: 'C', how: { code: 'unsigned' } },
    }
    // biome-ignore lint/suspicious/noExplicitAny: only grade and address are asked
    const { topics } = fold([signed, forged] as any, rules, { established: new Set() })
    const [patch] = topics.flatMap(topic => topic.revisions).flatMap(revision => revision.patches)
    expect([patch?.id, patch?.state]).toEqual(['a@x.org', 'new'])
  })
})

it.each(['Depends-on: <a@x.org>', 'Based-on: <a@x.org>', 'prerequisite-message-id: <a@x.org>'])(
  'what needs another patch is no revision of it, though they are alike: %s',
  line => {
    const touches = { 'src/a.c': ['one', 'two', 'three', 'four', 'five'] }
    const elder = posted('a@x.org', '[PATCH] pump: wash the hose', 0, { touches })
    const younger = posted('b@x.org', '[PATCH v2] pump: wash the hose again', 1, { touches })
    expect(groupsOf([elder, younger])).toEqual(together)
    expect(groupsOf([elder, { ...younger, body: `More.\n\n${line}` }])).toEqual(apart)
  },
)

describe('Link-Revision:', () => {
  it.each([
    ['a maintainer', max],
    ['the author', ada],
  ])('by %s makes two postings revisions of one change, in an answer to either', (_, from) => {
    const v2 = answer('m@x.org', 'b@x.org', 'Link-Revision: <a@x.org>', from)
    expect(groupsOf([hose, tube, v2], rules)).toEqual([['a@x.org', 'b@x.org', 'm@x.org']])
    const v1 = answer('m@x.org', 'a@x.org', 'Link-Revision: b@x.org', from)
    expect(groupsOf([hose, tube, v1], rules)).toEqual([['a@x.org', 'b@x.org', 'm@x.org']])
    expect(stateOf([hose, tube, v1], 'a@x.org')).toBe('superseded')
  })

  it('in the posting itself, below the three dashes', () => {
    const own = mailOf(tube).toString().replace('\n---\n', '\n---\nLink-Revision: <a@x.org>\n')
    const { topics } = fold([arrivalOf(mailOf(hose)), arrivalOf(Buffer.from(own))], rules, {
      established: new Set(),
    })
    expect(topics.map(topic => topic.revisions.length)).toEqual([2])
  })

  it('takes the place of the older posting also where nobody raised the version', () => {
    const plain = posted('b@x.org', '[PATCH] tube: clean it all', 1)
    const line = answer('m@x.org', 'b@x.org', 'Link-Revision: <a@x.org>')
    expect(stateOf([hose, plain, line], 'a@x.org')).toBe('superseded')
  })

  it.each([
    ['a stranger', sly, '"Link-Revision" needs a maintainer of its files or the author'],
    [
      'a maintainer of other files',
      'Lea Part <lea@example.net>',
      '"Link-Revision" needs a maintainer of its files or the author',
    ],
  ])('by %s has no effect, and the history says why', (_, from, reason) => {
    const postings = [hose, tube, answer('m@x.org', 'b@x.org', 'Link-Revision: <a@x.org>', from)]
    const topics = topicsOf(postings, rules)
    expect(topics.map(topic => topic.revisions.length)).toEqual([1, 1])
    expect(topics[1]?.history).toMatchObject([
      { mail: 'm@x.org', what: 'Link-Revision', effect: false, reason },
    ])
  })

  it.each([
    ['Link-Revision: <gone@x.org>', 'no patch or cover letter of this list is <gone@x.org>'],
    ['Link-Revision: <b@x.org>', 'it names the revision that it answers'],
  ])('without a second posting says so: %s', (line, reason) => {
    const topics = topicsOf([tube, answer('m@x.org', 'b@x.org', line)], rules)
    expect(topics[0]?.history).toMatchObject([{ effect: false, reason }])
  })

  it('in a thread without patches says so', () => {
    const talk = { id: 't@x.org', subject: 'a word about the hose code' }
    const topics = topicsOf([hose, talk, answer('m@x.org', 't@x.org', 'Link-Revision: <a@x.org>')], rules)
    expect(topics.flatMap(topic => topic.history)).toMatchObject([
      { effect: false, reason: 'it answers no patch' },
    ])
  })

  it('is taken back by Undo, from either thread, and the undo by another one', () => {
    const link = answer('m@x.org', 'b@x.org', 'Link-Revision: <a@x.org>')
    for (const thread of ['m@x.org', 'a@x.org']) {
      const undo = answer('u@x.org', thread, 'Undo: <m@x.org>', max, 6)
      const topics = topicsOf([hose, tube, link, undo], rules)
      expect(topics.map(topic => topic.revisions.length)).toEqual([1, 1])
      const history = topics.flatMap(topic => topic.history)
      expect(history.find(({ mail }) => mail === 'm@x.org')).toMatchObject({ undone: { mail: 'u@x.org' } })
      expect(history.find(({ mail }) => mail === 'u@x.org')).toMatchObject({ effect: true })
      const again = answer('v@x.org', 'u@x.org', 'Undo: <u@x.org>', max, 7)
      expect(topicsOf([hose, tube, link, undo, again], rules)).toHaveLength(1)
    }
  })

  it('of a stranger cannot be undone into anything, and his Undo takes nothing back', () => {
    const link = answer('m@x.org', 'b@x.org', 'Link-Revision: <a@x.org>')
    const undo = answer('u@x.org', 'm@x.org', 'Undo: <m@x.org>', sly, 6)
    expect(topicsOf([hose, tube, link, undo], rules)).toHaveLength(1)
  })
})

describe('Unlink-Revision:', () => {
  const touches = { 'src/a.c': ['one', 'two', 'three', 'four', 'five'] }
  const [v1, v2, v3] = [1, 2, 3].map(version =>
    posted(`${version}@x.org`, `[PATCH v${version}] pump: wash the hose`, version, { touches }),
  ) as [Posting, Posting, Posting]

  it('parts what looks alike, and what comes after goes with one side alone', () => {
    expect(groupsOf([v1, v2, v3], rules)).toEqual([['1@x.org', '2@x.org', '3@x.org']])
    const line = answer('m@x.org', '2@x.org', 'Unlink-Revision: <1@x.org>')
    expect(groupsOf([v1, v2, v3, line], rules)).toEqual([['1@x.org'], ['2@x.org', '3@x.org', 'm@x.org']])
    expect(stateOf([v1, v2, v3, line], '1@x.org')).toBe('new')
  })

  it('of a stranger parts nothing', () => {
    const line = answer('m@x.org', '2@x.org', 'Unlink-Revision: <1@x.org>', sly)
    expect(topicsOf([v1, v2, line], rules)).toHaveLength(1)
  })

  it('and Link-Revision: a maintainer counts more than the author, the later more than the earlier', () => {
    const by = (id: string, word: string, from: string, day: number) =>
      answer(id, '2@x.org', `${word}: <1@x.org>`, from, day)
    const parted = (...lines: Posting[]) => topicsOf([v1, v2, ...lines], rules).length === 2
    expect(parted(by('m@x.org', 'Unlink-Revision', max, 5), by('n@x.org', 'Link-Revision', max, 6))).toBe(
      false,
    )
    expect(parted(by('m@x.org', 'Link-Revision', max, 5), by('n@x.org', 'Unlink-Revision', max, 6))).toBe(
      true,
    )
    const author = by('n@x.org', 'Link-Revision', ada, 6)
    expect(parted(by('m@x.org', 'Unlink-Revision', max, 5), author)).toBe(true)
    const topics = topicsOf([v1, v2, by('m@x.org', 'Unlink-Revision', max, 5), author], rules)
    expect(topics.flatMap(topic => topic.history).find(({ mail }) => mail === 'n@x.org')).toMatchObject({
      effect: false,
      reason: 'another line, which counts more or came later, says otherwise',
    })
  })
})

describe('in any order of arrival and come twice', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('the same: seed %i', seed => {
    const postings = [1, 2, 3, 4, 5].map(n =>
      posted(`${n}@x.org`, `[PATCH v${1 + (n % 3)}] part ${n % 2}: wash it`, n),
    )
    const words = shuffled(
      ['Link-Revision', 'Unlink-Revision', 'Link-Revision', 'Unlink-Revision', 'Undo'],
      seed,
    )
    const lines = words.map((word, at) => {
      const [from, to] = shuffled([1, 2, 3, 4, 5], seed * 7 + at)
      const named = word === 'Undo' ? `m${(seed + at) % 5}` : String(to)
      return answer(
        `m${at}@x.org`,
        `${from}@x.org`,
        `${word}: <${named}@x.org>`,
        [max, ada, sly][(seed + at) % 3],
        6 + (at % 3),
      )
    })
    const arrivals = [...postings, ...lines].map(mailOf).map(arrivalOf)
    const folded = (some: typeof arrivals) =>
      fold(some, rules, { established: new Set() }).topics.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const expected = folded(arrivals)
    for (let round = 1; round <= 40; round++) {
      const twice = shuffled(arrivals, round).slice(0, 4)
      expect(folded(shuffled([...arrivals, ...twice], round * seed))).toEqual(expected)
    }
  })
})
