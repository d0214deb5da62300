// Robots: those of the table that stated history keep stating it; live ones need a role.
import { bug, type Case, dkim, type Mail, patch, type Rule, says } from '../case.ts'
import { addressOf } from '../cast.ts'

const past: Mail = patch('good', { imported: true })
const applied = (name: string, answers: string, more: Partial<Mail> = {}): Mail => ({
  name,
  from: 'bot',
  subject: `Re: [PATCH] ${answers}: hold the lock less`,
  text: 'Hello:\n\nThis patch was applied to tarn.git (main)\nby Marek Tolvanen <marek@example.com>:\n',
  answers,
  minute: 30,
  ...more,
})
const told = applied('ok', 'good', { imported: true })
/** So that its signature is not the first of its sender. */
const hello = says('hello', 'good', 'Hello.', { from: 'bot', minute: 5 })
const robot = {
  people: [
    { address: addressOf('marek'), role: 'maintainer' },
    { address: addressOf('bot'), role: 'robot' },
  ],
} as const
const named = /address = &quot;patchwork-bot\+tarn@example\.net&quot;/

const history: readonly Case[] = [
  {
    name: 'what a robot of the table told in an archive stays',
    mails: [past, told],
    expect: { state: { good: 'accepted' }, homeSilent: /Robots without a role/ },
  },
  {
    name: 'not on a list that believes no history',
    list: { history: false },
    mails: [past, told],
    expect: { state: { good: 'new' } },
  },
  {
    name: 'what a program told that only says it is one',
    mails: [past, { ...told, from: 'program', headers: ['Auto-Submitted: auto-generated'] }],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ } },
  },
  {
    name: 'what anybody told',
    mails: [past, { ...told, from: 'eve' }],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ } },
  },
  {
    name: 'what it tells in an archive from later',
    history: 20,
    mails: [past, applied('ok', 'good', { imported: 'later' })],
    expect: { state: { good: 'new' }, grade: { ok: 'C' } },
  },
  {
    name: "what a bug tracker's bridge told",
    mails: [
      bug('crash', { imported: true }),
      {
        name: 'no',
        from: 'bridge',
        subject: 'Re: [BUG] crash loses a page',
        answers: 'crash',
        imported: true,
        minute: 30,
        headers: ['X-Bugzilla-Type: changed', `X-Bugzilla-Who: ${addressOf('eve')}`],
        text: 'What    |Removed |Added\n--------------------\nStatus|NEW |RESOLVED\nResolution|--- |FIXED\n',
      },
    ],
    expect: { state: { crash: 'fixed' } },
  },
]

const live: readonly Case[] = [
  {
    name: 'a live mail under its name, unsigned',
    mails: [patch('good'), applied('ok', 'good')],
    expect: { state: { good: 'new' }, homeSilent: /Robots without a role/ },
  },
  {
    name: 'a live mail of it, signed, without a role',
    mails: [hello, patch('good'), applied('ok', 'good', { sign: dkim() })],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ }, homeSilent: named },
  },
  {
    name: 'and with the role',
    list: robot,
    mails: [patch('good'), applied('ok', 'good', { sign: dkim() })],
    expect: { state: { good: 'accepted' } },
  },
  {
    name: 'unsigned with the role',
    list: robot,
    mails: [patch('good'), applied('ok', 'good')],
    expect: { state: { good: 'new' }, refused: { ok: /only From says so/ } },
  },
  {
    name: 'one that told history and lost its effect is named',
    mails: [
      past,
      told,
      patch('fresh', { minute: 40 }),
      applied('now', 'fresh', { minute: 50, sign: dkim() }),
    ],
    expect: { state: { good: 'accepted', fresh: 'new' }, home: named },
  },
  {
    name: 'another one under such a name is not',
    mails: [
      past,
      told,
      patch('fresh', { minute: 40 }),
      applied('now', 'fresh', { minute: 50, from: 'eveAsBot' }),
    ],
    expect: { state: { good: 'accepted', fresh: 'new' }, homeSilent: /Robots without a role/ },
  },
]

export const robotsRule: Rule = {
  rule: 'robots that stated history keep stating it, and live ones need a role',
  cases: [...history, ...live],
}
