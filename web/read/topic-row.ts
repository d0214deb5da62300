// The row of a topic as lists show it: its columns and its summary (tracker/topic/summary.ts), never the topic.
import { sql } from 'kysely'
import type { IndexKey } from '../../base/ids.ts'
import type { TopicSummary } from '../../tracker/topic/summary.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { type Tried, triedColumn } from './applies.ts'

export interface TopicRow extends TopicSummary {
  readonly id: string
  readonly kind: Topic['kind']
  readonly title: string
  readonly state: Topic['state']
  readonly mails: number
  /** Milliseconds. */
  readonly said: number
  readonly lastSaid: number
  /** Absent where it was not tried. */
  readonly tried?: Tried
  /** Where the next page begins, for `before`. */
  readonly cursor: string
}

/** Of a row of `topic t`. */
export const rowColumns = sql`t.id, t.id_key, t.kind, t.title, t.author, t.state, t.mails, t.said, t.last_said, t.summary, ${triedColumn} as tried`

export interface DatabaseTopicRow extends Pick<TopicRow, 'id' | 'kind' | 'title' | 'state' | 'mails'> {
  id_key: IndexKey
  author: string
  said: Date
  last_said: Date
  tried: Tried | null
  /** Empty between an upgrade of the database and the next fold. */
  summary: Partial<TopicSummary>
}

export const toTopicRow = ({
  id_key,
  author,
  said,
  last_said,
  summary,
  tried,
  ...row
}: DatabaseTopicRow): TopicRow => ({
  author: { name: author, address: '' },
  bugType: null,
  severity: null,
  labels: [],
  candidate: null,
  standing: null,
  delegate: null,
  answered: null,
  revision: null,
  ...summary,
  ...row,
  ...(tried === null ? {} : { tried }),
  said: said.getTime(),
  lastSaid: last_said.getTime(),
  cursor: `${last_said.getTime()}.${id_key}`,
})
