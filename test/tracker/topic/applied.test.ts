// "Applied" of a part of a series, in an answer to its cover or to one of its patches; and who is named as its reviewer.
import { describe, expect, it } from 'vitest'
import { openRules } from '../../../tracker/topic/rules.ts'
import { type Posting, topicsOf } from './posted.ts'

const series: Posting[] = [
  { id: '0@x.org', subject: '[PATCH 0/4] pump: mend it' },
  ...[1, 2, 3, 4].map(n => ({
    id: `${n}@x.org`,
    subject: `[PATCH ${n}/4] pump: part ${n}`,
    day: n / 1000,
    answers: '0@x.org',
    touches: { [`src/${n}.c`]: [`line ${n}`] },
  })),
]
const answer = (
  body: string,
  answers = '0@x.org',
  id = 'a@x.org',
  from = 'Max Carer <max@example.net>',
): Posting => ({
  id,
  subject: 'Re: [PATCH 0/4] pump: mend it',
  day: 1,
  from,
  answers,
  body,
})

const accepted = (...postings: Posting[]) =>
  topicsOf([...series, ...postings])
    .flatMap(topic => topic.revisions.flatMap(revision => revision.patches))
    .filter(patch => patch.state === 'accepted')
    .map(patch => patch.number)

describe('accepts the others', () => {
  it.each([
    ['Applied all but 3, thanks.', [1, 2, 4]],
    ['All except patch 2/4 applied, thanks!', [1, 3, 4]],
    ['Applied 1-3, not 4.', [1, 2, 3]],
    ['Applied everything except the last patch', [1, 2, 3]],
    ['Merged all of it, thanks.\nSkipped 2/4 and 3/4 for now.', [1, 4]],
  ])('%j', (body, numbers) => {
    expect(accepted(answer(body))).toEqual(numbers)
    expect(accepted(answer(body, '2@x.org'))).toEqual(numbers)
  })

  it('of those that came: one that is missing takes nothing with it', () => {
    const came = series.filter(({ id }) => id !== '3@x.org')
    const [topic] = topicsOf([...came, answer('Applied all but 2, thanks.')])
    expect(topic?.revisions[0]?.patches.map(({ state }) => state)).toEqual(['accepted', 'new', 'accepted'])
  })
})

describe('an author speaks of his own patches', () => {
  const ada = { name: 'Ada Example', address: 'ada@example.org' }
  const max = { name: 'Max Carer', address: 'max@example.net' }
  const rulesWith = (person: typeof ada) => ({
    ...openRules,
    rosters: [{ since: 0, people: [{ person, role: 'maintainer' as const, paths: [] }] }],
  })
  const states = (body: string, rules = openRules) => [
    ...new Set(
      topicsOf([...series, answer(body, '0@x.org', 'a@x.org', 'Ada Example <ada@example.org>')], rules)
        .flatMap(({ revisions }) => revisions[0]?.patches ?? [])
        .map(({ state }) => state),
    ),
  ]

  it.each([
    'Applied to my tree.',
    'Pushed to my pump branch, thanks.',
    'Accepted, thanks.',
    'Taken, thank you.',
  ])('and nothing was taken, whether the list names people or not: %s', body => {
    expect(states(body)).toEqual(['new'])
    expect(states(body, rulesWith(max))).toEqual(['new'])
  })

  it('but his tree is where a maintainer’s own go, too', () => {
    expect(states('Applied to my tree.', rulesWith(ada))).toEqual(['accepted'])
  })

  it('while a maintainer takes those of others into his', () => {
    expect(accepted(answer('Applied to my tree, thanks.'))).toEqual([1, 2, 3, 4])
  })
})

describe('a posting that says in its bracket that it is in', () => {
  const posted = (subject: string): Posting => ({
    id: 'p@x.org',
    subject,
    touches: { 'src/p.c': ['line'] },
  })
  it.each(['[committed] pump: mend it', '[PATCH, pushed] pump: mend it', '[COMMITTED] pump: mend it'])(
    '%s is accepted',
    subject => {
      const [topic] = topicsOf([posted(subject)])
      expect(topic?.revisions[0]?.patches).toMatchObject([{ state: 'accepted' }])
    },
  )
  it.each(['[PATCH] pump: applied twice', '[PATCH] committed: mend it'])('%s is not', subject => {
    const [topic] = topicsOf([posted(subject)])
    expect(topic?.revisions[0]?.patches).toMatchObject([{ state: 'new' }])
  })
})

describe('a reviewer with several spellings', () => {
  const reviews = [
    'Reviewed-by: Ruth Alder <ruth@example.net>',
    'Reviewed-by: ruth alder of the Long Named Company <ruth@example.net>',
    'Reviewed-by: Alder, Ruth <ruth@example.net>',
    'Reviewed-by: Rüth A. <ruth@example.net>',
  ]
  const given = (from: string) =>
    reviews.map((body, at) => answer(body, `${at + 1}@x.org`, `r${at}@x.org`, from))
  const sentence = (postings: Posting[]) =>
    topicsOf([...series, ...postings])[0]
      ?.standing.sentence.map(part => (typeof part === 'string' ? part : part.text))
      .join('')

  it('is named once, as his mails name him', () => {
    expect(sentence(given('Ruth Alder <ruth@example.net>'))).toMatch(/^Ruth Alder reviewed all 4 patches\./)
  })

  it('and another person of the same company is another one', () => {
    const other = answer(
      'Reviewed-by: Tom Alder <tom@example.net>',
      '1@x.org',
      't@x.org',
      'Tom Alder <tom@example.net>',
    )
    expect(sentence([...given('Ruth Alder <ruth@example.net>'), other])).toMatch(
      /^Ruth Alder and Tom Alder reviewed all 4 patches\./,
    )
  })
})
