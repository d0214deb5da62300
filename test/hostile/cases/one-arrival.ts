// One arrival is read, and what its own signature covers is what counts.
import { bug, type Case, copy, dkim, type Mail, patch, pgp, type Rule, says, unsigned } from '../case.ts'
import { fewFields, type Signature, usualFields } from '../cast.ts'

const two = [patch('good'), patch('evil', { from: 'eve', minute: 1 })]
const accepts = (sign: Signature = dkim()) => says('ok', 'good', 'Patch-Status: accepted', { sign })
const addressed = (sign: Signature): Mail => ({
  ...accepts(sign),
  answers: undefined,
  to: '$to-good',
})
const retargeted = [/In-Reply-To: <good/, 'In-Reply-To: <evil'] as const
const earlier = [/:30 \+0000/, ':29 +0000'] as const
const onlyGood = { state: { good: 'accepted', evil: 'new' } }
const onlyEvil = { state: { good: 'new', evil: 'accepted' } }
const firstBinds = { expect: onlyGood, backwards: onlyEvil }
/** After the bug got its number. */
const late = { minute: 190 }
const field = (text: string) => [/^Subject: /m, `${text}\nSubject: `] as const

const copies: readonly Case[] = [
  {
    name: 'a signed accept accepts what it answers',
    mails: [...two, accepts()],
    expect: { ...onlyGood, grade: { ok: 'A' } },
  },
  {
    name: 'an unsigned copy answers another patch',
    mails: [...two, accepts(), copy('copy', 'ok', unsigned, retargeted)],
    expect: onlyGood,
  },
  {
    name: 'an unsigned copy answers another patch a second earlier',
    mails: [...two, accepts(), copy('copy', 'ok', unsigned, retargeted, earlier)],
    expect: onlyGood,
  },
  {
    name: 'a copy whose signature is broken by it answers another patch',
    mails: [...two, accepts(), copy('copy', 'ok', retargeted)],
    expect: { ...onlyGood, grade: { ok: /^(?:A C|C A)$/ } },
  },
  {
    name: 'an unsigned copy says something else a second earlier',
    mails: [...two, accepts(), copy('copy', 'ok', unsigned, earlier, [/accepted/, 'rejected'])],
    expect: onlyGood,
  },
  {
    name: 'an unsigned copy has another subject',
    mails: [
      patch('good', { sign: dkim() }),
      copy('copy', 'good', unsigned, earlier, [/hold the lock less/, 'evil']),
    ],
    expect: { title: { good: 'good: hold the lock less' } },
  },
  {
    name: 'an unsigned copy says it is automatic',
    mails: [...two, accepts(), copy('copy', 'ok', unsigned, earlier, field('Auto-Submitted: auto-replied'))],
    expect: onlyGood,
  },
  {
    name: 'an unsigned copy bears a state in its header',
    mails: [
      ...two,
      says('odd', 'good', 'This looks odd to me.'),
      copy('copy', 'odd', unsigned, earlier, field('X-Sourcehut-Patchset-Update: APPLIED')),
    ],
    expect: { state: { good: 'new' } },
  },
  {
    name: 'an unsigned copy goes to the address that closes a bug',
    mails: [
      bug('crash'),
      says('thanks', 'crash', 'Thank you.'),
      copy('copy', 'thanks', unsigned, earlier, [/^To: tarn@/m, 'To: 1-done@']),
    ],
    expect: { state: { crash: 'new' } },
  },
  {
    name: 'a list copy that the server sealed answers another patch than the direct one',
    mails: [
      ...two,
      accepts(dkim(...fewFields)),
      { ...copy('copy', 'ok'), forged: [retargeted], sealed: 'example.com', footer: '_____\nFooter\n' },
    ],
    ...firstBinds,
  },
]

