import { expect, test } from 'vitest'
import { parseAddresses } from '../../tracker/decode/addresses.ts'

const people = (value: string) => parseAddresses(value).map(person => `${person.name}|${person.address}`)

test.each([
  ['a bare address', 'Mara@Example.org', ['|mara@example.org']],
  ['a name', 'Mara Lind <mara@example.org>', ['Mara Lind|mara@example.org']],
  [
    'a quoted name with comma and quotes',
    '"Lind, \\"Mara\\"" <mara@example.org>',
    ['Lind, "Mara"|mara@example.org'],
  ],
  [
    'an encoded name with a comma',
    '=?utf-8?Q?L=C3=BCders=2C_J=C3=B6rg?= <j@example.org>',
    ['Lüders, Jörg|j@example.org'],
  ],
  [
    'a comma inside an encoded word',
    '=?utf-8?Q?Lind,_Mara?= <mara@example.org>',
    ['Lind, Mara|mara@example.org'],
  ],
  ['an encoded name in quotes', '"=?utf-8?B?SsO2cmc=?=" <j@example.org>', ['Jörg|j@example.org']],
  ['a name with a comma and no quotes', 'Lind, Mara <mara@example.org>', ['Lind, Mara|mara@example.org']],
  [
    'a list rewrite',
    '"Mara Lind via pumps" <pumps@lists.example.net>',
    ['Mara Lind via pumps|pumps@lists.example.net'],
  ],
  ['a name in a comment', 'mara@example.org (Mara Lind)', ['Mara Lind|mara@example.org']],
  [
    'all of it in an encoded word',
    '=?utf-8?q?J=C3=B6rg_Lind_=3Cj=40example=2Eorg=3E?=',
    ['Jörg Lind|j@example.org'],
  ],
  [
    'all of it in two encoded words',
    '=?utf-8?q?J=C3=B6rg_Lind_=3Cj=40?= =?utf-8?q?example=2Eorg=3E?=',
    ['Jörg Lind|j@example.org'],
  ],
  [
    'all of it in base64',
    `=?utf-8?B?${Buffer.from('Jörg <j@example.org>').toString('base64')}?=`,
    ['Jörg|j@example.org'],
  ],
  ['an encoded bare address', '=?us-ascii?q?j=40example=2Eorg?=', ['|j@example.org']],
  ['two people', 'a@example.org, Bo <b@example.org>', ['|a@example.org', 'Bo|b@example.org']],
  ['a group', 'Pumps: a@example.org, Bo <b@example.org>;', ['|a@example.org', 'Bo|b@example.org']],
  ['a closing bracket missing', 'Mara Lind <mara@example.org', ['Mara Lind|mara@example.org']],
  ['a name without address', 'Mara Lind', ['Mara Lind|']],
  ['nobody', '', []],
  ['undisclosed recipients', 'undisclosed-recipients:;', []],
  ['a folded name', 'Mara\n  Lind <mara@example.org>', ['Mara Lind|mara@example.org']],
])('%s', (_, value, expected) => {
  expect(people(value)).toEqual(expected)
})

test('a field of many people is read in time that grows with it alone', () => {
  const before = process.cpuUsage()
  expect(parseAddresses('"a" <a@example.org>, '.repeat(12_000))).toHaveLength(12_000)
  for (const flood of ['<', '(', '"', 'a@b ', ' ', ',']) parseAddresses(flood.repeat(256_000 / flood.length))
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
})
