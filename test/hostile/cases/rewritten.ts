// A verdict names the sender of a copy whose From a list rewrote; the name in it is anybody's.
import { type Case, copy, type Mail, patch, type Rule, says } from '../case.ts'

const footer = `${'_'.repeat(47)}\ntarn mailing list\ntarn@lists.example.org\n`
const rewriting = (name: string) => [/^From: .*/m, `From: ${name} <tarn@lists.example.org>`] as const
const seen = (who: string) => `spf=pass smtp.mailfrom=${who}`
/** As a list passes it on that leaves nothing but the name. */
const passedOn = (name = 'Marek Tolvanen via tarn', saw = 'marek@example.com'): Partial<Mail> => ({
  forged: [rewriting(name)],
  sealed: saw.slice(saw.indexOf('@') + 1),
  sealSays: seen(saw),
  footer,
})
const ok = (more: Partial<Mail>) => says('ok', 'good', 'Patch-Status: accepted', more)
const no = (more: Partial<Case['expect']> = {}): Case['expect'] => ({ state: { good: 'new' }, ...more })

const cases: readonly Case[] = [
  {
    name: 'the list left the name alone, and saw the address',
    mails: [patch('good'), ok(passedOn())],
    expect: { state: { good: 'accepted' }, grade: { ok: 'B' } },
  },
  {
    name: 'the list put its address below the name and the true one into Reply-To',
    mails: [
      patch('good'),
      ok({
        ...passedOn('Marek Tolvanen'),
        forged: [
          rewriting('Marek Tolvanen'),
          [/^Subject: /m, 'Reply-To: Marek Tolvanen <marek@example.com>\nSubject: '],
        ],
      }),
    ],
    expect: { state: { good: 'accepted' }, grade: { ok: 'B' } },
  },
  {
    name: 'the copy of a mail that came directly, too, is that mail',
    mails: [patch('good'), ok({}), { ...copy('copy', 'ok'), ...passedOn() }],
    expect: { state: { good: 'accepted' }, silent: { ok: /other text/ } },
  },
  {
    name: "a patch that came by the list is its author's, who withdraws it",
    mails: [
      patch('good', { ...passedOn('Ines Oduya via tarn', 'ines@example.org'), sign: { by: 'dkim' } }),
      says('no', 'good', 'Please ignore this patch.', { from: 'ines', sign: { by: 'pgp' } }),
    ],
    expect: { state: { good: 'withdrawn' } },
  },
  {
    name: 'nobody else under her name does',
    mails: [
      patch('good', { ...passedOn('Ines Oduya via tarn', 'ines@example.org'), sign: { by: 'dkim' } }),
      says('no', 'good', 'Please ignore this patch.', { from: 'eveAsInes' }),
    ],
    expect: no(),
  },
  {
    name: "somebody else's mail under the maintainer's name",
    mails: [patch('good'), ok({ ...passedOn('Marek Tolvanen via tarn', 'eve@evil.example'), from: 'eve' })],
    expect: no({ grade: { ok: 'B' }, refused: { ok: /needs a maintainer/ } }),
  },
  {
    name: "somebody else of the maintainer's domain under his name",
    mails: [patch('good'), ok(passedOn('Marek Tolvanen via tarn', 'eve@example.com'))],
    expect: no({ grade: { ok: 'B' }, refused: { ok: /needs a maintainer/ } }),
  },
  {
    name: 'the list saw a domain and no address',
    mails: [patch('good'), ok({ ...passedOn(), sealSays: 'spf=none' })],
    expect: no({ grade: { ok: 'C' } }),
  },
  {
    name: 'the list saw an address for which SPF fails',
    mails: [patch('good'), ok({ ...passedOn(), sealSays: 'spf=fail smtp.mailfrom=marek@example.com' })],
    expect: no({ grade: { ok: 'C' } }),
  },
  {
    name: 'the list saw two addresses',
    mails: [
      patch('good'),
      ok({
        ...passedOn(),
        sealSays: 'dkim=pass header.i=eve@example.com; spf=pass smtp.mailfrom=marek@example.com',
      }),
    ],
    expect: no({ grade: { ok: 'C' } }),
  },
  {
    name: "the list saw another list's return path",
    mails: [patch('good'), ok(passedOn('Marek Tolvanen via pump', 'pump-bounces@example.com'))],
    expect: no({ grade: { ok: 'C' } }),
  },
  {
    name: 'nobody sealed it',
    mails: [patch('good'), ok({ change: [rewriting('Marek Tolvanen via tarn')] })],
    expect: no({ grade: { ok: 'C' } }),
  },
]

export const rewrittenRule: Rule = { rule: 'a verdict names the sender of a rewritten copy', cases }
