import { expect, test } from 'vitest'
import type { How } from '../../../tracker/topic/verdict.ts'
import { howWords, reasonWords } from '../../../tracker/topic/verdict-words.ts'
import { arcOf, dkimOf } from '../../verdicts.ts'

const dkim = { method: 'DKIM', signer: 'example.org' } as const

test.each<[How, string]>([
  [{ code: 'pending' }, 'not checked yet'],
  [{ code: 'imported' }, 'imported'],
  [{ code: 'token' }, 'confirmed by token'],
  [{ code: 'unsigned' }, 'only From: it is not signed'],
  [dkimOf('example.org'), 'DKIM of example.org'],
  [
    { code: 'signed', check: { method: 'OpenPGP', result: 'pass', signer: '0123456789ABCDEF' } },
    'OpenPGP key 0123456789ABCDEF',
  ],
  [
    { code: 'signed', check: { method: 'patatt', result: 'pass', signer: 'ed25519 ada@example.org k1' } },
    'patatt ed25519 ada@example.org k1',
  ],
  [{ code: 'first', check: { ...dkim, result: 'pass' } }, 'DKIM of example.org, first seen'],
  [arcOf('lists.example.net'), 'ARC of lists.example.net, which saw DKIM of example.org'],
  [
    { code: 'unclear', note: { code: 'field-doubled', of: 'subject' } },
    'only From: the header has more than one Subject',
  ],
  [
    { code: 'uncounted', check: { ...dkim, result: 'unused', note: { code: 'late', of: '365' } } },
    'only From: DKIM of example.org does not count, it was signed 365 days before it arrived',
  ],
  [
    { code: 'uncounted', check: { ...dkim, result: 'unknown', note: { code: 'dns-silent' } } },
    'only From: DKIM of example.org is unknown, DNS did not answer',
  ],
  [
    {
      code: 'uncounted',
      check: { method: 'ARC', result: 'fail', signer: null, note: { code: 'said', of: 'i=2 is missing' } },
    },
    'only From: ARC of a broken chain does not hold, i=2 is missing',
  ],
])('%j is told as "%s"', (how, words) => {
  expect(howWords(how)).toBe(words)
  expect(reasonWords(how)).toBe(words.replace('only From: ', ''))
})
