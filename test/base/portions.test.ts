import fc from 'fast-check'
import { expect, test } from 'vitest'
import { portions } from '../../base/portions.ts'

const size = (item: number) => item

test('what is larger than a portion comes alone', () => {
  expect(portions([3, 4, 12, 2, 8, 0], size, 10)).toEqual([[3, 4], [12], [2, 8, 0]])
  expect(portions([], size, 10)).toEqual([])
  expect(portions([0, 0], size, 0)).toEqual([[0, 0]])
})

test('nothing is lost or moved, and no portion of several is too large', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), items => {
      const cut = portions(items, size, 10)
      expect(cut.flat()).toEqual(items)
      for (const portion of cut)
        if (portion.length > 1) expect(portion.reduce((sum, item) => sum + item, 0)).toBeLessThanOrEqual(10)
    }),
  )
})