const uncovered: readonly Case[] = [
  {
    name: 'what DKIM leaves out of what it answers is bound by the first arrival',
    mails: [...two, accepts(dkim(...fewFields)), copy('copy', 'ok', retargeted)],
    ...firstBinds,
  },
  {
    name: 'what OpenPGP leaves out of what it answers is bound by the first arrival',
    mails: [...two, accepts(pgp), copy('copy', 'ok', retargeted)],
    ...firstBinds,
  },
  ...[
    { sign: dkim(...fewFields), by: 'DKIM' },
    { sign: pgp, by: 'OpenPGP' },
  ].map(
    ({ sign, by }): Case => ({
      name: `a reply address that ${by} leaves out is bound by the first arrival`,
      mails: [...two, addressed(sign), copy('copy', 'ok', [/^To: .*/m, 'To: $to-evil'])],
      ...firstBinds,
    }),
  ),
  {
    name: 'a reply address that DKIM covers is moved by nobody',
    mails: [...two, addressed(dkim()), copy('copy', 'ok', [/^To: .*/m, 'To: $to-evil'])],
    expect: onlyGood,
  },
  {
    name: 'a server that notes another reply address moves no mail that has one',
    mails: [...two, addressed(dkim()), copy('copy', 'ok', [/^DKIM/m, 'Delivered-To: $to-evil\nDKIM'])],
    expect: onlyGood,
  },
  {
    name: 'a note of the server above a mail without one is bound by the first arrival',
    mails: [
      ...two,
      { ...addressed(dkim()), to: undefined, withheld: true, name: 'bare', id: 'ok' },
      copy('ok', 'bare', [/^DKIM/m, 'Delivered-To: $to-good\nDKIM']),
      copy('copy', 'bare', [/^DKIM/m, 'Delivered-To: $to-evil\nDKIM']),
    ],
    ...firstBinds,
  },
  {
    name: 'References count as what it answers',
    mails: [
      ...two,
      { ...accepts(pgp), answers: 'good' },
      copy('copy', 'ok', [/In-Reply-To: .*/, 'References: <$evil>']),
    ],
    ...firstBinds,
  },
  {
    name: 'an OpenPGP mail that is moved a second earlier',
    mails: [
      patch('good'),
      says('yes', 'good', 'Patch-Status: accepted', { sign: pgp, minute: 30 }),
      says('no', 'good', 'Patch-Status: rejected', { sign: pgp, minute: 31 }),
      copy('copy', 'no', [/ \d\d:\d\d:\d\d \+0000/, ' 00:00:01 +0000']),
    ],
    expect: { state: { good: 'rejected' } },
    oneOrder: true,
  },
  {
    name: 'an OpenPGP patch under another subject',
    mails: [patch('good', { sign: pgp }), copy('copy', 'good', [/hold the lock less/, 'evil'])],
    expect: { title: { good: 'good: hold the lock less' } },
    oneOrder: true,
  },
  {
    name: 'a state in a field that DKIM covers counts',
    mails: [
      patch('good'),
      says('ok', 'good', 'Thank you.', {
        headers: ['X-Sourcehut-Patchset-Update: APPLIED'],
        sign: dkim(...usualFields, 'x-sourcehut-patchset-update'),
      }),
    ],
    expect: { state: { good: 'accepted' } },
  },
  {
    name: 'a state in a field that was added to a signed mail',
    mails: [
      patch('good'),
      says('odd', 'good', 'This looks odd to me.', {
        change: [field('X-Sourcehut-Patchset-Update: APPLIED')],
      }),
    ],
    expect: {
      state: { good: 'new' },
      refused: { odd: /no signature covers its X-Sourcehut-Patchset-Update/ },
      grade: { odd: 'A' },
    },
  },
  {
    name: 'a second field above the one that is covered',
    mails: [
      patch('good'),
      says('odd', 'good', 'This looks odd to me.', {
        headers: ['X-Sourcehut-Patchset-Update: NEEDS_REVISION'],
        sign: dkim(...usualFields, 'x-sourcehut-patchset-update'),
        change: [[/^/, 'X-Sourcehut-Patchset-Update: APPLIED\n']],
      }),
    ],
    expect: { state: { good: 'new' }, refused: { odd: /no signature covers/ } },
  },
  {
    name: 'a state in the header of an OpenPGP mail',
    mails: [
      patch('good'),
      says('odd', 'good', 'This looks odd to me.', {
        headers: ['X-Sourcehut-Patchset-Update: APPLIED'],
        sign: pgp,
      }),
    ],
    expect: { state: { good: 'new' }, refused: { odd: /no signature covers/ } },
  },
  {
    name: "patchwork's state on a maintainer's own patch",
    mails: [
      patch('good', {
        from: 'marek',
        sign: dkim(),
        change: [field('X-Patchwork-State: accepted')],
      }),
    ],
    expect: { state: { good: 'new' }, refused: { good: /no signature covers its X-Patchwork-State/ } },
  },
  {
    name: 'an unsigned Auto-Submitted silences no signed line',
    mails: [...two, { ...accepts(), change: [field('Auto-Submitted: auto-replied')] }],
    expect: onlyGood,
  },
  {
    name: 'a signed Auto-Submitted does',
    mails: [
      ...two,
      {
        ...accepts(dkim(...usualFields, 'auto-submitted')),
        headers: ['Auto-Submitted: auto-replied'],
      },
    ],
    expect: { state: { good: 'new' } },
  },
  {
    name: 'the address that closes a bug, where To is signed',
    mails: [bug('crash'), says('done', 'crash', 'Thank you.', { to: '1-done@lists.example.org', ...late })],
    expect: { state: { crash: 'fixed' } },
    oneOrder: true,
  },
  {
    name: 'the address that closes a bug, where To is not signed',
    mails: [
      bug('crash'),
      says('done', 'crash', 'Thank you.', {
        to: '1-done@lists.example.org',
        sign: dkim(...fewFields),
        ...late,
      }),
    ],
    expect: { state: { crash: 'new' }, refused: { done: /no signature covers its To/ } },
    oneOrder: true,
  },
  {
    name: 'control@ where To is not signed',
    mails: [
      bug('crash'),
      says('done', 'crash', 'close 1', { to: 'control@lists.example.org', sign: pgp, ...late }),
    ],
    expect: { state: { crash: 'new' }, refused: { done: /no signature covers its To/ } },
    oneOrder: true,
  },
  {
    name: 'Control: in the text needs no field',
    mails: [bug('crash'), says('done', 'crash', 'Control: close 1', { sign: pgp, ...late })],
    expect: { state: { crash: 'fixed' } },
    oneOrder: true,
  },
  {
    name: 'a sealed mail that was sent to the list again as another answer',
    mails: [
      ...two,
      { ...accepts(dkim(...fewFields)), sealed: 'example.com', footer: '_____\nFooter\n', name: 'ok' },
    ],
    expect: { ...onlyGood, grade: { ok: 'B' } },
  },
]

export const oneArrival: Rule = { rule: 'one arrival is read', cases: [...copies, ...uncovered] }
