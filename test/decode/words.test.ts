import { expect, test } from 'vitest'
import { decodeWords } from '../../tracker/decode/words.ts'

test.each([
  ['text without words', '[PATCH] a = b ?= c', '[PATCH] a = b ?= c'],
  ['Q', '=?UTF-8?Q?J=C3=B6rg_L=C3=BCders?=', 'Jörg Lüders'],
  ['B', '=?utf-8?B?SsO2cmcgTMO8ZGVycw==?=', 'Jörg Lüders'],
  ['B without its padding', '=?utf-8?b?SsO2cmc?=', 'Jörg'],
  ['B padded in its middle', '=?utf-8?B?Sg==w7ZyZw==?=', 'Jörg'],
  ['another charset', '=?iso-8859-1?Q?J=F6rg?= <joerg@example.org>', 'Jörg <joerg@example.org>'],
  ['gb2312', '[PATCH] =?gb2312?B?0N64tA==?=', '[PATCH] 修复'],
  ['white space between words dropped', '=?utf-8?Q?a?= \t =?utf-8?Q?b?= c', 'ab c'],
  ['a letter split between two words', '=?utf-8?B?SsM=?= =?utf-8?B?tnJn?=', 'Jörg'],
  ['a letter split between Q and B', '=?utf-8?Q?J=C3?= =?UTF-8?B?tnJn?=', 'Jörg'],
  ['words of two charsets', '=?utf-8?Q?=C3=B6?= =?iso-8859-1?Q?=F6?=', 'öö'],
  ['a language behind the charset', '=?utf-8*de?Q?=C3=B6?=', 'ö'],
  ['an unknown charset', '=?x-none?Q?J=C3=B6rg?=', 'Jörg'],
  ['a wrong charset', '=?utf-8?Q?J=F6rg?=', 'Jörg'],
  ['spaces and question marks in Q', '=?utf-8?Q?is it = so? yes?=', 'is it = so? yes'],
  [
    'a word in quotes',
    '"=?utf-8?Q?L=C3=BCders=2C_J=C3=B6rg?=" <j@example.org>',
    '"Lüders, Jörg" <j@example.org>',
  ],
  ['words glued to text', 'a=?utf-8?Q?=C3=B6?=b', 'aöb'],
  ['a word without its end', '[PATCH] =?utf-8?Q?J=C3=B6', '[PATCH] =?utf-8?Q?J=C3=B6'],
  ['something else that begins like a word', '=?x =?utf-8?X?a?= =?utf-8?Q?b?=', '=?x =?utf-8?X?a?= b'],
  ['words that were encoded once more', '=?utf-8?Q?=3D=3Futf-8=3FQ=3FJ=3DC3=3DB6rg=3F=3D?=', 'Jörg'],
  [
    'words of B encoded once more',
    `=?us-ascii?B?${Buffer.from('[PATCH] =?iso-8859-1?Q?J=F6rg?=').toString('base64')}?=`,
    '[PATCH] Jörg',
  ],
  ['an empty word', 'a =?utf-8?Q??= b', 'a  b'],
])('%s', (_, value, text) => {
  expect(decodeWords(value)).toBe(text)
})
