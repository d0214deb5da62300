// A patch that came over HTTP and did not arrive. No mail server of its author tells him, so we do: in the log of the server, and
// in a mail where he showed that the address is his by answering a mail there. Nobody else is written to.
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { oweMail } from '../../sql/outbox.ts'
import type { Tables } from '../../sql/tables.ts'
import { oneLine } from './one-line.ts'

interface Undelivered {
  readonly id: string
  readonly list: ListId
  readonly messageId: string
  readonly identity: string
  readonly recipient: string
  readonly state: 'dead' | 'bounced'
  readonly reply: string | null
  /** By auth-verify, with a key that still counts. */
  readonly confirmed: boolean
}

/** Some time after the last one: a series is refused patch by patch, and is told of once. */
export async function tellUndelivered(db: Kysely<Tables>, now: Date, log: Pick<Log, 'warn'>): Promise<void> {
  const told = await db.transaction().execute(async trx => {
    const rows = await takeUntold(trx, new Date(now.getTime() - limits.eventRestMinutesMin * 60_000))
    const confirmed = rows.filter(row => row.confirmed)
    for (const [identity, own] of Map.groupBy(confirmed, row => row.identity)) await owe(trx, identity, own)
    return rows
  })
  for (const { messageId, identity, recipient, state, reply } of told)
    log.warn({ messageId, identity, recipient, state, reply }, 'A submitted patch did not arrive')
}

/** Of lists whose last one ended before that moment, or whose first one long before it: else who fails again and again has none told. */
async function takeUntold(trx: Transaction<Tables>, before: Date): Promise<Undelivered[]> {
  const { rows } = await sql<Undelivered>`
    with quiet as (
      select list_id from outbox where not told and kind = 'submission' and state in ('dead', 'bounced')
      group by list_id having max(ended_at) < ${before} or min(ended_at) < ${before}::timestamptz - interval '1 hour'
    ), taken as (
      select id, list_id, message_id from outbox where not told and kind = 'submission' and state in ('dead', 'bounced')
        and list_id in (select list_id from quiet) order by id limit ${limits.pageRowsMax} for update skip locked
    )
    update outbox o set told = true from taken left join submission s using (list_id, message_id)
    where o.id = taken.id
    returning o.id, o.list_id as list, o.message_id as "messageId", coalesce(s.identity, '') as identity, o.recipient, o.state, o.reply,
      exists (select from submission_key k where k.identity = s.identity and k.selector = s.selector and k.revoked_at is null) as confirmed`.execute(
    trx,
  )
  return rows
}

async function owe(trx: Transaction<Tables>, identity: string, rows: readonly Undelivered[]): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  await oweMail(trx, {
    key: `undelivered ${first.id}`,
    list: first.list,
    to: identity,
    kind: 'error',
    generated: true,
    subject: `${rows.length === 1 ? 'A patch' : `${rows.length} mails`} of yours did not arrive`,
    body: [
      'You sent this over HTTP with "b4 send", and it did not arrive:',
      '',
      ...rows.slice(0, limits.errorLinesMax).flatMap(lines),
      ...(rows.length > limits.errorLinesMax ? [`and ${rows.length - limits.errorLinesMax} more.`, ''] : []),
      'The page at the address that b4 sends to lists all of it for four weeks.',
      'Nothing is sent again by itself; send a new revision once the reason is gone.',
      '',
    ].join('\n'),
  })
}

/** What came back may be written by anybody who had the mail, so its words are on the page alone. */
const lines = ({ messageId, recipient, state, reply }: Undelivered): string[] => [
  `    <${messageId}>`,
  `    to ${recipient}: ${state === 'dead' ? `refused: ${oneLine(reply ?? 'no answer')}` : 'it came back'}`,
  '',
]
