// A key is of the domain that signs, wherever the selector points: whoever signs chooses the selector.
import { type Case, patch, type Rule, says } from '../case.ts'
import type { Who } from '../cast.ts'

const accepted = (selector: string, domain = 'example.com', from: Who = 'marek') =>
  says('ok', 'good', 'Patch-Status: accepted', { from, sign: { by: 'bare dkim', domain, selector } })

const selectors: readonly Case[] = (
  [
    ['that climbs', '../../k1._domainkey.evil.example'],
    ['that names another domain', 'k1._domainkey.evil.example'],
    ['that ends in a dot', 'k1._domainkey.evil.example.'],
    ['that ends the name with a zero, as C has it', 'k1._domainkey.evil.example\0'],
    ['with an escaped zero', 'k1._domainkey.evil.example\\000'],
    ['that escapes the dot behind it', 'k1._domainkey.evil.example\\'],
    ['with a fragment', 'k1._domainkey.evil.example#'],
    ['with a tab', 'k1._domainkey.evil.example\t'],
  ] as const
).map(([what, selector]) => ({
  name: `a selector ${what}`,
  mails: [patch('good'), accepted(selector)],
  expect: { state: { good: 'new' }, refused: { ok: /only From says so/ }, grade: { ok: 'C' } },
}))

const others: readonly Case[] = [
  {
    name: 'a domain that ends with a zero before the one it claims',
    mails: [patch('good'), accepted('k1', 'evil.example\0.example.com')],
    expect: { state: { good: 'new' }, refused: { ok: /only From says so/ }, grade: { ok: 'C' } },
  },
  {
    name: "written by hand with the key's own selector it holds, and is somebody else's",
    mails: [
      patch('good'),
      says('hello', 'good', 'Hello.', { from: 'eve' }),
      accepted('k1', 'evil.example', 'eve'),
    ],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ }, grade: { ok: /A|C/ } },
  },
]

export const selectorRule: Rule = {
  rule: 'a key is of the domain that signs',
  cases: [...selectors, ...others],
}
