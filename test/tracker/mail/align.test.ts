import { expect, test } from 'vitest'
import { alignQuotes } from '../../../tracker/mail/align.ts'

const source = [
  'diff --git a/src/wal.c b/src/wal.c',
  '@@ -10,6 +10,8 @@ static int wal_sync(struct wal *w)',
  ' \tlock(w);',
  '-\tsync(w);',
  '+\tunlock(w);',
  '+\tif (w->failed)',
  '+\t\treturn -EIO;',
  '+\treturn sync(w);',
  ' }',
  '@@ -40,3 +42,4 @@ static int wal_close(struct wal *w)',
  ' \tlock(w);',
  '+\tif (w->failed)',
  '+\t\treturn -EIO;',
  ' }',
]

test('a whole quote is found line by line', () => {
  expect(alignQuotes(source, source)).toEqual(source.map((_, at) => at))
})

test('blanks that mailers eat, add or turn into others do not matter', () => {
  expect(alignQuotes(source, ['lock(w);', '-    sync(w);  ', '+\u00a0unlock(w);'])).toEqual([2, 3, 4])
})

test('what was cut out is passed over', () => {
  expect(alignQuotes(source, ['+\tunlock(w);', '[...]', '+\treturn sync(w);'])).toEqual([4, null, 7])
})

test('the longest stretch wins over the first line that fits', () => {
  expect(alignQuotes(source, ['+\tif (w->failed)', '+\t\treturn -EIO;', '+\treturn sync(w);'])).toEqual([
    5, 6, 7,
  ])
})

test('of equal places the next one is meant, and the head of a hunk says which', () => {
  const quote = ['@@ -40,3 +42,4 @@ static int wal_close(struct wal *w)', '', '+\t\treturn -EIO;']
  expect(alignQuotes(source, quote)).toEqual([9, null, 12])
})

test('a lone line that stands in two places is not guessed', () => {
  expect(alignQuotes(source, ['+\t\treturn -EIO;'])).toEqual([null])
})

test('a line that the mailer wrapped, and two that it joined, are found by their text', () => {
  const prose = [
    'The lock was held while the disk worked, so that',
    'all others waited for it to finish its turn.',
  ]
  expect(
    alignQuotes(prose, ['The lock was held while', 'the disk worked, so that all others', 'waited for it']),
  ).toEqual([0, 1, 1])
})

test('brackets alone are taken only right behind what was found', () => {
  expect(alignQuotes(source, [' }'])).toEqual([null])
  expect(alignQuotes(source, ['+\treturn sync(w);', ' }'])).toEqual([7, 8])
})

test('equal lines in thousands cost no more than their number', () => {
  const started = process.cpuUsage().user
  const flood = new Array<string>(5_000).fill('+\treturn -EIO;')
  alignQuotes(flood, flood)
  alignQuotes(
    flood,
    flood.flatMap((line, at) => (at % 2 ? [line] : [line, `other line ${at}`])),
  )
  expect(process.cpuUsage().user - started).toBeLessThan(3_000_000)
})
