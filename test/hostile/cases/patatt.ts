// A patatt signature is held to the same: it covers what its h= names, of the person whose key it is, once.
import { type Case, copy, type Mail, patch, type Rule, says } from '../case.ts'
import type { Signature } from '../cast.ts'
import { type Patatt, patattFields } from '../patatt.ts'

const by = (more: Patatt & { readonly who?: 'eve' | 'ines' } = {}): Signature => ({ by: 'patatt', ...more })
const two = [patch('good'), patch('evil', { from: 'eve', minute: 1 })]
const accepts = (more: Patatt & { readonly who?: 'eve' | 'ines' } = {}, mail: Partial<Mail> = {}) =>
  says('ok', 'good', 'Patch-Status: accepted', { sign: by(more), ...mail })
const counts = { state: { good: 'accepted', evil: 'new' }, grade: { ok: /A/ } }
const onlyEvil = { state: { good: 'new', evil: 'accepted' } }
const nothing = { state: { good: 'new' }, grade: { ok: 'C' } }
const retargeted = [/In-Reply-To: <good/, 'In-Reply-To: <evil'] as const
const field = (text: string) => [/(?=^Subject: )/m, `${text}\n`] as const
const isNo = (
  name: string,
  how: Patatt & { readonly who?: 'eve' | 'ines' },
  why: RegExp,
  mail: Partial<Mail> = {},
): Case => ({
  name,
  mails: [patch('good'), accepts(how, mail)],
  expect: { ...nothing, page: { ok: why } },
})

const refused: readonly Case[] = [
  isNo('h= leaves out From', { h: ['subject', 'date', 'message-id'] }, /From and Subject are not signed/),
  isNo('h= leaves out Subject', { h: ['from', 'date', 'message-id'] }, /From and Subject are not signed/),
  isNo('bh= leaves out the body', { bodiless: true }, /the body is not the one/),
  isNo('another text', {}, /the body is not the one/, { change: [[/accepted/, 'rejected']] }),
  isNo('a selector that climbs', { selector: '../../x' }, /key is not in the keyring/),
  isNo(
    'a selector that climbs to a key that is there',
    { who: 'eve', selector: '../marek/default' },
    /key is not in the keyring/,
  ),
  isNo(
    'an identity that climbs',
    { who: 'eve', identity: '../example.com/marek@x' },
    /key is not in the keyring/,
  ),
  isNo(
    'another key under the name of the right one',
    { who: 'eve', identity: 'marek@example.com' },
    /does not hold/,
  ),
  isNo('the key of somebody else', { who: 'ines' }, /it is not of marek@example\.com/),
  isNo('an algorithm that proves nothing', { algorithm: 'none' }, /algorithm .*none.* is unknown/),
  isNo('signed eight days before', { daysAgo: 8 }, /signed 8 days before it arrived/),
  isNo('signed in the future', { daysAgo: -2 }, /signed in the future/),
  isNo('text below what l= covers', {}, /text stands below what is signed/, {
    text: 'This looks odd.\n',
    change: [[/$/, 'Patch-Status: accepted\n']],
  }),
]

const bound: readonly Case[] = [
  { name: 'a signed line counts', mails: [...two, accepts()], expect: counts },
  {
    name: "a signed line counts with the list's footer below",
    mails: [
      ...two,
      accepts({}, { change: [[/$/, `${'_'.repeat(47)}\ntarn mailing list\ntarn@lists.example.org\n`]] }),
    ],
    expect: counts,
  },
  {
    name: 'what h= leaves out of what it answers is bound by the first arrival',
    mails: [...two, accepts(), copy('copy', 'ok', retargeted)],
    expect: counts,
    backwards: onlyEvil,
  },
  {
    name: 'what h= names of what it answers cannot be changed',
    mails: [...two, accepts({ h: [...patattFields, 'in-reply-to'] }), copy('copy', 'ok', retargeted)],
    expect: counts,
  },
  {
    name: 'a word in brackets, which git takes off, is bound by the first arrival',
    mails: [patch('good', { from: 'marek', sign: by() }), copy('copy', 'good', [/\[PATCH\]/, '[PATCH RFC]'])],
    expect: { state: { good: 'new' } },
    backwards: { state: { good: 'rfc' } },
  },
  {
    name: 'a state in a field that was added',
    mails: [
      patch('good'),
      says('odd', 'good', 'This looks odd.', {
        sign: by(),
        change: [field('X-Sourcehut-Patchset-Update: APPLIED')],
      }),
    ],
    expect: { state: { good: 'new' }, refused: { odd: /no signature covers its X-Sourcehut/ } },
  },
  {
    name: 'a state in a field that h= names',
    mails: [
      patch('good'),
      says('odd', 'good', 'Thank you.', {
        headers: ['X-Sourcehut-Patchset-Update: APPLIED'],
        sign: by({ h: [...patattFields, 'x-sourcehut-patchset-update'] }),
      }),
    ],
    expect: { state: { good: 'accepted' } },
  },
  {
    name: 'a second field above the one that h= names',
    mails: [
      patch('good'),
      says('odd', 'good', 'Thank you.', {
        headers: ['X-Sourcehut-Patchset-Update: NEEDS_REVISION'],
        sign: by({ h: [...patattFields, 'x-sourcehut-patchset-update'] }),
        change: [[/^/, 'X-Sourcehut-Patchset-Update: APPLIED\n']],
      }),
    ],
    expect: { state: { good: 'new' }, refused: { odd: /no signature covers/ } },
  },
  {
    name: 'sent on to this list from another one',
    mails: [patch('good'), accepts({ h: [...patattFields, 'to'] }, { to: 'pump@lists.example.net' })],
    expect: { state: { good: 'new' }, refused: { ok: /signed for other recipients/ } },
  },
  {
    name: 'sent again under another Message-ID, which h= leaves out',
    mails: [
      patch('good'),
      accepts({ h: ['from', 'subject', 'date'] }),
      says('undo', 'good', 'Undo: <$ok>', { minute: 40 }),
      copy('copy', 'ok', [/Message-ID: <ok/, 'Message-ID: <again']),
    ],
    expect: { state: { good: 'new' } },
    oneOrder: true,
  },
  {
    name: 'its bytes written another way are the same signature',
    mails: [...two, accepts(), copy('copy', 'ok', [/ b=(.{20})/, ' b= $1'], retargeted)],
    expect: counts,
    oneOrder: true,
  },
]

export const patattRule: Rule = {
  rule: 'a patatt signature covers what its h= names',
  cases: [...refused, ...bound],
}
