import { expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { linksOf } from '../../../tracker/mail/links.ts'
import { refOf } from '../../../tracker/mail/tag/ref.ts'
import { resolve } from '../../../tracker/topic/reference.ts'

test.each([
  ['https://lore.example.org/tarn/20260302.1-ruth@example.net/', '20260302.1-ruth@example.net'],
  ['https://lore.example.org/tarn/20260302.1-ruth@example.net/T/#u', '20260302.1-ruth@example.net'],
  ['https://lore.example.org/r/20260302.1-ruth%40example.net', '20260302.1-ruth@example.net'],
  ['https://work.example.org/project/tarn/patch/a%2Bb@example.net/?state=*', 'a+b@example.net'],
  ['http://lists.example.org/tarn/a@example.net/raw', 'a@example.net'],
])('an address names the same mail in a text, in a tag and as what a tag speaks of: %s', (url, id) => {
  expect(linksOf([`See ${url}.`])).toEqual([id])
  expect(refOf(url)).toEqual({ mail: id })
  expect(resolve({ mail: messageId(id) }, 0, new Map())).toEqual({ id })
})

test.each([
  'https://bugs.example.org/show_bug.cgi?id=12&mail=a@example.net',
  'https://example.org/@ruth/12',
  'https://example.org/a%20b@example.net/',
  'https://example.org/%E0%A4%A/',
])('an address without a Message-ID names no mail: %s', url => {
  expect(linksOf([url])).toEqual([])
  expect(refOf(url)).toEqual({ url })
  expect(resolve({ url }, 0, new Map())).toEqual({ reason: `"${url}" names no mail` })
})
