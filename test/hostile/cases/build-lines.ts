// What runs somebody's code needs more than a state: a confirmed sender with a role, on every list, and what names what it runs.
import { type Case, dkim, patch, pgp, type Rule, says } from '../case.ts'
import { addressOf, fewFields } from '../cast.ts'

const good = patch('good', { sign: dkim() })
const tests = (more: Parameters<typeof says>[3] = {}) => says('ok', 'good', 'CI: test', more)
/** The first mail of a sender is "first seen". */
const hello = says('hello', 'good', 'Hello.', { from: 'eve', minute: 5 })
/** All that is built must have been there when it was said. */
const backwards = { refused: { ok: /not all of it was there/ } }

const cases: readonly Case[] = [
  {
    name: 'a maintainer, where the signature covers what he answers',
    mails: [good, tests()],
    expect: { effect: ['ok'] },
    backwards,
  },
  {
    name: 'a build asked for in signed text that could be sent below any patch',
    mails: [good, tests({ sign: pgp })],
    expect: { refused: { ok: /without the digits/ } },
  },
  {
    name: 'a build asked for with a signature that leaves out what it answers',
    mails: [good, tests({ sign: dkim(...fewFields) })],
    expect: { refused: { ok: /without the digits/ } },
  },
  {
    name: "a build asked for under the maintainer's address",
    mails: [good, tests({ sign: undefined })],
    expect: { refused: { ok: /needs a confirmed sender/ } },
  },
  {
    name: "a build asked for under the maintainer's name",
    mails: [hello, good, tests({ from: 'eveAsMarek' })],
    expect: { refused: { ok: /needs a maintainer/ } },
  },
  {
    name: 'the author lets nothing in',
    mails: [good, tests({ from: 'ines' })],
    expect: { refused: { ok: /needs a maintainer/ } },
  },
  {
    name: 'digits that name something else',
    mails: [good, says('ok', 'good', 'CI: test 00000000', { sign: pgp })],
    expect: { refused: { ok: /no revision here has these digits/ } },
  },
  {
    name: 'a list that believes From builds nothing for it',
    list: { trust: 'from' },
    mails: [good, tests({ sign: undefined })],
    expect: { refused: { ok: /needs a confirmed sender/ } },
  },
  {
    name: 'a list that names nobody builds nothing for anybody',
    list: { people: [] },
    mails: [good, tests()],
    expect: { refused: { ok: /the list has no maintainer/ } },
  },
  {
    name: 'an approver of the list is one where nobody has a role',
    list: { people: [], approvers: [addressOf('marek')] },
    mails: [good, tests()],
    expect: { effect: ['ok'] },
    backwards,
  },
  {
    name: 'a build asked for by an archive',
    mails: [{ ...good, imported: true, sign: undefined }, tests({ imported: true, sign: undefined })],
    expect: { refused: { ok: /an imported mail starts and ends no build/ } },
  },
  {
    name: 'a build asked for on another list',
    mails: [good, tests({ to: 'pump@lists.example.net', sign: dkim(...fewFields, 'to') })],
    expect: { refused: { ok: /signed for other recipients/ } },
  },
  {
    name: "a build ended by a stranger under the author's address",
    mails: [good, says('ok', 'good', 'CI: cancel', { from: 'ines', sign: undefined })],
    expect: { refused: { ok: /needs a confirmed sender/ } },
  },
  {
    name: 'a build ended by its author',
    mails: [good, says('ok', 'good', 'CI: cancel', { from: 'ines' })],
    expect: { effect: ['ok'] },
  },
  {
    name: 'a build asked for in a patch',
    mails: [good, patch('other', { from: 'marek', sign: dkim(), text: `CI: test\n\n${good.text}` })],
    expect: { state: { other: 'new' }, silent: { other: /✓ CI/ } },
  },
]

export const buildLines: Rule = {
  rule: '11. What runs code needs a confirmed sender with a role on every list, and what names what it runs',
  cases,
}
