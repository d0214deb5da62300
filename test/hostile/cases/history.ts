// An archive is believed as history, and history ends with the first mail that came here.
import { type Case, copy, dkim, type Mail, patch, pgp, type Rule, says, unsigned } from '../case.ts'

const past: Mail = patch('good', { imported: true })
const accept = (more: Partial<Mail>) => says('ok', 'good', 'Patch-Status: accepted', more)
const ends = { history: 20 } as const
const c = { refused: { ok: /only From says so/ }, state: { good: 'new' }, grade: { ok: 'C' } } as const
const received = (minute: number) => {
  const date = new Date(Date.now() - (180 - minute) * 60_000).toUTCString().replace('GMT', '+0000')
  return [`Received: from a.example.com by lists.example.org; ${date}`]
}

const archives: readonly Case[] = [
  {
    name: 'an accept out of the time before is believed',
    mails: [past, accept({ imported: true, sign: undefined })],
    expect: { state: { good: 'accepted' }, grade: { ok: 'I' } },
  },
  {
    name: 'an unsigned accept that an archive brings later',
    ...ends,
    mails: [past, accept({ imported: 'later', sign: undefined })],
    expect: c,
  },
  {
    name: 'a signed one that an archive brings later',
    ...ends,
    mails: [past, accept({ imported: 'later' })],
    expect: { state: { good: 'accepted' }, grade: { ok: 'A' } },
  },
  {
    name: 'one that OpenPGP signed',
    ...ends,
    mails: [past, accept({ imported: 'later', sign: pgp })],
    expect: { state: { good: 'accepted' }, grade: { ok: 'A' } },
  },
  {
    name: "one that a stranger's domain signed under the maintainer's name",
    ...ends,
    mails: [past, accept({ imported: 'later', from: 'eveAsMarek' })],
    expect: { state: { good: 'new' }, grade: { ok: 'C' }, refused: { ok: /needs a maintainer/ } },
  },
  {
    name: 'one that is dated back, as the list server saw',
    ...ends,
    mails: [past, accept({ imported: 'later', sign: undefined, minute: 10, headers: received(90) })],
    expect: c,
  },
  {
    name: 'one that is dated back below a Received of its own',
    ...ends,
    mails: [
      past,
      accept({
        imported: 'later',
        sign: undefined,
        minute: 10,
        headers: [...received(90), ...received(5)],
      }),
    ],
    expect: c,
  },
  {
    name: 'an archive that is trusted by name',
    ...ends,
    mails: [past, accept({ imported: 'trusted', sign: undefined })],
    expect: { state: { good: 'accepted' }, grade: { ok: 'I' } },
  },
  {
    name: 'on a list that believes no history',
    list: { history: false },
    mails: [past, accept({ imported: true, sign: undefined })],
    expect: { state: { good: 'new' }, refused: { ok: /the mail was imported/ } },
  },
]

const copies: readonly Case[] = [
  {
    name: 'a live unsigned copy of an imported accept, dated now',
    mails: [
      past,
      accept({ imported: true, sign: undefined }),
      copy('again', 'ok', [/^Date: .*$/m, `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`]),
    ],
    expect: { state: { good: 'accepted' }, grade: { ok: 'I C' } },
  },
  {
    name: 'the same with another target',
    mails: [
      past,
      patch('evil', { imported: true }),
      accept({ imported: true, sign: undefined }),
      copy('again', 'ok', [/^In-Reply-To: .*$/m, 'In-Reply-To: <$evil>']),
    ],
    expect: { state: { good: 'accepted', evil: 'new' }, grade: { ok: 'I C' } },
  },
  {
    name: 'the very bytes of an imported accept, live',
    mails: [past, accept({ imported: true, sign: undefined }), copy('again', 'ok')],
    expect: { state: { good: 'accepted' }, grade: { ok: 'I' } },
  },
  {
    name: "an archive's copy of a live unsigned accept",
    ...ends,
    mails: [
      past,
      accept({ sign: undefined }),
      { ...copy('again', 'ok', [/^Subject: /m, 'X-Archived: yes\nSubject: ']), imported: 'later' },
    ],
    expect: { ...c, grade: { ok: 'C C' } },
  },
  {
    name: "an archive's unsigned copy of a live signed accept takes nothing from it",
    ...ends,
    mails: [past, accept({}), { ...copy('again', 'ok', unsigned), imported: 'later' }],
    expect: { state: { good: 'accepted' }, grade: { ok: /^(A C|C A)$/ } },
  },
  {
    name: 'an archive does not raise what came before it',
    ...ends,
    mails: [past, accept({ sign: undefined }), { ...copy('again', 'ok'), imported: 'later' }],
    expect: c,
  },
  {
    name: 'undo of what history accepted, unsigned and later',
    ...ends,
    mails: [
      past,
      accept({ imported: true, sign: undefined, minute: 10 }),
      says('undo', 'good', 'Undo: <$ok>', { imported: 'later', sign: undefined, minute: 60 }),
    ],
    expect: { state: { good: 'accepted' }, refused: { undo: /only From says so/ } },
  },
  {
    name: 'the same, signed',
    ...ends,
    mails: [
      past,
      accept({ imported: true, sign: undefined, minute: 10 }),
      says('undo', 'good', 'Undo: <$ok>', { imported: 'later', minute: 60, sign: dkim() }),
    ],
    expect: { state: { good: 'new' } },
  },
]

export const historyRule: Rule = {
  rule: 'history is what came before',
  cases: [...archives, ...copies],
}
