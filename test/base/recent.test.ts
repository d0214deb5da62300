import { expect, test } from 'vitest'
import { keepRecent } from '../../base/recent.ts'

test('what was used last stays, what was used longest ago makes room', () => {
  const recent = keepRecent<string>(100)
  for (const key of 'abcdefghij') recent.keep(key, key.toUpperCase(), 10)
  expect(recent.get('a')).toBe('A')
  recent.keep('k', 'K', 10)
  expect(recent.get('b')).toBeUndefined()
  expect(recent.get('a')).toBe('A')
  expect(recent.get('k')).toBe('K')
})

test('a huge thing pushes out nothing', () => {
  const recent = keepRecent<string>(100)
  recent.keep('small', 'small', 10)
  recent.keep('huge', 'huge', 99)
  expect(recent.get('huge')).toBeUndefined()
  expect(recent.get('small')).toBe('small')
})

test('the same key again counts once', () => {
  const recent = keepRecent<number>(100)
  recent.keep('a', 1, 10)
  for (let value = 0; value < 50; value++) recent.keep('b', value, 10)
  expect(recent.get('a')).toBe(1)
  expect(recent.get('b')).toBe(49)
})
