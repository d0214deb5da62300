import { beforeAll, expect, test } from 'vitest'
import { type Archive, makeArchive, series } from './archive.ts'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    ...series,
    {
      id: 'cut@example.org',
      subject: 'Power and data',
      body: 'A power cut at night.\n\n> quoted zebra line\n\nSecond line: cut power.\n',
      minute: 200,
    },
  ])
})

const text = (html: string) => html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
const find = (query: string) => archive.page(`/tarn/?q=${encodeURIComponent(query)}`)

test('words are found in subjects, authors, texts and names of files, and counted in words', async () => {
  expect(text(await find('night'))).toContain('1 mail holds “night”')
  expect(text(await find('Priya'))).toContain('1 mail holds')
  expect(text(await find('endian'))).toContain('No mail holds “endian”')
  expect(await find('stats.c')).toContain('href="/tarn/v2-2@example.org/"')
})

test('a hit shows the line that matched, with the words marked', async () => {
  const page = await find('cut night')
  expect(page).toContain('<span>A power <mark>cut</mark> at <mark>night</mark>.</span>')
})

test('a quoted line is no hit', async () => {
  expect(text(await find('zebra'))).toContain('No mail holds')
})

test('phrases, or and minus are understood', async () => {
  expect(text(await find('"power cut"'))).toContain('1 mail holds')
  expect(text(await find('"cut at power"'))).toContain('No mail holds')
  expect(text(await find('night or nonsense'))).toContain('1 mail holds')
  expect(text(await find('power -night'))).toContain('No mail holds')
})

test.each(['', '"', '!!!', '-', "'", '\\', '(((', 'a & | b', '%', 'x'.repeat(5_000), '\0', '-only', ':*'])(
  'the query %j makes a page with advice or hits',
  async query => {
    const page = await find(query)
    expect(page).toContain('<h1>')
    expect(page).toMatch(/What can be looked for|Newest first/)
  },
)

test('a search that means nothing is told what is allowed', async () => {
  const page = text(await find('wal d:someday'))
  expect(page).toContain('“d:someday” is no time')
  expect(page).toContain('dfhh:behind the @@ of a hunk')
})

test('more hits than fit go on page by page', async () => {
  const own = await makeArchive(
    Array.from({ length: 45 }, (_, index) => ({
      id: `n${index}@example.org`,
      subject: `Question ${index}`,
      body: 'Does the driver of this kernel build with walnut?\n',
      minute: index,
    })),
  )
  const first = await own.page('/tarn/?q=walnut')
  expect(text(first)).toContain('45 mails hold “walnut”')
  expect(first.indexOf('Question 44')).toBeLessThan(first.indexOf('Question 30'))
  expect(await own.page('/tarn/?q=walnut&page=3')).toContain('href="/tarn/n4@example.org/"')
  expect(await own.page('/tarn/?q=walnut&page=4')).toContain('There are no more hits')
})
