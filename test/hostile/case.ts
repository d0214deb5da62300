// What a case is: mails in their order, good ones and hostile ones, and the one answer that is right whichever of them
// comes first. Names stand for ids: the mail `ok` has the id `ok.CASE@mails.example`.
import type { GivenList } from '../../base/list-settings.ts'
import type { Signature, Who } from './cast.ts'

export interface Mail {
  readonly name: string
  /** The name of the mail whose Message-ID it bears, where that is another one. */
  readonly id?: string
  readonly from: Who
  readonly subject?: string
  readonly text?: string
  /** The name of a mail. */
  readonly answers?: string | undefined
  readonly to?: string | undefined
  readonly cc?: string
  /** Minutes after the first one. */
  readonly minute?: number
  readonly headers?: readonly string[]
  readonly sign?: Signature | undefined
  /** It comes from an archive, before all live mail; `later`: in its place among that; `trusted`: so, of one trusted by name. */
  readonly imported?: true | 'later' | 'trusted'
  /** What becomes of its bytes on the way, after it was signed. `$name` stands for that mail's id, `$to-name` for its reply address. */
  readonly change?: readonly (readonly [from: string | RegExp, to: string])[]
  /** The domain whose DKIM the list server says it saw, where it goes through the list that seals. */
  readonly sealed?: string | undefined
  /** The fields that the seal covers, where they are not the usual ones. */
  readonly sealCovers?: readonly string[]
  /** What else it says that it saw. */
  readonly sealSays?: string
  /** The same by what it writes and signs by DKIM instead of a seal: fields of the mail, where they are others. */
  readonly stamped?: string | Stamp
  /** What somebody changes in the signed bytes before he posts them to the list that seals. */
  readonly forged?: readonly (readonly [from: string | RegExp, to: string])[]
  readonly footer?: string
  /** The bytes of that mail, signature and all, are what is changed here. */
  readonly copyOf?: string
  /** It never comes: what comes is made of it. */
  readonly withheld?: true
}

export interface Stamp {
  /** The domain that its field says DKIM passed for. */
  readonly saw: string
  /** The name in the field; otherwise the server's. */
  readonly as?: string
  /** Whose DKIM covers the field; otherwise the list server's. */
  readonly by?: string
  /** Its field stands below the others of the mail. */
  readonly below?: true
  /** It covers the mail and not the field. */
  readonly bare?: true
  /** In place of `dkim=pass`. */
  readonly result?: string
}

export interface Expected {
  /** Of patches, bugs and kinds of topics, by the name of their mail. */
  readonly state?: Readonly<Record<string, string>>
  /** The lines of these mails have no effect, for this reason. */
  readonly refused?: Readonly<Record<string, RegExp>>
  /** The lines of these mails have an effect. */
  readonly effect?: readonly string[]
  /** What the page of a mail says. */
  readonly page?: Readonly<Record<string, RegExp>>
  /** What the page of a mail says nowhere. */
  readonly silent?: Readonly<Record<string, RegExp>>
  readonly grade?: Readonly<Record<string, string | RegExp>>
  readonly title?: Readonly<Record<string, string>>
  /** What the list's page says. */
  readonly home?: RegExp
  /** What it says nowhere. */
  readonly homeSilent?: RegExp
}

export interface Case {
  readonly name: string
  readonly list?: Omit<Partial<GivenList>, 'people'> & { readonly people?: NonNullable<GivenList['people']> }
  /** Until which minute what an archive holds is history; otherwise until the first mail comes. */
  readonly history?: number
  readonly mails: readonly Mail[]
  readonly expect: Expected
  /** The answer when the mails come the other way round: what no signature covers is bound by the first arrival. */
  readonly backwards?: Expected
  /** They only make sense in this order. */
  readonly oneOrder?: true
}

export interface Rule {
  /** As in docs/security.md. */
  readonly rule: string
  readonly cases: readonly Case[]
}

/** A patch of one file. */
export const patchText = (file: string, line = 'return sync(w);') => `The lock was held too long.

Signed-off-by: Ines Oduya <ines@example.org>
---
 src/${file}.c | 3 ++-
 1 file changed, 2 insertions(+), 1 deletion(-)

diff --git a/src/${file}.c b/src/${file}.c
index 1111111..2222222 100644
--- a/src/${file}.c
+++ b/src/${file}.c
@@ -10,3 +10,4 @@ static int ${file}_sync(struct ${file} *w)
 	lock(w);
-	sync(w);
+	unlock(w);
+	${line}
 }
-- 
2.47.1
`

export const patch = (name: string, more: Partial<Mail> = {}): Mail => ({
  name,
  from: 'ines',
  subject: `[PATCH] ${name}: hold the lock less`,
  text: patchText(name),
  ...more,
})

/** An answer of the maintainer, half an hour later. */
export const says = (name: string, answers: string, text: string, more: Partial<Mail> = {}): Mail => ({
  name,
  from: 'marek',
  subject: `Re: [PATCH] ${answers}: hold the lock less`,
  text: `${text}\n`,
  answers,
  minute: 30,
  sign: dkim(),
  ...more,
})

export const bug = (name: string, more: Partial<Mail> = {}): Mail => ({
  name,
  from: 'ruth',
  subject: `[BUG] ${name} loses a page`,
  text: 'It loses a page when the disk is full.\n',
  ...more,
})

/** Another arrival of a mail: its bytes, changed. */
export const copy = (name: string, copyOf: string, ...change: NonNullable<Mail['change']>): Mail => ({
  name,
  from: 'marek',
  copyOf,
  change,
})

export const dkim = (...h: string[]): Signature => ({ by: 'dkim', ...(h.length > 0 ? { h } : {}) })
export const pgp: Signature = { by: 'pgp' }
export const pgpMime: Signature = { by: 'pgp/mime' }

/** The signature is taken off. */
export const unsigned = [/DKIM-Signature:(?:.*\n)(?:[ \t].*\n)*/, ''] as const
