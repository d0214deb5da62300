// Signed text is exactly what the signature covers.
import { bug, type Case, dkim, patch, pgp, pgpMime, type Rule, says } from '../case.ts'

const open = { state: { good: 'new' } }
const mailWith = (
  name: string,
  ...change: NonNullable<Parameters<typeof says>[3]>['change'] & object
): Case => ({
  name,
  mails: [patch('good'), says('odd', 'good', 'This looks odd.', { sign: pgp, change })],
  expect: open,
})
const mimeWith = (
  name: string,
  ...change: NonNullable<Parameters<typeof says>[3]>['change'] & object
): Case => ({
  name,
  mails: [patch('good'), says('odd', 'good', 'This looks odd.', { sign: pgpMime, change })],
  expect: open,
})
const tag = 'Patch-Status: accepted\n'
const newcomer = {
  people: [{ address: 'marek@example.com', role: 'maintainer' as const }],
  moderate: 'first' as const,
}
/** After the bug got its number. */
const late = { minute: 190 }

export const signedTextRule: Rule = {
  rule: 'signed text is exactly what the signature covers',
  cases: [
    {
      name: 'a clearsigned line counts',
      mails: [patch('good'), says('ok', 'good', 'Patch-Status: accepted', { sign: pgp })],
      expect: { state: { good: 'accepted' } },
    },
    {
      name: 'a line of a signed part counts',
      mails: [patch('good'), says('ok', 'good', 'Patch-Status: accepted', { sign: pgpMime })],
      expect: { state: { good: 'accepted' } },
    },
    {
      name: "and with the list's footer below",
      mails: [
        patch('good'),
        says('ok', 'good', 'Patch-Status: accepted', {
          sign: pgp,
          change: [[/$/, '\n-- \nTo unsubscribe write to tarn+unsubscribe@lists.example.org\n']],
        }),
      ],
      expect: { state: { good: 'accepted' } },
    },
    mailWith('behind the line where the signature begins', [/(?<=-----BEGIN PGP SIGNATURE-----\n)/, tag]),
    mailWith('a header field of the signature', [
      /(?<=-----BEGIN PGP SIGNATURE-----\n)/,
      `Comment: x\n${tag}`,
    ]),
    mailWith('a header field of the armour', [/(?=Hash: )/, tag]),
    mailWith('above the armour', [/(?=-----BEGIN PGP SIGNED)/, tag]),
    mailWith('below the signature', [/$/, `\n${tag}`]),
    mailWith('a second block that somebody else signed', [
      /$/,
      `\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${tag}-----BEGIN PGP SIGNATURE-----\n\nxx\n-----END PGP SIGNATURE-----\n`,
    ]),
    mailWith('a first line of armour that is not one', [
      /(?=-----BEGIN PGP SIGNED)/,
      `-----BEGIN PGP SIGNED MESSAGE-----x\n\n${tag}`,
    ]),
    mimeWith('before the first boundary', [/(?=--b1\nContent-Type: text)/, tag]),
    mimeWith('behind the last boundary', [/$/, tag]),
    mimeWith('a third part', [/--b1--/, `--b1\nContent-Type: text/plain\n\n${tag}--b1--`]),
    mimeWith('in the header of the signature', [
      /(?<=application\/pgp-signature)\n/,
      `\nContent-Description: x\n\n${tag}`,
    ]),
    {
      name: 'control@ with a footer that is a command',
      mails: [
        bug('crash'),
        says('odd', 'crash', 'This looks odd.', {
          sign: pgp,
          to: 'control@lists.example.org',
          change: [[/$/, '\nclose 1\n']],
          ...late,
        }),
      ],
      expect: { state: { crash: 'new' } },
      oneOrder: true,
    },
    {
      name: 'a footer that releases a newcomer',
      list: newcomer,
      mails: [
        patch('good', { from: 'eve' }),
        says('odd', 'other', 'Thank you.', { sign: pgp, change: [[/$/, '\nRelease: <$good>\n']] }),
      ],
      expect: { state: { good: 'nothing' } },
    },
    {
      name: 'a signed line releases a newcomer',
      list: newcomer,
      mails: [patch('good', { from: 'eve' }), says('ok', 'other', 'Release: <$good>', { sign: pgp })],
      expect: { state: { good: 'new' } },
    },
    {
      name: 'DKIM with text behind what it covers',
      mails: [patch('good'), says('odd', 'good', 'This looks odd.', { sign: dkim(), change: [[/$/, tag]] })],
      expect: { ...open, grade: { odd: 'C' } },
    },
  ],
}
