// Roles never fail open: a list that says who may, and names nobody in the end, lets nobody.

import { bug, type Case, dkim, patch, type Rule, says } from '../case.ts'
import { addressOf, listHost } from '../cast.ts'

const good = patch('good', { sign: dkim() })
const accept = says('ok', 'good', 'Patch-Status: accepted')
const eve = says('ok', 'good', 'Patch-Status: accepted', { from: 'eve' })
/** So that the second mail of a sender is not the first seen. */
const hello = says('hello', 'good', 'Hello.', { from: 'eve', minute: 5 })

const nobody = { people: [], maintainers: 'MAINTAINERS' } as const
const unread = { ...nobody, repository: '/nowhere/tarn.git' } as const
const closed = /Nobody: the people of this list are named, and none of them is a maintainer/

const files: readonly Case[] = [
  {
    name: 'a file with the maintainers that was not read yet',
    list: unread,
    mails: [good, accept],
    expect: { state: { good: 'new' }, refused: { ok: /was not read yet/ }, home: /Nobody yet/ },
  },
  {
    name: 'a file with the maintainers that there is no repository for',
    list: nobody,
    mails: [good, accept],
    expect: { state: { good: 'new' }, refused: { ok: /the list has no maintainer/ }, home: closed },
  },
  {
    name: 'a stranger, while the file was not read',
    list: unread,
    mails: [hello, good, eve],
    expect: { state: { good: 'new' }, refused: { ok: /was not read yet/ } },
  },
  {
    name: 'an imported mail, while the file was not read',
    list: unread,
    mails: [
      { ...good, imported: true, sign: undefined },
      { ...accept, imported: true, sign: undefined },
    ],
    expect: { state: { good: 'new' }, refused: { ok: /was not read yet/ } },
  },
  {
    name: 'whom the configuration names may at once',
    list: { ...unread, people: [{ address: addressOf('marek'), role: 'maintainer' }] },
    mails: [good, accept],
    expect: { state: { good: 'accepted' } },
  },
  {
    name: 'somebody else does not, beside him',
    list: { ...unread, people: [{ address: addressOf('marek'), role: 'maintainer' }] },
    mails: [hello, good, eve],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ } },
  },
  {
    name: 'trust = "from" believes who it is, and gives nobody a role',
    list: { ...nobody, trust: 'from' },
    mails: [good, { ...accept, sign: undefined }],
    expect: { state: { good: 'new' }, refused: { ok: /the list has no maintainer/ }, home: closed },
  },
]

const people: readonly Case[] = [
  {
    name: 'a list with a reviewer alone',
    list: { people: [{ address: addressOf('priya'), role: 'reviewer' }] },
    mails: [good, accept],
    expect: { state: { good: 'new' }, refused: { ok: /the list has no maintainer/ }, home: closed },
  },
  {
    name: 'a list with a robot alone',
    list: { people: [{ address: `ci@${listHost}`, role: 'robot' }] },
    mails: [hello, good, eve],
    expect: { state: { good: 'new' }, refused: { ok: /the list has no maintainer/ }, home: closed },
  },
  {
    name: "somebody else's bug on such a list",
    list: nobody,
    mails: [bug('crash', { sign: dkim() }), says('no', 'crash', 'Bug-Status: wontfix')],
    expect: { state: { crash: 'new' }, refused: { no: /the list has no maintainer/ } },
  },
  {
    name: 'what is planned for a bug on such a list',
    list: nobody,
    mails: [bug('crash', { sign: dkim() }), says('no', 'crash', 'Type: spam')],
    expect: { state: { crash: 'new' }, refused: { no: /the list has no maintainer/ } },
  },
  {
    name: 'an author still withdraws an own patch there',
    list: nobody,
    mails: [good, says('no', 'good', 'Patch-Status: withdrawn', { from: 'ines' })],
    expect: { state: { good: 'withdrawn' } },
  },
  {
    name: "a list that names no people is everybody's, and says so",
    list: { people: [] },
    mails: [patch('good'), { ...eve, sign: undefined }],
    expect: { state: { good: 'accepted' }, home: /Everybody: no people are named/ },
  },
]

const from = { trust: 'from' } as const
const plain = { sign: undefined } as const

/** Nobody signs anything, and the operator wants it so. */
const unsigned: readonly Case[] = [
  {
    name: 'with trust = "from" a list without signatures is fully usable: a maintainer accepts',
    list: from,
    mails: [patch('good'), { ...accept, ...plain }],
    expect: { state: { good: 'accepted' }, home: /Whoever stands in From is believed/ },
  },
  {
    name: 'an author withdraws',
    list: from,
    mails: [patch('good'), says('no', 'good', 'Please ignore this patch.', { from: 'ines', ...plain })],
    expect: { state: { good: 'withdrawn' } },
  },
  {
    name: 'a maintainer undoes it',
    list: from,
    mails: [
      patch('good'),
      { ...accept, ...plain },
      says('undo', 'good', 'Undo: <$ok>', { minute: 60, ...plain }),
    ],
    expect: { state: { good: 'new' } },
  },
  {
    name: 'a reporter closes an own report, a maintainer plans one',
    list: from,
    mails: [
      bug('crash'),
      bug('leak'),
      says('no', 'crash', 'Bug-Status: invalid', { from: 'ruth', ...plain }),
      says('spam', 'leak', 'Bug-Status: wontfix', plain),
    ],
    expect: { state: { crash: 'invalid', leak: 'wontfix' } },
  },
  {
    name: 'and who has no role still has none',
    list: from,
    mails: [patch('good'), { ...eve, ...plain }],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ } },
  },
]

export const closedRoles: Rule = {
  rule: 'roles never fail open',
  cases: [...files, ...people, ...unsigned],
}
