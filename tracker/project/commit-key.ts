// Keys of commits and mails, as they stand in the tables. A Message-ID's part is the mail's own key.
import { messageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'

/** Of `m <id>` and `b <id>` the id alone is shortened: a mail is found by its own shortened id. */
export const keyOf = (key: string): string =>
  /^[mb] /.test(key) ? key.slice(0, 2) + indexKey(messageId(key.slice(2))) : indexKey(key)
