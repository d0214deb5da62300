// A list server that the operator trusts vouches by what it writes into the mail and signs itself. Everybody can write such a
// field, and every domain can sign one.
import { type Case, copy, dkim, type Mail, patch, type Rule, type Stamp, says } from '../case.ts'
import { listHost } from '../cast.ts'

const good = patch('good', { sign: dkim() })
const footer = '_____\nThe list\n'
const ok = (more: Partial<Mail>): Mail =>
  says('ok', 'good', 'Patch-Status: accepted', { stamped: 'example.com', footer, ...more })
const stamped = (stamp: Partial<Stamp>, more: Partial<Mail> = {}) =>
  ok({ stamped: { saw: 'example.com', ...stamp }, ...more })
const no = (grade: string | RegExp = 'C') =>
  ({ state: { good: 'new' }, grade: { ok: grade }, refused: { ok: /needs a confirmed sender/ } }) as const
const forged = (id: string) =>
  `Authentication-Results: ${id}; dkim=pass header.i=@example.com header.d=example.com`

const cases: readonly Case[] = [
  {
    name: 'the server saw the DKIM of the maintainer',
    mails: [good, ok({})],
    expect: {
      state: { good: 'accepted' },
      grade: { ok: 'B' },
      page: { ok: /Authentication-Results of lists\.example\.org, which saw DKIM of example\.com/ },
    },
  },
  {
    name: 'a host of the server wrote it',
    mails: [good, stamped({ as: `mx.${listHost}` })],
    expect: { state: { good: 'accepted' }, grade: { ok: 'B' } },
  },
  { name: 'it saw the DKIM of somebody else', mails: [good, stamped({ saw: 'evil.example' })], expect: no() },
  { name: 'it saw that DKIM fails', mails: [good, stamped({ result: 'dkim=fail' })], expect: no() },
  { name: 'its DKIM does not cover the field', mails: [good, stamped({ bare: true })], expect: no() },
  {
    name: "the field bears another server's name",
    mails: [good, stamped({ as: 'evil.example' })],
    expect: no(),
  },
  {
    name: "the field bears a name that ends like the server's",
    mails: [good, stamped({ as: `evil${listHost}` })],
    expect: no(),
  },
  {
    name: 'a server that nobody trusts signs under the name of the one that is',
    mails: [good, stamped({ by: 'evil.example' })],
    expect: no(),
  },
  {
    name: "the author's own field under the server's name, beside the server's",
    mails: [
      good,
      {
        ...stamped({ saw: 'evil.example' }, { from: 'marek', sign: undefined }),
        headers: [forged(listHost)],
      },
    ],
    expect: no(),
  },
  {
    name: "the same above the server's",
    mails: [
      good,
      {
        ...stamped({ saw: 'evil.example', below: true }, { from: 'marek', sign: undefined }),
        headers: [forged(listHost)],
      },
    ],
    expect: no(),
  },
  {
    name: 'a field that is put above the signed one',
    mails: [
      good,
      stamped({ saw: 'evil.example' }, { sign: undefined, change: [[/^/, `${forged(listHost)}\n`]] }),
    ],
    expect: no(),
  },
  {
    name: 'a field that our own mail server puts above it changes nothing',
    mails: [good, ok({ change: [[/^/, 'Authentication-Results: mx.example.net; dkim=fail\n']] })],
    expect: { state: { good: 'accepted' }, grade: { ok: 'B' } },
  },
  {
    name: 'the text is changed behind the server',
    mails: [good, ok({ change: [['Patch-Status: accepted', 'Patch-Status: rejected']] })],
    expect: no(),
  },
  {
    name: 'the stamped mail as an answer to another patch',
    mails: [good, patch('evil'), ok({}), copy('again', 'ok', [/^In-Reply-To: .*$/m, 'In-Reply-To: <$evil>'])],
    expect: { state: { good: 'accepted', evil: 'new' } },
    oneOrder: true,
  },
]

export const listServer: Rule = {
  rule: 'a list server vouches by what its own DKIM covers',
  cases,
}
