// The mails of patchwork that the log lacks. What it hands out is the mail as it kept it, with fields of its own on top; whatever
// comes must have the Message-ID that was asked for.
import type { Kysely } from 'kysely'
import { messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { List } from '../../sql/lists.ts'
import { appendWithin } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { headersOf } from '../../tracker/decode/headers.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { newestTime } from '../../tracker/mail/said-time.ts'
import { mailOfFile } from '../source/mail-file.ts'
import type { PatchworkReport } from './report.ts'
import { type PatchworkServer, UnusableAnswer } from './server.ts'

/** A patch or a cover letter. */
interface Named {
  readonly id: number
  readonly msgid: string
}

interface Lacking {
  readonly db: Kysely<Tables>
  readonly list: List
  readonly server: PatchworkServer
  readonly report: PatchworkReport
}

export async function fetchLacking(
  { db, list, server, report }: Lacking,
  kind: 'patch' | 'cover',
  named: readonly Named[],
): Promise<void> {
  const known = await inLog(db, list, named)
  for (const one of named) {
    const id = messageId(one.msgid)
    if (known.has(indexKey(id))) continue
    const file = await server.bytes(`${kind}/${one.id}/mbox/`).catch(sayUnusable)
    if (typeof file === 'string') {
      report.tell('mail', one.msgid, file)
      continue
    }
    const bytes = withoutOwnFields(mailOfFile(file))
    const got = messageId(messageIdOf(bytes).id)
    if (bytes.length === 0) report.tell('mail', one.msgid, `${server.host} hands out nothing for it`)
    else if (got !== id) report.tell('mail', one.msgid, `what ${server.host} hands out for it is <${got}>`)
    else {
      const envelope = { road: 'import' }
      const newest = newestTime(headersOf(bytes).headers, {})
      const mail = { list: list.id, bytes, envelope, newest }
      const [appended] = await db.transaction().execute(trx => appendWithin(trx, [mail]))
      if (appended?.fresh) report.counts.mails++
    }
  }
}

/** One mail that cannot be had is none; a server that does not answer ends the import. */
function sayUnusable(error: unknown): string {
  if (error instanceof UnusableAnswer) return error.message
  throw error
}

async function inLog(db: Kysely<Tables>, list: List, named: readonly Named[]): Promise<Set<string>> {
  if (named.length === 0) return new Set()
  const keys = named.map(({ msgid }) => indexKey(messageId(msgid)))
  const rows = await db
    .selectFrom('mail')
    .select('message_key')
    .where('list_id', '=', list.id)
    .where('message_key', 'in', keys)
    .where('note', '=', false)
    .execute()
  return new Set(rows.map(row => row.message_key))
}

/** They would say here that the patch's author named a delegate. */
function withoutOwnFields(mail: Buffer): Buffer {
  const end = mail.indexOf('\n\n')
  const head = mail.toString('latin1', 0, end < 0 ? mail.length : end + 1)
  const own = /^X-Patchwork-(?:Submitter|Id|Delegate):.*\n(?:[ \t].*\n)*/gim
  return Buffer.concat([Buffer.from(head.replace(own, ''), 'latin1'), mail.subarray(head.length)])
}
