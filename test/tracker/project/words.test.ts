import fc from 'fast-check'
import { sql } from 'kysely'
import { stem } from 'stemr'
import { expect, test } from 'vitest'
import { binaryArray } from '../../../sql/binary-array.ts'
import { wordFilter } from '../../../tracker/project/word-filter.ts'
import { stemOf } from '../../../tracker/project/word-stem.ts'
import { wordVector } from '../../../tracker/project/word-vector.ts'
import { wordsOf } from '../../../tracker/project/words.ts'
import { testDatabase } from '../../database.ts'

test.each([
  ['Fix the  LOCK, please!', ['fix', 'the', 'lock', 'please']],
  ['lib/tst_test.c: tst_run(0x1F)', ['lib', 'tst', 'test', 'c', 'tst', 'run', '0x1f']],
  ['CVE-2021-1234', ['cve', '2021', '1234']],
  ['ada@example.org', ['ada', 'example', 'org']],
  ['Ærø café naïve Ελλάδα', ['aero', 'cafe', 'naive', 'ελλάδα']],
  ['cafe\u0301', ['cafe']],
  ['Straße ŁÓDŹ Nguyễn', ['strasse', 'lodz', 'nguyen']],
  ['йод ёж が', ['йод', 'ёж', 'が']],
  ['内核 linux补丁 かな', ['内', '核', 'linux', '补', '丁', 'か', 'な']],
  ['“quoted”…—words', ['quoted', 'words']],
  ['!!! --- ###', []],
  ['', []],
  [`${'a'.repeat(70)} b`, ['a'.repeat(64), 'b']],
])('the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('a word that is not given to the stemmer is its own stem', () => {
  const letter = fc.constantFrom(...'aeiouybcdfghjklmnpqrstvwxz')
  const word = fc.array(letter, { minLength: 3, maxLength: 12 }).map(letters => letters.join(''))
  fc.assert(
    fc.property(word, text => stemOf(text) === stem(text)),
    { numRuns: 20_000 },
  )
})

test('the words of any text are its runs of letters and digits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 500 }), text => {
      const runs = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
      expect(wordsOf(text)).toEqual(runs.map(run => run.slice(0, 64)))
    }),
  )
})

test('what was read before changes neither the vector nor the filter of a mail', () => {
  const text = fc
    .array(fc.constantFrom('leak', 'leaks', 'leaking', 'ab', 'ba', 'naïve', '内核', '0x1f', 'tst_run'), {
      maxLength: 40,
    })
    .map(words => words.join(' '))
  const mail = fc.record({ subject: text, author: text, files: text, body: text, quotes: text, others: text })
  fc.assert(
    fc.property(fc.array(mail, { maxLength: 8 }), mails => {
      const read = (one: (typeof mails)[number]) => [wordVector({ ...one, patchId: null }), wordFilter(one)]
      expect(mails.toReversed().map(read).toReversed()).toEqual(mails.map(read))
    }),
  )
})

test('words are found by parts and phrases, and no phrase reaches from one part into the next', async () => {
  const { db } = await testDatabase()
  const vector = wordVector({
    subject: 'Keep the lock',
    author: 'Ada Marsh ada@example.org',
    files: 'src/wal.c',
    body: 'It is held too long.\nThe lock, again: 内核',
    patchId: 'cafe',
  })
  const matches = async (query: string) => {
    const { rows } = await sql<{
      hit: boolean
    }>`select ${vector}::tsvector @@ ${query}::tsquery as hit`.execute(db)
    return rows[0]?.hit
  }
  expect(await matches("'wal' <-> 'c'")).toBe(true)
  expect(await matches("'too' <-> 'long' <-> 'the' <-> 'lock'")).toBe(true)
  expect(await matches("'内' <-> '核'")).toBe(true)
  expect(await matches("'lock' <-> 'ada'")).toBe(false)
  expect(await matches("'keep':A")).toBe(true)
  expect(await matches("'held':A")).toBe(false)
  expect(await matches("'p:cafe'")).toBe(true)
  expect(await matches("'#'")).toBe(false)
})

test('a text of a hundred thousand words is a vector, and its last word is found', async () => {
  const { db } = await testDatabase()
  const body = `${Array.from({ length: 30_000 }, (_, n) => `w${n.toString(36)} of`).join(' ')} zebra`
  const vector = wordVector({ subject: '', author: '', files: '', body, patchId: null })
  const { rows } = await sql<{ hit: boolean }>`select ${vector}::tsvector @@ 'zebra & of & #' as hit`.execute(
    db,
  )
  expect(rows).toEqual([{ hit: true }])
})

test('a vector says when it has not all places, or not all words and names of files', async () => {
  const { db } = await testDatabase()
  const signs = async (text: { files?: string; body?: string }) => {
    const vector = wordVector({ subject: 's', author: '', files: '', body: '', patchId: null, ...text })
    const { rows } = await sql<{ sign: string }>`
      select sign from unnest(array['#', '#C', '#D']) sign
      where ${vector}::tsvector @@ quote_literal(sign)::tsquery`.execute(db)
    return rows.map(({ sign }) => sign)
  }
  expect(await signs({ body: 'again '.repeat(255) })).toEqual([])
  expect(await signs({ body: 'again '.repeat(256) })).toEqual(['#'])
  expect(await signs({ files: 'src/a.c '.repeat(3_000) })).toEqual(['#', '#C'])
  expect(await signs({ body: Array.from({ length: 60_000 }, (_, n) => `w${n}`).join(' ') })).toEqual([
    '#',
    '#D',
  ])
})

test('a vector is what PostgreSQL makes of the same words itself', async () => {
  const { db } = await testDatabase()
  const many = Array.from({ length: 255 }, () => 'again').join(' ')
  const vectors = [
    { subject: 'Zebra first', author: 'Ada', files: 'src/wal.c', body: `内核 naïve ${many}`, patchId: null },
    { subject: '', author: '', files: '', body: '', patchId: null },
  ].map(wordVector)
  const places = Array.from({ length: 255 }, (_, at) => at + 13).join(',')
  const { rows } = await sql<{ text: string; same: boolean }>`
    select v::text as text, v = v::text::tsvector as same from unnest(${binaryArray('tsvector', vectors)}::tsvector[]) v`.execute(
    db,
  )
  expect(rows).toEqual([
    {
      text: `'ada':4B 'again':${places} 'c':8C 'first':2A 'naive':12 'src':6C 'wal':7C 'zebra':1A '内':10 '核':11`,
      same: true,
    },
    { text: '', same: true },
  ])
})
