// What a posting says of other postings, in the forms of QEMU, DPDK, git and b4, and what only looks like it.
import { describe, expect, it } from 'vitest'
import { relationsOf } from '../../../tracker/mail/relations.ts'

const shown = (text: string) =>
  relationsOf(text.split('\n')).map(({ what, by, target }) => `${what} ${by} ${target}`)
const hex = '0123456789abcdef0123456789abcdef01234567'

describe('names another posting', () => {
  it.each([
    ['Supersedes: <20260101.1-1-ada@example.org>', ['supersedes mail 20260101.1-1-ada@example.org']],
    ['supersedes: 20260101.1-1-ada@example.org', ['supersedes mail 20260101.1-1-ada@example.org']],
    ['Supersedes: https://lists.example.org/pump/a1@example.org/', ['supersedes mail a1@example.org']],
    [
      'Supersedes: <a@example.org>, <b@example.org>',
      ['supersedes mail a@example.org', 'supersedes mail b@example.org'],
    ],
    ['Based-on: <a@example.org>', ['based mail a@example.org']],
    ['Based-on: <a@example.org> ("[PATCH] pump: tidy it")', ['based mail a@example.org']],
    ['Based-on:\n <a@example.org>', ['based mail a@example.org']],
    ['Depends-on: <a@example.org>', ['depends mail a@example.org']],
    ['Depends-on: series-118 ("pump: tidy it")', ['depends title pump: tidy it']],
    ['Depends-on: patch-1180 ("pump: tidy it")', ['depends title pump: tidy it']],
    ['Depends-on: series-118', ['depends link series-118']],
    ['Depends-on: "pump: tidy it"', ['depends title pump: tidy it']],
    ['Depends-on: [PATCH v2 0/3] pump: tidy it', ['depends title pump: tidy it']],
    ['Depends-on: [PATCH net-next] pump: tidy it', ['depends title pump: tidy it']],
    [
      'Depends-On: https://review.example.org/c/pump/+/118',
      ['depends link https://review.example.org/c/pump/+/118'],
    ],
    [`Depends-On: I${hex}`, [`depends change-id I${hex}`]],
    [`prerequisite-patch-id: ${hex}`, [`depends patch-id ${hex}`]],
    ['prerequisite-message-id: <a@example.org>', ['depends mail a@example.org']],
    [
      'prerequisite-change-id: 20260101-tidy-0a1b2c3d4e5f:v2',
      ['depends change-id 20260101-tidy-0a1b2c3d4e5f:v2'],
    ],
  ])('%s', (text, expected) => {
    expect(shown(text)).toEqual(expected)
  })

  it('once for each, and of a long list the first ones', () => {
    const ids = Array.from(
      { length: 300 },
      (_, at) => `prerequisite-patch-id: ${at.toString(16).padStart(40, '0')}`,
    )
    expect(shown([...ids, ...ids].join('\n'))).toEqual(
      ids.slice(0, 20).map(line => line.replace('prerequisite-patch-id: ', 'depends patch-id ')),
    )
  })
})

describe('names none', () => {
  it.each([
    'Based-on: master',
    'Based-on: v6.1 and two fixes',
    'Depends-on: nothing else',
    'Depends-on: the fix of ada@example.org',
    'Depends-on: #12',
    'Depends-on: "pump" and "valve"',
    'Depends-on: pump: tidy it',
    'Depends-on: [1]',
    'Supersedes: my mail of yesterday',
    'Supersedes:',
    '> Supersedes: <a@example.org>',
    'prerequisite-patch-id: 0123',
    `+prerequisite-patch-id: ${hex}`,
  ])('%s', text => {
    expect(shown(text)).toEqual([])
  })
})
