// A topic as a line of a list in our own API.
import { paths } from '../paths.ts'
import type { TopicRow } from '../read/topic-row.ts'
import type { TopicLine } from './schema.ts'

export const topicLine = (origin: string, list: string, row: TopicRow): TopicLine => ({
  list,
  id: row.id,
  kind: row.kind,
  title: row.title,
  author: { name: row.author.name, address: row.author.address },
  state: row.state,
  last_said: new Date(row.lastSaid).toISOString(),
  mails: row.mails,
  url: origin + paths.mail(list, row.id),
})
