// The pipe road: one mail on standard input, for a mail server's alias or pipe transport. What happened is told by the
// exit code (sysexits.h), which every mail server understands: 75 makes it keep the mail and try again.
import type { Kysely } from 'kysely'
import { ExitError, exits } from '../base/exit.ts'
import type { List } from '../sql/lists.ts'
import { appendAll } from '../sql/log.ts'
import type { Tables } from '../sql/tables.ts'
import { listsOfMail } from './list-of-mail.ts'
import { mailOfFile } from './source/mail-file.ts'

export interface Delivery {
  readonly db: Kysely<Tables>
  readonly bytes: Buffer
  readonly lists: readonly List[]
  /** The list that the mail is for; else the mail says it. */
  readonly list?: List | undefined
  /** The envelope, as far as the mail server told it. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Resolves when the mail is durable; answers the lists it is on. Throws an `ExitError` for a mail of no list. */
export async function deliver({ db, bytes, lists, list, from, to }: Delivery): Promise<readonly List[]> {
  const targets = list ? [list] : listsOfMail(bytes, lists, to)
  if (targets.length === 0) {
    const names = lists.map(({ address }) => address).join(', ') || 'none'
    throw new ExitError(
      exits.unknown,
      `Cannot deliver a mail that is for no list here; there are: ${names}, or say --list NAME`,
    )
  }
  const envelope = {
    road: 'deliver',
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to: [to] }),
    trace: new Date().toISOString(),
  }
  await appendAll(
    db,
    targets.map(({ id }) => ({ list: id, bytes, envelope })),
  )
  return targets
}

/** The mail that stands there, with line ends as in the log. Throws an `ExitError` when there is none or too much. */
export async function readMail(input: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of input) {
    bytes += chunk.length
    // Read to its end all the same: who writes to a closed pipe reports that, and not our answer.
    if (bytes <= bytesMax) chunks.push(chunk)
  }
  if (bytes > bytesMax)
    throw new ExitError(exits.unreadable, `Cannot deliver a mail of ${bytes} bytes; allowed: ${bytesMax}`)
  const mail = mailOfFile(Buffer.concat(chunks))
  if (mail.length > 0) return mail
  throw new ExitError(exits.unreadable, 'Cannot deliver an empty input; allowed: one mail on standard input')
}
