// What the text of a mail needs to be shown on a page of its topic.
import { limits } from '../../base/limits.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { MailTextOptions } from './mail-text.ts'

/** `topic` is null while the mail is not sorted. */
export const textOptions = (list: ListRow, topic: Topic | null, id: string): MailTextOptions => ({
  list: list.name,
  known: new Set<string>(topic?.mails.map(mail => mail.id)),
  rest: paths.raw(list.name, id),
  bytesMax: limits.textShownCharactersMax,
})
