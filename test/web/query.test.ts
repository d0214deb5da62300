import { expect, test } from 'vitest'
import { type Query, readQuery } from '../../web/read/query.ts'

/** In few letters: `s(power cut)`, `said[2026-03-01 2026-03-02)`, `and(a b)`. */
function short(query: Query | null): string {
  if (query === null) return ''
  switch (query.what) {
    case 'and':
    case 'or':
      return `${query.what}(${query.of.map(short).join(' ')})`
    case 'not':
      return `-${short(query.of)}`
    case 'words':
      return `${query.field}<${query.words.join(' ')}${query.open ? '*' : ''}>`
    case 'time':
      return `${query.of}[${day(query.from)} ${day(query.before)})`
    case 'list':
      return `list${query.whole ? '' : '-part'}<${query.id}>`
    case 'blob':
      return `${query.side}<${query.id}>`
    case 'mail-part':
      return `part<${query.text}>`
    case 'topic':
      return `${query.ask.of}:${'word' in query.ask ? query.ask.word : query.ask.text}`
    default:
      return `${query.what}<${query.id}>`
  }
}

const day = (ms: number | null) =>
  ms === null ? '' : new Date(ms).toISOString().replace('T00:00:00.000Z', '')
const id = '0123456789abcdef0123456789abcdef01234567'

test.each([
  ['power cut', 'and(said<power> said<cut>)', ['power', 'cut']],
  ['"power cut"', 'said<power cut>', ['power', 'cut']],
  ['tst_run.c', 'said<tst run c>', ['tst_run.c']],
  ['night or day -cut', 'or(said<night> and(said<day> -said<cut>))', ['night', 'day']],
  ['night OR day AND NOT cut', 'or(said<night> and(said<day> -said<cut>))', ['night', 'day', 'cut']],
  ['-"power cut" Night', 'and(-said<power cut> said<night>)', ['night']],
  ['+power +cut', 'and(said<power> said<cut>)', ['power', 'cut']],
  ['or night or', 'said<night>', ['night']],
  ['"never closed', 'said<never closed>', ['never', 'closed']],
  ["it's (here):* & \\ ' !", 'and(said<it s> said<here>)', ["it's", 'here']],
  ['power*', 'said<power*>', ['power']],
  ['is:(open bug) NOT state:Confirmed from:Ines', 'and(is:open is:bug -state:confirmed f<ines>)', ['ines']],
  ['delegate:"Ines Oduya" label:Regression', 'and(delegate:ines oduya label:regression)', []],
  ['since:2026-03-01 wal', 'and(said[2026-03-01 ) said<wal>)', ['wal']],
  ['(power OR cut) night', 'and(or(said<power> said<cut>) said<night>)', ['power', 'cut', 'night']],
  [
    's:(power cut) f(x) NOT (a OR b)',
    'and(s<power> s<cut> said<f x> -or(said<a> said<b>))',
    ['power', 'cut', 'f(x', 'a', 'b'],
  ],
  ['net: usb: NEW', 'and(said<net> said<usb> said<new>)', ['net', 'usb', 'new']],
  [
    '((s:"wal: hold it" AND f:"A B <a@b.org>")) AND d:20260301..',
    'and(s<wal hold it> f<a b a b org> said[2026-03-01 ))',
    ['wal', 'hold', 'it', 'a', 'b', 'a@b.org'],
  ],
  [
    '(nq:"change-id: 2026-wal") AND d:..20260301',
    'and(nq<change id 2026 wal> said[ 2026-03-02))',
    ['change-id', '2026-wal'],
  ],
  ['d:2026-03-01 wal', 'and(said[2026-03-01 2026-03-02) said<wal>)', ['wal']],
  ['d:20260301..20260302 wal', 'and(said[2026-03-01 2026-03-03) said<wal>)', ['wal']],
  ['rt:1772323200..', 'received[2026-03-01 )', []],
  [`patchid:${id} OR patchid:${id}`, `or(patch<${id}> patch<${id}>)`, []],
  ['mid:<a@b.org> mid:c@d.org', 'or(mail<a@b.org> mail<c@d.org>)', []],
  ['m:pevik l:lists lid:<x.org>', 'and(part<pevik> list-part<lists> list<x.org>)', []],
  [
    'dfpre:0123abc dfpost:0123abcd dfblob:0123abcde',
    'and(pre<0123abc> post<0123abcd> either<0123abcde>)',
    [],
  ],
  ['a@b.org', 'or(said<a b org> mail<a@b.org>)', ['a@b.org']],
])('%j asks for %s', async (typed, shape, words) => {
  const read = await readQuery(typed, 'said')
  expect([short(read.query), read.marks.map(({ text }) => text), read.problem]).toEqual([shape, words, null])
})

test('times in words are read as git reads them', async () => {
  const { query } = await readQuery('d:2.days.ago..yesterday', 'said')
  if (query?.what !== 'time') throw new Error('It is no time')
  const days = ((query.before ?? 0) - (query.from ?? 0)) / 86_400_000
  expect(Math.abs(days - 1)).toBeLessThan(0.1)
})

test.each(['', '-', '"', '""', 'or', ':*', '\0', '(((', 'NOT', '()'])('%j asks for nothing', async typed => {
  expect((await readQuery(typed, 'said')).query).toBe(null)
})

test.each([
  ['-only', 'at least one word'],
  ['night or -day', 'at least one word'],
  ['NOT night', 'at least one word'],
  ['d:someday', 'is no time'],
  ['d:20261301..', 'is no time'],
  ['rt:yesterdayish..', 'is no time'],
  ['patchid:0123', '40 hex digits'],
  ['is:opn', 'Cannot read “is:opn”: behind “is:” stands one of open, closed,'],
  ['wal state:done', 'Cannot read “state:done”: behind “state:” stands one of new, under-review,'],
  ['since:someday', 'Cannot read “since:someday”: behind “since:” stands a day as 2026-01-31'],
  ['label:""', 'behind “label:” stands one word'],
  ['dfpost:012', 'at least 7 hex digits'],
  [Array.from({ length: 400 }, (_, n) => `w${n}`).join(' '), 'at most 300 words'],
  ['a* '.repeat(20), 'at most 300 words'],
])('%j is answered by what is allowed', async (typed, words) => {
  const { query, problem } = await readQuery(typed, 'said')
  expect(query).toBe(null)
  expect(problem).toContain(words)
})

test.each([
  ['stat:open', '“stat:” is no prefix, so it is looked for as a word'],
  ['title:"a b"', '“title:” is no prefix'],
  ['net: std::string http://example.org/ s:wal', null],
])('of %j a reader is told what is no prefix', async (typed, words) => {
  const { query, note } = await readQuery(typed, 'said')
  expect(query).not.toBe(null)
  if (words === null) expect(note).toBe(null)
  else expect(note).toContain(words)
})

test.each([
  '('.repeat(8_000),
  'NOT '.repeat(2_000),
  '('.repeat(3_000),
  's:('.repeat(2_000),
  ')'.repeat(8_000),
])('the query %.4j... of 8,000 signs is read', async typed => {
  const began = process.cpuUsage()
  const { query } = await readQuery(`${typed}night`, 'said')
  expect(short(query)).toMatch(/night/)
  expect(process.cpuUsage(began).user).toBeLessThan(400_000)
})
