// A series that somebody pushed goes to its list in his name, once: the same commits pushed again are known, others are the next
// revision. Whoever calls this has found out who he is; what his commits say is read like any submitted mail.
import { randomBytes } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import libmime from 'libmime'
import { crlfOnly } from '../../base/line-ends.ts'
import { instanceAddress } from '../../sql/instance.ts'
import { findList, type List } from '../../sql/lists.ts'
import { passMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import type { Series, Text } from '../../tracker/build/series.ts'
import type { Resolve } from '../auth/resolver.ts'
import { lockDay, refuseMany } from './day.ts'
import { forbidsOthers } from './dmarc.ts'
import { passedBytes } from './from-via.ts'
import { named } from './named.ts'
import { Refusal } from './refusal.ts'
import { readSubmitted, type Submitted, textHashOf } from './submitted.ts'

interface Posting {
  readonly list: string
  readonly repository: string
  readonly branch: string
  readonly topic: string
  /** Between the brackets beside PATCH; null for nothing. */
  readonly word: string | null
  readonly by: { readonly name: string; readonly address: string }
  readonly series: Series
}

interface Posted {
  readonly version: number
  /** How many mails left; 0 when it was known. */
  readonly mails: number
  readonly to: string
}

interface Posts {
  readonly db: Kysely<Tables>
  readonly resolve: Resolve
  readonly mailBytesMax: number
}

/** Throws a `Refusal`. */
export async function postSeries(posting: Posting, { db, resolve, mailBytesMax }: Posts): Promise<Posted> {
  const { by, series } = posting
  const list = await findList(db, posting.list)
  if (list === undefined) throw new Refusal(403, `There is no list ${posting.list} here`)
  const own = await instanceAddress(db)
  const via = await forbidsOthers(by.address, own, resolve)
  return db.transaction().execute(async trx => {
    await lockDay(trx, by.address)
    const last = await lastOf(trx, list, posting)
    if (last?.head === series.head) return { version: last.version, mails: 0, to: list.address }
    const version = (last?.version ?? 0) + 1
    const now = Date.now()
    const mails = mailsOf(posting, { list, own, version, answers: last?.message_id ?? null, now }).map(
      text => {
        const mail = readSubmitted(text, mailBytesMax, now)
        return { mail, textHash: textHashOf(mail) }
      },
    )
    await refuseMany(trx, by.address, mails.length)
    for (const { mail, textHash } of mails) {
      const bytes = passedBytes(mail, { own, via, selector, road: 'git push', at: new Date(now) })
      await owe(trx, list, { mail, textHash, wire: crlfOnly(bytes) })
    }
    await trx
      .insertInto('pushed_series')
      .values({
        ...keyOf(list, posting),
        ...{ version, head: series.head, message_id: mails[0]?.mail.messageId ?? '' },
      })
      .execute()
    return { version, mails: mails.length, to: list.address }
  })
}

/** In place of the name of a key. */
const selector = 'push'

const keyOf = (list: List, { repository, branch, by, topic }: Posting) => ({
  ...{ list_id: list.id, repository, branch, identity: by.address, topic },
})

const lastOf = (trx: Transaction<Tables>, list: List, posting: Posting) =>
  Object.entries(keyOf(list, posting))
    .reduce(
      (query, [column, value]) => query.where(column as 'topic', '=', value as string),
      trx.selectFrom('pushed_series').select(['version', 'head', 'message_id']),
    )
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()

async function owe(
  trx: Transaction<Tables>,
  list: List,
  { mail, textHash, wire }: { readonly mail: Submitted; readonly textHash: string; readonly wire: Buffer },
): Promise<void> {
  const { messageId, messageKey, from } = mail
  await trx
    .insertInto('submission')
    .values({
      ...{ list_id: list.id, message_key: messageKey, message_id: messageId, text_hash: textHash },
      ...{ identity: from, selector },
    })
    .execute()
  const key = `submission ${list.id} ${messageId} ${list.address}`
  await passMail(trx, { key, kind: 'submission', list: list.id, to: list.address, messageId, bytes: wire })
}

interface Around {
  readonly list: List
  readonly own: string
  readonly version: number
  /** The first mail of the revision before; null for none. */
  readonly answers: string | null
  readonly now: number
}

/** With LF, in order. */
function mailsOf({ word, by, series }: Posting, { list, own, version, answers, now }: Around): string[] {
  const { cover, patches } = series
  const total = patches.length
  const random = randomBytes(10).toString('hex')
  const idOf = (number: number) =>
    `push.${random}.v${version}.${number}@${own.slice(own.lastIndexOf('@') + 1)}`
  const first = cover === null ? 1 : 0
  const one = ({ subject, body }: Text, number: number): string => {
    const parts = [
      word ?? '',
      'PATCH',
      version > 1 ? `v${version}` : '',
      countOf(number, total, cover !== null),
    ]
    // The next revision answers the first mail of the one before; within one, all answer the first.
    const answered = [...(answers === null ? [] : [answers]), ...(number === first ? [] : [idOf(first)])]
    const last = answered.at(-1)
    return [
      `From: ${named(by.name)}<${by.address}>`,
      `Date: ${new Date(now + number * 1_000).toUTCString().replace('GMT', '+0000')}`,
      `Subject: ${libmime.encodeWords(`[${parts.filter(Boolean).join(' ')}] ${subject}`, 'Q', 52)}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset="utf-8"',
      `Content-Transfer-Encoding: ${/[^\0-\x7f]/.test(body) ? '8bit' : '7bit'}`,
      `Message-Id: <${idOf(number)}>`,
      `To: ${list.address}`,
      ...(last === undefined ? [] : [`In-Reply-To: <${last}>`]),
      ...(last === undefined ? [] : [`References: ${answered.map(id => `<${id}>`).join(' ')}`]),
      '',
      body,
    ].join('\n')
  }
  return [...(cover === null ? [] : [one(cover, 0)]), ...patches.map((patch, index) => one(patch, index + 1))]
}

const countOf = (number: number, total: number, covered: boolean): string =>
  covered || total > 1 ? `${String(number).padStart(String(total).length, '0')}/${total}` : ''
