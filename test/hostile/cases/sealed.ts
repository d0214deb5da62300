// A seal covers what both it and the author's signature name: whoever changes another field can have it sealed again.
import { type Case, copy, dkim, type Mail, patch, type Rule, says } from '../case.ts'
import { fewFields, usualFields } from '../cast.ts'

const footer = '_____\nFooter\n'
const sealed = { sealed: 'example.com', footer }
const two = [patch('good'), patch('evil', { from: 'eve', minute: 1 })]
const accepts = (more: Partial<Mail> = {}) =>
  says('ok', 'good', 'Patch-Status: accepted', { sign: dkim(...fewFields), ...sealed, ...more })
const onlyGood = { state: { good: 'accepted', evil: 'new' } }
const onlyEvil = { state: { good: 'new', evil: 'accepted' } }
const retargeted = [/In-Reply-To: <good/, 'In-Reply-To: <evil'] as const
const verb = 'X-Sourcehut-Patchset-Update'
const odd = (more: Partial<Mail>) => says('odd', 'good', 'This looks odd to me.', { ...sealed, ...more })
const uncovered = {
  state: { good: 'new' },
  refused: { odd: new RegExp(`no signature covers its ${verb}`) },
  grade: { odd: 'B' },
}
const all = [...usualFields, verb.toLowerCase()]

const cases: readonly Case[] = [
  { name: 'a sealed line counts', mails: [...two, accepts()], expect: { ...onlyGood, grade: { ok: 'B' } } },
  {
    name: 'another target was sealed, too',
    mails: [
      ...two,
      { ...accepts({ sealed: undefined }), name: 'bare', id: 'ok', withheld: true },
      { ...copy('ok', 'bare'), ...sealed },
      { ...copy('copy', 'bare'), forged: [retargeted], ...sealed },
    ],
    expect: onlyGood,
    backwards: onlyEvil,
  },
  {
    name: "the author's own bytes with another target, beside the list's copy",
    mails: [
      ...two,
      { ...accepts({ sealed: undefined }), name: 'bare', id: 'ok', withheld: true },
      { ...copy('ok', 'bare'), ...sealed },
      copy('copy', 'bare', retargeted),
    ],
    expect: onlyGood,
    backwards: onlyEvil,
  },
  {
    name: 'a field that was added before the list sealed',
    mails: [
      patch('good'),
      odd({ sign: dkim(), forged: [[/^Subject: /m, `${verb}: APPLIED\nSubject: `]], sealCovers: all }),
    ],
    expect: uncovered,
  },
  {
    name: 'a second field, added before the list sealed both',
    mails: [
      patch('good'),
      odd({
        headers: [`${verb}: NEEDS_REVISION`],
        sign: dkim(...all),
        forged: [[/^/, `${verb}: APPLIED\n`]],
        sealCovers: [...all, verb.toLowerCase()],
      }),
    ],
    expect: uncovered,
  },
  {
    name: 'a field that the author signed and the seal leaves out',
    mails: [
      patch('good'),
      odd({
        headers: [`${verb}: NEEDS_REVISION`],
        sign: dkim(...all),
        change: [[/NEEDS_REVISION/, 'APPLIED']],
        sealCovers: usualFields,
      }),
    ],
    expect: uncovered,
  },
  {
    name: 'a field that both name',
    mails: [patch('good'), odd({ headers: [`${verb}: APPLIED`], sign: dkim(...all), sealCovers: all })],
    expect: { state: { good: 'accepted' }, grade: { odd: 'B' } },
  },
  {
    name: 'a seal that leaves out the Subject',
    mails: [...two, accepts({ sealCovers: ['from', 'date', 'message-id'] })],
    expect: { state: { good: 'new' }, grade: { ok: 'C' }, page: { ok: /does not cover the Subject/ } },
  },
  {
    name: 'a second To, added before the list sealed both',
    mails: [
      patch('good'),
      accepts({
        to: 'pump@lists.example.net',
        sign: dkim(...fewFields, 'to'),
        forged: [[/^/, 'To: tarn@lists.example.org\n']],
        sealCovers: [...usualFields, 'to'],
      }),
    ],
    expect: { state: { good: 'new' }, refused: { ok: /signed for other recipients/ }, grade: { ok: 'B' } },
  },
  {
    name: 'more of the same domain, which does not hold, adds nothing',
    mails: [
      patch('good'),
      odd({
        sign: dkim(),
        forged: [
          [
            /^/,
            `DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=k1; h=from:subject:${verb}; bh=x; b=y\n${verb}: APPLIED\n`,
          ],
        ],
        sealCovers: all,
      }),
    ],
    expect: uncovered,
  },
]

export const sealedRule: Rule = { rule: 'a seal covers what the author signed', cases }
