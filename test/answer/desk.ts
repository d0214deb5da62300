// A list with people whose mails arrive live, get a verdict and are sorted; and what its tracker then owes to whom. Its clock
// is that of the mails.
import { sql } from 'kysely'
import { messageId, type Seq, seq } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { GivenList } from '../../base/list-settings.ts'
import { saveInstance } from '../../sql/instance.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { wake } from '../../sql/wake.ts'
import { answerErrors } from '../../tracker/answer/errors.ts'
import { notifyOfEvents } from '../../tracker/answer/notify.ts'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { headerValue } from '../../tracker/decode/headers.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { senderOf } from '../../tracker/mail/author.ts'
import { parseDate } from '../../tracker/mail/date.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { testDatabase } from '../database.ts'
import { answerMail } from './mails.ts'

export interface Arriving {
  /** `pending`: the job has not looked at it yet. */
  readonly grade?: 'A' | 'B' | 'C' | 'pending' | 'imported'
  readonly bytes?: Buffer
  readonly from?: string
}

export interface DeskOptions {
  readonly answers?: GivenList['answers']
  readonly ci?: GivenList['ci']
  /** Without them everybody may everything. */
  readonly maintainers?: readonly string[]
}

export type Desk = Awaited<ReturnType<typeof makeDesk>>

export async function makeDesk({ answers, ci, maintainers = [] }: DeskOptions = {}) {
  const { db, url } = await testDatabase()
  await saveInstance(db, 'threadwork@lists.example.org')
  const people = maintainers.map(address => ({ address, role: 'maintainer' as const }))
  const [list] = await saveLists(db, [
    { name: 'tarn', address: 'tarn-devel@lists.example.org', people, answers, ci },
  ])
  if (list === undefined) throw new Error('No list')
  const seqs = new Map<string, Seq>()

  /** As whoever makes the verdict does it: with it, the thread is to be folded again. */
  async function judge(name: string, grade: 'A' | 'B' | 'C'): Promise<void> {
    const place = seqs.get(name) ?? seq(0)
    const [row] = await db.selectFrom('fact').select(['cluster', 'data']).where('seq', '=', place).execute()
    const identity = grade === 'C' ? null : (row?.data.sender.address ?? null)
    await db.transaction().execute(async trx => {
      await trx.deleteFrom('verdict_due').where('seq', '=', place).execute()
      await trx
        .insertInto('verdict')
        .values({ list_id: list?.id ?? 0, seq: place, grade, how: '{"code":"unsigned"}', identity })
        .execute()
      await wake(trx, sql`select ${row?.cluster ?? null}::bigint`, 'now')
    })
    await sortAll(db, list?.id ?? (0 as never))
  }

  async function arrive(name: string, options: Arriving = {}): Promise<void> {
    const { grade = 'A', bytes = answerMail(name) } = options
    const mail = decodeMail(bytes ?? Buffer.alloc(0))
    const sent = parseDate(headerValue(mail.headers, 'date') ?? '') ?? 0
    const trace = new Date(sent + 5_000).toISOString()
    const from = options.from ?? senderOf(mail.headers).address
    const envelope = grade === 'imported' ? { road: 'import' } : { road: 'smtp', from, trace }
    const [appended] = await append(db, list?.id ?? (0 as never), [{ bytes, envelope }])
    const place = appended?.seq ?? seq(0)
    seqs.set(name, place)
    await sql`update mail set known_at = ${trace} where seq = ${place}`.execute(db)
    if (grade !== 'imported')
      await db
        .insertInto('verdict_due')
        .values({ list_id: list?.id ?? 0, seq: place })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    await sortAll(db, list?.id ?? (0 as never))
    if (grade !== 'pending' && grade !== 'imported') await judge(name, grade)
  }

  return {
    db,
    url,
    list,
    arrive,
    judge,
    sort: () => sortAll(db, list.id),
    /** Lets the time of day come (UTC), on the day of the mails. */
    at: async (time: string) => {
      await answerErrors(db, new Date(`2026-03-02T${time}:00Z`))
    },
    /** Lets the events rest, and tells them. */
    tell: () => notifyOfEvents(db, new Date(Date.now() + 11 * 60_000)),
    /** What is owed, oldest first. */
    async owed() {
      const rows = await db.selectFrom('outbox').selectAll().orderBy('id').execute()
      return rows.map(({ recipient, kind, bytes }) => {
        const { headers, body } = decodeMail(bytes ?? Buffer.alloc(0))
        return { to: recipient, kind, subject: headerValue(headers, 'subject'), headers, body }
      })
    },
    async events() {
      const rows = await db
        .selectFrom('event')
        .selectAll()
        .where('what', 'in', ['bug', 'bug-status', 'patch-state'])
        .orderBy('id')
        .execute()
      return rows.map(({ what, was, became, mail }) => `${what} ${was} ${became} ${mail}`)
    },
    idOf: (name: string) => messageIdOf(answerMail(name)).id,
    keyOf: (name: string) => indexKey(messageId(messageIdOf(answerMail(name)).id)),
  }
}
