// One cover letter over patches for several branches, as kernel teams of distributions send them: each branch is a patchset of
// its own, and what answers the cover speaks of all of them.
import { describe, expect, it } from 'vitest'
import { exportLine } from '../../../tracker/export/line.ts'
import { reviewCount } from '../../../tracker/topic/reviews.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import { type Posting, topicsOf } from './posted.ts'

const lines = ['one', 'two', 'three', 'four', 'five', 'six']
const patch = (id: string, mark: string, day: number): Posting => ({
  id,
  subject: `${mark} lock: free it`,
  day,
  answers: 'c@x.org',
  touches: { 'src/lock.c': lines },
})
const posted = (cover: string, ...marks: string[]): Posting[] => [
  { id: 'c@x.org', subject: `${cover} CVE: lock`, day: 0 },
  ...marks.map((mark, at) => patch(`${at}@x.org`, mark, (at + 1) / 1000)),
]
const ubuntu = posted('[SRU][N][J][PATCH 0/1]', '[SRU][N][PATCH 1/1]', '[SRU][J][PATCH 1/1]')
const answer = (body: string, answers = 'c@x.org', id = 'a@x.org', day = 1): Posting => ({
  id,
  subject: 'ACK: [SRU][N][J][PATCH 0/1] CVE: lock',
  day,
  from: 'Max Carer <max@example.net>',
  answers,
  body,
})
const statesOf = (topics: readonly Topic[]) =>
  topics
    .flatMap(({ revisions }) =>
      revisions.flatMap(({ patches }) => patches.map(({ id, state }) => `${id.slice(0, 1)} ${state}`)),
    )
    .sort()

describe('an answer to a cover over two branches', () => {
  it('is one for each of the two patchsets', () => {
    const topics = topicsOf([...ubuntu, answer('Applied to noble:linux and jammy:linux. Thanks.')])
    expect(topics).toHaveLength(2)
    expect(statesOf(topics)).toEqual(['0 accepted', '1 accepted'])
  })

  it.each([
    ['Applied to jammy, thanks.', ['0 new', '1 accepted']],
    ['Applied to noble:linux master-next, thanks.', ['0 accepted', '1 new']],
    ['Applied to N/J, thanks.', ['0 accepted', '1 accepted']],
    ['Applied to noble and jammy', ['0 accepted', '1 accepted']],
    ['Applied to master-next, thanks.', ['0 accepted', '1 accepted']],
    ['Patch-Status: rejected', ['0 rejected', '1 rejected']],
  ])('%s', (body, states) => {
    expect(statesOf(topicsOf([...ubuntu, answer(body)]))).toEqual(states)
  })

  it.each([
    ['[kirkstone][scarthgap][PATCH 0/1]', '[kirkstone][PATCH 1/1]', '[scarthgap][PATCH 1/1]', 'kirkstone'],
    ['[PATCH 6.1 5.10 0/1]', '[PATCH 6.1 1/1]', '[PATCH 5.10 1/1]', '6.1'],
  ])('of another list: %s', (cover, first, second, branch) => {
    const postings = posted(cover, first, second)
    expect(statesOf(topicsOf([...postings, answer('Applied, thanks.')]))).toEqual([
      '0 accepted',
      '1 accepted',
    ])
    const one = [...postings, answer(`Applied to ${branch}, thanks.`)]
    expect(statesOf(topicsOf(one))).toEqual(['0 accepted', '1 new'])
  })

  it('reviews both, and stands once in an export', () => {
    const topics = topicsOf([...ubuntu, answer('Acked-by: Max Carer <max@example.net>')])
    const reviewed = topics.map(
      topic => topic.revisions[0] && reviewCount(topic, topic.revisions[0]).reviewed,
    )
    expect(reviewed).toEqual([1, 1])
    const exported = topics.flatMap(topic => JSON.parse(exportLine(topic, '', undefined)).trailers)
    expect(exported).toMatchObject([{ on: 'c@x.org', key: 'Acked-by' }])
  })

  it('is taken back in both', () => {
    const undo = answer('Undo: <a@x.org>', 'c@x.org', 'b@x.org', 2)
    const topics = topicsOf([...ubuntu, answer('Patch-Status: rejected'), undo])
    expect(statesOf(topics)).toEqual(['0 new', '1 new'])
  })
})

it('an answer to the patch for one branch speaks of that one', () => {
  const topics = topicsOf([...ubuntu, answer('Applied, thanks.', '1@x.org')])
  expect(statesOf(topics)).toEqual(['0 new', '1 accepted'])
})

it('a patch of another change below a cover hears nothing of it', () => {
  const other: Posting = {
    ...patch('9@x.org', '[PATCH]', 0.5),
    subject: '[PATCH] hose: wind it',
    touches: { 'hose.c': lines },
  }
  const series = posted('[PATCH 0/1]', '[PATCH 1/1]')
  const topics = topicsOf([...series, other, answer('Applied, thanks.')])
  expect(statesOf(topics)).toEqual(['0 accepted', '9 new'])
})
