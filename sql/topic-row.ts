// A topic as its row keeps it: the mails apart, because they are most of it and change with each arrival.
import { unpackJson } from '../base/pack.ts'
import type { Topic } from '../tracker/topic/topic.ts'

/** What must be selected to have the whole topic. */
export const topicColumns = ['topic.data', 'topic.mail_data'] as const

/** The whole topic. */
export const wholeTopic = ({
  data,
  mail_data,
}: {
  data: Omit<Topic, 'mails'>
  mail_data: Buffer
}): Topic => ({
  ...data,
  mails: JSON.parse(unpackJson(mail_data)) as Topic['mails'],
})
