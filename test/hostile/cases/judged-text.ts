// What was judged is what stays accepted: another text under the same id inherits no state.
import {
  bug,
  type Case,
  copy,
  dkim,
  type Expected,
  type Mail,
  patch,
  patchText,
  type Rule,
  says,
} from '../case.ts'
import { addressOf } from '../cast.ts'

const accepts = (more: Partial<Mail> = {}) => says('ok', 'good', 'Patch-Status: accepted', more)
/** Another diff under the id of `good`. */
const other = (more: Partial<Mail> = {}): Mail =>
  patch('evil', {
    id: 'good',
    subject: '[PATCH] good: hold the lock less',
    text: patchText('good', 'return evil(w);'),
    ...more,
  })
const earlier = [/:30 \+0000/, ':29 +0000'] as const
const shows = (line: string, state: string, more: Expected = {}): Expected => ({
  state: { good: state },
  page: { good: new RegExp(`return ${line}\\(w\\)`) },
  ...more,
})
const both = (line: string, state: string, more: Expected = {}): Expected => ({
  state: { good: state },
  page: { good: new RegExp(`Another text came later.*raw\\?text=.*raw\\?text=.*return ${line}\\(w\\)`, 's') },
  ...more,
})
const notHeard = { refused: { ok: /another text came later/ } }
const withPriya: NonNullable<Case['list']> = {
  people: [
    { address: addressOf('marek'), role: 'maintainer' },
    { address: addressOf('priya'), role: 'reviewer' },
  ],
}
const signed = { sign: dkim(), from: 'ines' } as const

const patches: readonly Case[] = [
  {
    name: 'another diff of the same worth, dated a second before',
    mails: [patch('good'), accepts(), copy('evil', 'good', earlier, [/return sync/, 'return evil'])],
    expect: both('sync', 'accepted'),
    backwards: both('evil', 'accepted'),
  },
  {
    name: 'another diff that its author signed',
    mails: [patch('good'), accepts(), other(signed)],
    expect: both('evil', 'new', notHeard),
    backwards: both('evil', 'accepted'),
  },
  {
    name: "another diff that somebody else signed, under somebody else's address",
    list: withPriya,
    mails: [patch('good'), accepts(), other({ from: 'priya', sign: dkim() })],
    expect: both('sync', 'accepted'),
    backwards: both('evil', 'accepted'),
  },
  {
    name: 'another diff that a list server sealed',
    mails: [patch('good'), accepts(), other({ ...signed, sealed: 'example.org', footer: '_____\nFooter\n' })],
    expect: both('evil', 'new', notHeard),
    backwards: both('evil', 'accepted'),
  },
  {
    name: 'the same diff as a list dresses it is what was judged',
    mails: [
      patch('good'),
      accepts(),
      copy(
        'dressed',
        'good',
        [/Subject: /, 'Subject: [tarn] '],
        [
          /$/,
          '_______________________________________________\ntarn mailing list\ntarn@lists.example.org\nhttps://lists.example.org/listinfo/tarn\n',
        ],
      ),
    ],
    expect: { state: { good: 'accepted' }, effect: ['ok'], silent: { good: /nother text/ } },
  },
  {
    name: 'the same diff under another subject keeps the subject that was judged',
    mails: [patch('good'), accepts(), copy('evil', 'good', earlier, [/hold the lock less/, 'evil'])],
    expect: { state: { good: 'accepted' }, title: { good: 'good: hold the lock less' } },
    backwards: { state: { good: 'accepted' }, title: { good: 'good: evil' } },
  },
  {
    name: 'the first text that comes after the answer is bound',
    mails: [accepts(), other({ minute: 1 }), patch('good')],
    expect: both('evil', 'accepted'),
    backwards: both('sync', 'accepted'),
  },
  {
    name: '"applied" of another diff',
    mails: [patch('good'), says('ok', 'good', 'Applied, thanks.'), other(signed)],
    expect: both('evil', 'new', notHeard),
    backwards: both('evil', 'accepted'),
  },
  {
    name: "an author's withdrawal of another diff",
    mails: [patch('good'), says('ok', 'good', 'Patch-Status: withdrawn', { from: 'ines' }), other(signed)],
    expect: both('evil', 'new', notHeard),
    backwards: both('evil', 'withdrawn'),
  },
  {
    name: 'one patch of an accepted series is another one now',
    mails: [
      { name: 'zero', from: 'ines', subject: '[PATCH 0/2] hold locks less', text: 'Two patches.\n' },
      patch('good', { subject: '[PATCH 1/2] good: hold the lock less', answers: 'zero', minute: 1 }),
      patch('next', { subject: '[PATCH 2/2] next: hold the lock less', answers: 'zero', minute: 2 }),
      says('ok', 'zero', 'Patch-Status: accepted'),
      other({ ...signed, subject: '[PATCH 1/2] good: hold the lock less', answers: 'zero', minute: 1 }),
    ],
    expect: both('evil', 'new', { state: { good: 'new', next: 'accepted' } }),
    backwards: both('evil', 'accepted', { state: { good: 'accepted', next: 'accepted' } }),
  },
  {
    name: 'a line in another thread judged what stood, too',
    mails: [
      patch('good'),
      bug('crash'),
      says('ok', 'crash', 'Patch-Status: <$good> accepted'),
      other(signed),
    ],
    expect: both('evil', 'new'),
    backwards: both('evil', 'accepted'),
  },
  {
    name: 'who said once more what stood judged it, too',
    list: withPriya,
    mails: [
      patch('good'),
      accepts(),
      says('yes', 'good', 'Patch-Status: accepted', { minute: 40 }),
      other(signed),
    ],
    expect: both('evil', 'new', { refused: { ...notHeard.refused, yes: /another text came later/ } }),
    backwards: both('evil', 'accepted'),
  },
  {
    name: 'what is said of the new text counts for it',
    mails: [
      patch('good'),
      accepts(),
      other(signed),
      says('again', 'good', 'Patch-Status: accepted', { minute: 40 }),
    ],
    expect: both('evil', 'accepted', { ...notHeard, effect: ['again'] }),
    oneOrder: true,
  },
  {
    name: 'history judged what history has',
    mails: [patch('good', { imported: true }), accepts({ imported: true, sign: undefined }), other(signed)],
    expect: shows('evil', 'new', notHeard),
  },
]

const reports: readonly Case[] = [
  {
    name: 'another report under the id of one that was closed',
    mails: [
      bug('good'),
      says('ok', 'good', 'Bug-Status: fixed'),
      bug('evil', { id: 'good', text: 'It loses all pages.\n', sign: dkim() }),
    ],
    expect: {
      state: { good: 'new' },
      page: { good: /Another text came later.*loses all pages/s },
      ...notHeard,
    },
    backwards: { state: { good: 'fixed' }, page: { good: /Another text came later.*loses all pages/s } },
  },
  {
    name: 'another report of the same worth',
    mails: [
      bug('good'),
      says('ok', 'good', 'Severity: wishlist'),
      bug('evil', { id: 'good', text: 'It loses all pages.\n', minute: -1 }),
    ],
    expect: { effect: ['ok'], page: { good: /Another text came later.*when the disk is full/s } },
    backwards: { effect: ['ok'], page: { good: /Another text came later.*loses all pages/s } },
  },
]

export const judgedText: Rule = {
  rule: 'what was judged is what stays accepted',
  cases: [...patches, ...reports],
}
