// Who is who for authority is a verified address. Names link revisions; they never act for the author of a mail that
// somebody vouches for.
import { bug, type Case, dkim, type Mail, patch, patchText, type Rule, says } from '../case.ts'

const signed = (name: string, more: Partial<Mail> = {}) => patch(name, { sign: dkim(), ...more })
const accepted = says('ok', 'good', 'Patch-Status: accepted')
const later = (name: string, text: string, more: Partial<Mail>): Mail =>
  says(name, 'good', text, { minute: 60, ...more })
const cover = (name: string, version: string, more: Partial<Mail> = {}): Mail => ({
  name,
  from: 'ines',
  subject: `[PATCH${version} 0/1] hold the lock less`,
  text: 'One patch.\n',
  sign: dkim(),
  ...more,
})
const one = (
  name: string,
  version: string,
  answers: string,
  line: string,
  more: Partial<Mail> = {},
): Mail => ({
  name,
  from: 'ines',
  subject: `[PATCH${version} 1/1] wal: hold the lock less`,
  text: patchText('wal', line),
  answers,
  sign: dkim(),
  ...more,
})
const v1 = [cover('zero', ''), one('good', '', 'zero', 'return sync(w);', { minute: 1 })]
const v2 = (more: Partial<Mail>): Mail[] => [
  cover('zero2', ' v2', { minute: 10, answers: 'zero', ...more }),
  one('evil', ' v2', 'zero2', 'return evil(w);', { minute: 11, ...more }),
]

const undo: readonly Case[] = [
  {
    name: "undo from another domain under the maintainer's name",
    mails: [signed('good'), accepted, later('undo', 'Undo: <$ok>', { from: 'eveAsMarek' })],
    expect: { state: { good: 'accepted' }, refused: { undo: /"Undo" needs a maintainer/ } },
  },
  {
    name: 'the same where that domain is known',
    mails: [
      says('hello', 'good', 'Hello.', { from: 'eveAsMarek', minute: 5 }),
      signed('good'),
      accepted,
      later('undo', 'Undo: <$ok>', { from: 'eveAsMarek' }),
    ],
    expect: { state: { good: 'accepted' }, refused: { undo: /"Undo" needs a maintainer/ } },
  },
  {
    name: "unsigned undo under the maintainer's address",
    mails: [signed('good'), accepted, { ...later('undo', 'Undo: <$ok>', {}), sign: undefined }],
    expect: { state: { good: 'accepted' }, refused: { undo: /only From says so/ } },
  },
  {
    name: 'the maintainer undoes it',
    mails: [signed('good'), accepted, later('undo', 'Undo: <$ok>', {})],
    expect: { state: { good: 'new' } },
  },
] as const

const newer: readonly Case[] = [
  {
    name: "an answer to v1's cover never reaches a stranger's v2 under the author's name",
    mails: [...v1, ...v2({ from: 'eveAsInes' }), says('ok', 'zero', 'Patch-Status: accepted')],
    expect: { state: { good: 'accepted', evil: 'new' }, page: { zero: /posted a newer/ } },
  },
  {
    name: "nor an unsigned one under the author's address",
    mails: [...v1, ...v2({ sign: undefined }), says('ok', 'zero', 'Patch-Status: accepted')],
    expect: { state: { good: 'accepted', evil: 'new' } },
  },
  {
    name: "it reaches the author's own v2",
    mails: [...v1, ...v2({}), says('ok', 'zero', 'Patch-Status: accepted')],
    expect: { state: { good: 'superseded', evil: 'accepted' } },
  },
  {
    name: "applied, in answer to v1's cover",
    mails: [...v1, ...v2({ from: 'eveAsInes' }), says('ok', 'zero', 'Applied, thanks.')],
    expect: { state: { good: 'accepted', evil: 'new' } },
  },
  {
    name: "a patch that a stranger puts into the author's series",
    mails: [
      cover('zero', '', { subject: '[PATCH 0/2] hold the lock less' }),
      one('good', '', 'zero', 'return sync(w);', {
        minute: 1,
        subject: '[PATCH 1/2] wal: hold the lock less',
      }),
      one('evil', '', 'zero', 'return evil(w);', {
        minute: 2,
        subject: '[PATCH 2/2] stats: hold the lock less',
        text: patchText('stats'),
        from: 'eveAsInes',
      }),
      says('ok', 'zero', 'Patch-Status: accepted'),
    ],
    expect: { state: { good: 'accepted', evil: 'new' } },
  },
  {
    name: "a stranger's v2 under the author's name takes no place",
    mails: [...v1, ...v2({ from: 'eveAsInes' })],
    expect: { state: { good: 'new' }, page: { zero: /posted a newer/ } },
  },
  {
    name: 'an accept of v1 itself that comes after the v2',
    mails: [...v1, ...v2({ from: 'eveAsInes' }), says('ok', 'good', 'Patch-Status: accepted')],
    expect: { state: { good: 'accepted', evil: 'new' } },
  },
]

