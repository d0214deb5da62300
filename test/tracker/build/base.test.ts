import { expect, it } from 'vitest'
import { basesOf, prefixBranch } from '../../../tracker/build/base.ts'

it('tries what the author says first, then what the diffs say, then what the policy says, each commit once', () => {
  const bases = basesOf({
    baseCommit: 'a',
    dependencies: ['b', 'a'],
    blobs: [
      { branch: 'next', commit: 'c' },
      { branch: 'main', commit: 'd' },
    ],
    prefix: { branch: 'next', head: 'c' },
    default: { branch: 'main', head: 'e' },
  })
  expect(bases.map(({ foundBy, commit, branch }) => `${foundBy} ${commit} ${branch}`)).toEqual([
    'base-commit a null',
    'depends-on b null',
    'blobs c next',
    'blobs d main',
    'default e main',
  ])
})

it('falls back to the branch of the policy', () => {
  const nothing = { baseCommit: null, dependencies: [], blobs: [], prefix: null, default: null }
  expect(basesOf(nothing)).toEqual([])
  expect(basesOf({ ...nothing, default: { branch: 'main', head: 'e' } })).toHaveLength(1)
})

it('knows a branch by a word in the brackets of a subject', () => {
  expect(prefixBranch(['iotests', 'NEXT'], { next: 'net-next' })).toBe('net-next')
  expect(prefixBranch(['constructor'], {})).toBeNull()
})
