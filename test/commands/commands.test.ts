// The invented mails with lines of every language, in each dress that hides or shows them; and floods of such lines.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { valueText } from '../../tracker/mail/tag/value.ts'
import { compareRows, factsIn, hashed, rowOf, rowsOf } from './commands.ts'

const folder = join(import.meta.dirname, '../../fixtures/commands')
const rows = rowsOf(join(folder, 'invented.tsv'))
const names = readdirSync(folder)
  .filter(name => name.endsWith('.eml'))
  .map(name => name.replace(/\.eml$/, ''))

test('every row is of a mail that is there', () => {
  expect([...rows.keys()].filter(name => !names.includes(name))).toEqual([])
  expect(names.length).toBeGreaterThan(35)
})

describe('a mail says what its rows say and nothing else', () => {
  test.each(names)('%s', name => {
    const { tags, misses, problems } = factsIn(readFileSync(join(folder, `${name}.eml`)))
    expect([
      ...tags.map(tag => rowOf(tag, valueText(tag))),
      ...misses.map(({ nearest }) => `-\tmiss\t-\t${nearest ?? '-'}`),
      ...problems.map(problem => `-\tproblem\t-\t${problem}`),
    ]).toEqual(rows.get(name) ?? [])
  })
})

describe('a flood of lines', () => {
  const mail = (line: string) =>
    Buffer.from(
      `From: Ines <ines@example.org>\nSubject: Re: x\nDate: Mon, 16 Mar 2026 10:00:00 +0000\nMessage-ID: <f@example.org>\n\n${line.repeat(10_000)}`,
    )

  test('is read as far as a person might go, and says so', () => {
    const { tags, problems } = factsIn(mail('Patch-Status: accepted\n'))
    expect(tags).toHaveLength(20)
    expect(problems).toEqual(['Only the first 20 of its lines that change something are read'])
  })

  test.each([
    ['near misses', 'Patch-Stauts: aplied\n'],
    ['values nobody knows', 'Patch-Status: aplied\n'],
    ['robots told wrongly', 'pw-bot: aplied\n'],
    ['look-alikes', 'Pаtch-Status: accepted\n'],
    ['robots', '#syz fix: a title that ends behind column sixty of its line, really\n'],
    ['empty robots', '#syz fix:\n\n'],
    ['sections', '#regzbot title: x\nmore of it\n'],
    ['commands', 'Control: block 12 by 13 14 15 16 17 18 19 20\n'],
    ['words before a colon', 'Patsh Stadus: accepted\n'],
  ])('of %s is short and cheap', (_, line) => {
    const facts = factsIn(mail(line))
    expect(facts.tags.length).toBeLessThanOrEqual(20)
    expect(facts.misses.length).toBeLessThanOrEqual(5)
    expect(facts.problems.length).toBeLessThanOrEqual(6)
    const plain = cost(mail('These words say nothing at all.\n'))
    expect(cost(mail(line))).toBeLessThan(plain * 20 + 50)
  })
})

/** CPU milliseconds of the best of three. */
function cost(raw: Buffer): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    factsIn(raw)
    return process.cpuUsage(before).user / 1_000
  })
  return Math.min(...times)
}

describe('the comparison with the file', () => {
  const tags = factsIn(readFileSync(join(folder, 'syz-of-syzbot.eml'))).tags
  const [row = ''] = rows.get('syz-of-syzbot') ?? []

  test('takes a value plainly or by its hash', () => {
    expect(compareRows(tags, [row]).agreed).toHaveLength(1)
    expect(
      compareRows(tags, [row.replace('wal: free the lock', hashed('wal: free the lock'))]).agreed,
    ).toHaveLength(1)
  })

  test.each([
    ['another value', [row.replace('free', 'hold')]],
    ['another verb', [row.replace('#syz fix', '#syz dup')]],
    ['no line', []],
    ['one line more', [row, row]],
  ])('sees %s', (_, expected) => {
    const { missing, unexpected } = compareRows(tags, expected)
    expect(missing.length + unexpected.length).toBeGreaterThan(0)
  })
})