const own: readonly Case[] = [
  {
    name: 'unsigned "please ignore" under the author\'s address',
    mails: [
      signed('good'),
      { ...later('no', 'Please ignore this patch.', { from: 'ines' }), sign: undefined },
    ],
    expect: { state: { good: 'new' }, refused: { no: /only From says so/ } },
  },
  {
    name: 'signed "please ignore" under the author\'s name',
    mails: [signed('good'), later('no', 'Please ignore this patch.', { from: 'eveAsInes' })],
    expect: { state: { good: 'new' } },
  },
  {
    name: 'a tag under the name',
    mails: [signed('good'), later('no', 'Patch-Status: withdrawn', { from: 'eveAsInes' })],
    expect: { state: { good: 'new' }, refused: { no: /needs a maintainer of its files or the author/ } },
  },
  {
    name: 'the author says it',
    mails: [signed('good'), later('no', 'Please ignore this patch.', { from: 'ines' })],
    expect: { state: { good: 'withdrawn' } },
  },
  {
    name: 'an author without a signature withdraws an own unsigned patch',
    mails: [
      patch('good'),
      { ...later('no', 'Please ignore this patch.', { from: 'ines' }), sign: undefined },
    ],
    expect: { state: { good: 'withdrawn' } },
  },
  ...(
    [
      ['Type: spam', 'bug'],
      ['Severity: wishlist', 'bug'],
      ['Labels: +duplicate', 'bug'],
      ['Title: nothing', 'bug'],
      ['Bug-Status: invalid', 'bug'],
    ] as const
  ).flatMap(([line], at): Case[] => [
    {
      name: `"${line}" under the reporter's name`,
      mails: [
        bug('crash', { sign: dkim() }),
        says('no', 'crash', line, { from: at % 2 ? 'eveAsRuth' : 'ruth', sign: at % 2 ? dkim() : undefined }),
      ],
      expect: {
        state: { crash: 'new' },
        refused: { no: at % 2 ? /needs a maintainer/ : /only From says so/ },
      },
    },
  ]),
  {
    name: 'a reporter without a signature closes an own unsigned report',
    mails: [bug('crash'), says('no', 'crash', 'Bug-Status: invalid', { from: 'ruth', sign: undefined })],
    expect: { state: { crash: 'invalid' } },
  },
  {
    name: "an unsigned Closes: under the author's address",
    mails: [
      bug('crash'),
      signed('good'),
      { ...later('closes', 'Closes: <$crash>', { from: 'ines' }), sign: undefined },
      says('ok', 'good', 'Patch-Status: accepted', { minute: 90 }),
    ],
    expect: { state: { crash: 'new', good: 'accepted' } },
  },
]

export const verifiedAddress: Rule = {
  rule: 'who is who for authority is a verified address',
  cases: [...undo, ...newer, ...own],
}
