// A signature binds its list: who gets a signed mail from another list can send it on to this one.
import { bug, type Case, dkim, type Mail, patch, pgp, type Rule, says } from '../case.ts'
import { fewFields, otherList, usualFields } from '../cast.ts'

const elsewhere = 'pump@lists.example.net'
/** To is signed, and not what the mail answers. */
const toOnly = dkim(...fewFields, 'to')
const accepts = (more: Partial<Mail> = {}) =>
  says('ok', 'good', 'Patch-Status: accepted', { to: elsewhere, sign: toOnly, ...more })
const refused = {
  state: { good: 'new' },
  refused: { ok: /it is signed for other recipients, and not for this list/ },
  grade: { ok: /A|B/ },
  page: { ok: /It is signed for other recipients, and not for this list/ },
}
const counts = { state: { good: 'accepted' }, silent: { ok: /signed for other recipients/ } }
/** After the bug got its number. */
const late = { minute: 190 }

const bounced: readonly Case[] = [
  { name: 'signed for another list', mails: [patch('good'), accepts()], expect: refused },
  {
    name: 'signed for another list, with what it answers changed',
    mails: [
      patch('good'),
      accepts({ answers: 'that', change: [[/In-Reply-To: <that/, 'In-Reply-To: <good']] }),
    ],
    expect: refused,
  },
  {
    name: 'this list in a Cc that was added',
    mails: [patch('good'), accepts({ change: [[/(?=^Subject: )/m, 'Cc: tarn@lists.example.org\n']] })],
    expect: refused,
  },
  {
    name: 'this list in a second To above the signed one',
    mails: [patch('good'), accepts({ change: [[/(?=^To: )/m, 'To: tarn@lists.example.org\n']] })],
    expect: refused,
  },
  {
    name: 'to the same name at another host',
    mails: [patch('good'), accepts({ to: 'tarn@lists.example.net' })],
    expect: refused,
  },
  {
    name: '"applied", signed for another list',
    mails: [patch('good'), { ...accepts(), text: 'Applied, thanks.\n' }],
    expect: refused,
  },
  {
    name: "a reviewer's line, signed for another list",
    list: {
      people: [
        { address: 'marek@example.com', role: 'maintainer' },
        { address: 'priya@example.net', role: 'reviewer' },
      ],
    },
    mails: [patch('good'), { ...accepts({ from: 'priya' }), text: 'Patch-Status: under-review\n' }],
    expect: refused,
  },
  {
    name: 'an undo, signed for another list',
    mails: [
      patch('good'),
      says('ok', 'good', 'Patch-Status: accepted'),
      says('undo', 'good', 'Undo: <$ok>', { to: elsewhere, sign: toOnly, minute: 60 }),
    ],
    expect: { state: { good: 'accepted' }, refused: { undo: /signed for other recipients/ } },
  },
  {
    name: 'a line about another thread, signed for another list',
    mails: [
      patch('good'),
      bug('crash'),
      { ...accepts({ answers: 'crash' }), text: 'Patch-Status: <$good> accepted\n' },
    ],
    expect: { state: { good: 'new' }, refused: { ok: /signed for other recipients/ } },
  },
  {
    name: 'Control:, signed for another list',
    mails: [bug('crash'), says('ok', 'crash', 'Control: close 1', { to: elsewhere, sign: toOnly, ...late })],
    expect: { state: { crash: 'new' }, refused: { ok: /signed for other recipients/ } },
    oneOrder: true,
  },
  {
    name: 'a newcomer is not released by what was signed for another list',
    list: { people: [{ address: 'marek@example.com', role: 'maintainer' }], moderate: 'first' },
    mails: [
      patch('good', { from: 'eve' }),
      says('ok', 'other', 'Release: <$good>', { to: elsewhere, sign: toOnly }),
    ],
    expect: { state: { good: 'nothing' } },
  },
  {
    name: 'sealed by the list server, signed for another list',
    mails: [patch('good'), accepts({ sealed: 'example.com', footer: '_____\nFooter\n' })],
    expect: refused,
  },
  {
    name: 'what it answers was sent on from that list, too',
    mails: [patch('good', { sign: dkim(), to: elsewhere }), accepts({ sign: dkim() })],
    expect: refused,
  },
  {
    name: "another patch posted here under the Message-ID of one that another list's maintainer accepted",
    mails: [
      patch('good', { from: 'eve', sign: dkim() }),
      accepts({ to: otherList, sign: dkim(...usualFields) }),
    ],
    expect: refused,
  },
  {
    name: 'its author stays its author',
    mails: [
      patch('good', { from: 'marek', sign: toOnly, to: elsewhere }),
      says('ok', 'good', 'Please ignore this patch.', { sign: undefined }),
    ],
    expect: { state: { good: 'new' }, grade: { good: 'A' }, refused: { ok: /only From says so/ } },
    oneOrder: true,
  },
]

const bound: readonly Case[] = [
  {
    name: 'a signed In-Reply-To names a mail of this list, which may come later',
    mails: [patch('good'), accepts({ sign: dkim() })],
    expect: counts,
  },
  {
    name: 'signed References name a mail of this list',
    mails: [
      patch('good'),
      accepts({ sign: dkim(...fewFields, 'to', 'references'), headers: ['References: <$good>'] }),
    ],
    expect: counts,
  },
  {
    name: 'this list is in a signed Cc',
    mails: [
      patch('good'),
      accepts({ cc: 'Tarn <TARN@lists.example.org>', sign: dkim(...fewFields, 'to', 'cc') }),
    ],
    expect: counts,
  },
  {
    name: 'to the address that it is subscribed with',
    list: {
      people: [{ address: 'marek@example.com', role: 'maintainer' }],
      subscribed: 'tarn@tracker.example.org',
    },
    mails: [patch('good'), accepts({ to: 'tarn@tracker.example.org' })],
    expect: counts,
  },
  {
    name: 'to an address of its commands',
    mails: [
      bug('crash'),
      says('ok', 'crash', 'close 1', {
        to: 'control@lists.example.org',
        sign: dkim(...usualFields),
        ...late,
      }),
    ],
    expect: { state: { crash: 'fixed' } },
    oneOrder: true,
  },
  {
    name: 'OpenPGP names no recipients',
    mails: [patch('good'), accepts({ sign: pgp })],
    expect: counts,
  },
]

export const bindsList: Rule = { rule: 'a signature binds its list', cases: [...bounced, ...bound] }
