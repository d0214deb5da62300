// A language of another tracker is no way round the roles: each line of it is judged as the line of ours that it means.
import { bug, type Case, dkim, type Mail, patch, patchText, type Rule, says } from '../case.ts'

/** By nobody's signature under the maintainer's address, and by a stranger's own. */
const forgers: readonly (readonly [who: string, more: Partial<Mail>])[] = [
  ["unsigned under the maintainer's address", { sign: undefined }],
  ['signed by a stranger', { from: 'eve' }],
]
/** After the bug got its number. */
const late = { minute: 190 }

const ofPatches: readonly Case[] = forgers.flatMap(([who, more]) =>
  ['pw-bot: accepted', 'pw-bot: rejected', 'pw-bot: 1/1 not-applicable', 'Applied, thanks.'].map(
    (line): Case => ({
      name: `"${line}" ${who}`,
      mails: [patch('good', { sign: dkim() }), says('no', 'good', line, more)],
      expect: { state: { good: 'new' }, refused: { no: /needs a (?:confirmed sender|maintainer)/ } },
    }),
  ),
)

const ofBugs: readonly Case[] = forgers.flatMap(([who, more]) =>
  [
    '#syz invalid',
    '#syz fix: wal: free the lock',
    '#syz dup: hang in wal_open',
    'Control: close 1',
    'Control: severity 1 wishlist',
    'Control: retitle 1 nothing',
    '#regzbot fix: wal: free the lock',
  ].map(
    (line): Case => ({
      name: `"${line}" ${who}`,
      mails: [
        bug('crash', { sign: dkim() }),
        says('no', 'crash', line, { to: 'tarn@lists.example.org', ...late, ...more }),
      ],
      expect: {
        state: { crash: 'new' },
        title: { crash: 'crash loses a page' },
        refused: { no: /needs a (?:confirmed sender|maintainer)/ },
      },
      oneOrder: true,
    }),
  ),
)

const closing = (more: Partial<Mail>): Mail =>
  patch('evil', { text: patchText('evil').replace('\n\nSigned', '\n\nCloses: <$crash>\nSigned'), ...more })

const closings: readonly Case[] = [
  {
    name: 'a forged patch that closes a bug closes nothing',
    mails: [bug('crash', { sign: dkim() }), closing({})],
    expect: { state: { crash: 'new', evil: 'new' } },
  },
  {
    name: 'a forged patch that closes a bug, accepted by its forger',
    mails: [
      bug('crash', { sign: dkim() }),
      closing({}),
      says('no', 'evil', 'Patch-Status: accepted', { sign: undefined }),
    ],
    expect: { state: { crash: 'new', evil: 'new' } },
  },
  {
    name: 'it closes it when a maintainer accepts it',
    mails: [
      bug('crash', { sign: dkim() }),
      closing({ sign: dkim() }),
      says('ok', 'evil', 'Patch-Status: accepted'),
    ],
    expect: { state: { crash: 'fixed', evil: 'accepted' } },
  },
  {
    name: 'a forged copy of an accepted patch adds the line',
    mails: [
      bug('crash', { sign: dkim() }),
      patch('evil', { sign: dkim() }),
      says('ok', 'evil', 'Patch-Status: accepted'),
      {
        name: 'more',
        from: 'ines',
        copyOf: 'evil',
        change: [['\n\nSigned', '\n\nCloses: <$crash>\nSigned']],
        minute: 60,
      },
    ],
    expect: { state: { crash: 'new', evil: 'accepted' } },
    // What the maintainer accepted was the copy then: the only text that was here.
    backwards: { state: { crash: 'new', evil: 'new' } },
  },
  {
    name: 'a forged cover letter above a patch of its author adds the line',
    mails: [
      bug('crash', { sign: dkim() }),
      {
        name: 'zero',
        from: 'eve',
        subject: '[PATCH 0/1] evil: hold the lock less',
        text: 'Closes: <$crash>\n',
      },
      patch('evil', { sign: dkim(), answers: 'zero', subject: '[PATCH 1/1] evil: hold the lock less' }),
      says('ok', 'evil', 'Patch-Status: accepted'),
    ],
    expect: { state: { crash: 'new', evil: 'accepted' } },
  },
  {
    name: 'an answer of a stranger to an accepted patch adds the line',
    mails: [
      bug('crash', { sign: dkim() }),
      patch('evil', { sign: dkim() }),
      says('ok', 'evil', 'Patch-Status: accepted'),
      says('more', 'evil', 'Closes: <$crash>', { from: 'eve', minute: 60 }),
    ],
    expect: { state: { crash: 'new', evil: 'accepted' } },
  },
]

export const tonguesRule: Rule = {
  rule: "another tracker's language is no way round the roles",
  cases: [...ofPatches, ...ofBugs, ...closings],
}
