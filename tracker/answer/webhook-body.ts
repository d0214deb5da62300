// An event as its webhook gets it: what happened to which topic, by which mail, and where more of it is to be had. The names of
// what happened are patchwork's where it has one.
import { type Kysely, sql } from 'kysely'
import type { WebhookEvent } from '../../base/webhook-events.ts'
import type { EventName, Tables } from '../../sql/tables.ts'
import type { EventRow } from '../../sql/webhook-calls.ts'
import type { Revision, Topic } from '../topic/topic.ts'

export const webhookEventOf = (what: EventName): WebhookEvent => names[what]

const names: Readonly<Record<EventName, WebhookEvent>> = {
  cover: 'cover-created',
  patch: 'patch-created',
  'patch-complete': 'patch-completed',
  series: 'series-created',
  'series-complete': 'series-completed',
  'patch-state': 'patch-state-changed',
  delegate: 'patch-delegated',
  comment: 'comment-created',
  check: 'check-created',
  bug: 'bug-created',
  'bug-status': 'bug-status-changed',
}

/** `url`: where the world sees the pages, without a slash at its end; null where that is not known. */
export async function webhookBody(db: Kysely<Tables>, event: EventRow, url: string | null): Promise<string> {
  const { rows } = await sql<{ list: string; topic: Omit<Topic, 'mails'> | null; number: number | null }>`
    select l.name as list, t.data as topic,
      (select number from bug_number b where b.list_id = l.id and b.message_key = t.id_key) as number
    from list l left join topic_mail m on m.list_id = l.id and m.message_key = ${event.topic_key}
      left join topic t on t.list_id = l.id and t.id_key = m.topic_key
    where l.id = ${event.list_id}`.execute(db)
  const { list = '', topic = null, number = null } = rows[0] ?? {}
  const page = (id: string) => (url === null ? null : `${url}/${list}/${encodeURIComponent(id)}/`)
  const revision = topic?.revisions.find(one => membersOf(one).some(id => event.on_mails.includes(id)))
  return JSON.stringify({
    type: webhookEventOf(event.what),
    timestamp: event.at.toISOString(),
    data: {
      list,
      topic: {
        id: topic?.id ?? event.topic_id,
        kind: topic?.kind ?? null,
        title: topic?.title ?? null,
        url: page(topic?.id ?? event.topic_id),
        ...(number === null ? {} : { bug: number }),
      },
      mail: event.mail,
      on: event.on_mails,
      was: event.was,
      became: event.became,
      ...(revision ? { series: seriesOf(revision, page) } : {}),
      ...(event.data ? { check: event.data } : {}),
    },
  })
}

const membersOf = ({ cover, patches }: Revision): string[] => [
  ...(cover === null ? [] : [cover]),
  ...patches.map(({ id }) => id),
]

function seriesOf(revision: Revision, page: (id: string) => string | null) {
  const { version, total, cover, patches, title, completeness } = revision
  const [head = ''] = membersOf(revision)
  const own = page(head)
  return {
    title,
    version,
    total,
    complete: completeness === 'complete',
    cover,
    patches: patches.map(({ id, number, state }) => ({ id, number, state })),
    url: own,
    mbox: own === null ? null : `${own}am.mbox`,
  }
}
