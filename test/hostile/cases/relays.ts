// Automatic mail: who a bridge speaks for counts from bridges that the list knows; whom moderation looks at is who sent it.
import { bug, type Case, dkim, type Mail, patch, type Rule, says } from '../case.ts'
import { addressOf } from '../cast.ts'

const good = patch('good', { sign: dkim() })
const forWho = (who: Parameters<typeof addressOf>[0], type = 'changed') => [
  `X-Bugzilla-Type: ${type}`,
  `X-Bugzilla-Who: ${addressOf(who)}`,
]
const marek = { address: addressOf('marek'), role: 'maintainer' } as const
const bridged = { people: [marek, { address: addressOf('bridge'), role: 'robot' }] } as const
const first = { moderate: 'first' } as const
/** Held mail is on no page. */
const held = /This mail is not on/

const speaks = (name: string, answers: string, text: string, more: Partial<Mail> = {}) =>
  says(name, answers, text, { from: 'bridge', headers: forWho('marek'), ...more })

const names: readonly Case[] = [
  {
    name: "a stranger's field names the maintainer",
    mails: [good, says('ok', 'good', 'Patch-Status: accepted', { from: 'eve', headers: forWho('marek') })],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ }, page: { ok: /Eve Karst/ } },
  },
  {
    name: 'a bridge of her own does',
    mails: [good, speaks('ok', 'good', 'Patch-Status: accepted', { from: 'eveAsBridge' })],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ }, silent: { ok: /Marek|marek@/ } },
  },
  {
    name: 'where From is believed, too',
    list: { trust: 'from' },
    mails: [good, speaks('ok', 'good', 'Patch-Status: accepted', { from: 'eveAsBridge', sign: undefined })],
    expect: { state: { good: 'new' }, refused: { ok: /needs a maintainer/ } },
  },
  {
    name: "the author of an unsigned patch is named by a stranger's bridge",
    mails: [
      patch('good'),
      speaks('no', 'good', 'Patch-Status: withdrawn', { from: 'eveAsBridge', headers: forWho('ines') }),
    ],
    expect: { state: { good: 'new' } },
  },
  {
    name: 'a bridge among the people of the list speaks for the maintainer',
    list: bridged,
    mails: [good, speaks('ok', 'good', 'Patch-Status: accepted')],
    expect: { state: { good: 'accepted' } },
  },
  {
    name: 'unsigned it speaks for nobody',
    list: bridged,
    mails: [good, speaks('ok', 'good', 'Patch-Status: accepted', { sign: undefined })],
    expect: { state: { good: 'new' }, refused: { ok: /only From says so/ } },
  },
  {
    name: 'a list that names no people believes the field',
    list: { people: [] },
    mails: [bug('crash'), speaks('no', 'crash', 'A word.', { headers: forWho('ruth'), sign: undefined })],
    expect: { page: { no: /ruth@example\.org/ } },
  },
]

const welcome = says('welcome', 'good', 'Hello.', { from: 'ines', minute: 2 })
const moderation: readonly Case[] = [
  {
    name: 'a newcomer names somebody who posts here',
    list: first,
    mails: [
      { ...good, imported: true, sign: undefined },
      says('spam', 'good', 'Buy this.', { from: 'eve', headers: forWho('ines') }),
    ],
    expect: { page: { spam: held }, home: /1 mail<?/ },
    oneOrder: true,
  },
  {
    name: 'a newcomer names a maintainer',
    list: first,
    mails: [
      { ...good, imported: true, sign: undefined },
      says('spam', 'good', 'Buy this.', { from: 'eve', headers: forWho('marek') }),
    ],
    expect: { page: { spam: held }, home: /Held/ },
    oneOrder: true,
  },
  {
    name: "a newcomer's bridge does",
    list: first,
    mails: [
      { ...good, imported: true, sign: undefined },
      speaks('spam', 'good', 'Buy this.', { from: 'eveAsBridge', headers: forWho('marek', 'new') }),
    ],
    expect: { page: { spam: held }, home: /Held/ },
    oneOrder: true,
  },
  {
    name: 'a bridge among the people of the list is no newcomer',
    list: { ...first, ...bridged },
    mails: [
      { ...good, imported: true, sign: undefined },
      speaks('word', 'good', 'A word.', { headers: forWho('ruth') }),
    ],
    expect: { page: { word: /A word/ }, homeSilent: /Held/ },
    oneOrder: true,
  },
  {
    name: 'somebody who posts here passes',
    list: first,
    mails: [{ ...good, imported: true, sign: undefined }, welcome],
    expect: { page: { welcome: /Hello/ }, homeSilent: /Held/ },
    oneOrder: true,
  },
]

export const relaysRule: Rule = {
  rule: 'who a bridge speaks for counts from bridges that the list knows',
  cases: [...names, ...moderation],
}
