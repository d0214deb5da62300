// What stands behind the SMTP dialogue: whether an address is a list's, and one mail from the wire into the log.
// Each answer is a reply as a value; the dialogue around it is smtp.ts.
import type { Kysely } from 'kysely'
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { plainAddress } from '../base/git-address.ts'
import { limits } from '../base/limits.ts'
import type { List } from '../sql/lists.ts'
import type { Envelope, Tables } from '../sql/tables.ts'
import { toLogLines } from './crlf.ts'
import { startGroupCommit } from './group-commit.ts'
import { type Refusal, receiveMail } from './receive.ts'

/** An SMTP reply. The library adds the enhanced status code that belongs to the number (RFC 3463). */
export interface Reply {
  readonly code: number
  readonly text: string
  readonly hangUp?: true
}

export interface Reception {
  /** 250 when the address is a list's. */
  recipient(address: string): Promise<Reply>
  /** 250 when the mail is durable in the log of each list that it is for. */
  mail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Reply>
  /** Resolves when no commit is under way. */
  idle(): Promise<void>
}

export interface ReceptionOptions {
  readonly db: Kysely<Tables>
  /** Asked at each recipient, so that a list that was just made is heard. */
  readonly lists: () => Promise<readonly List[]> | readonly List[]
  readonly log: { warn(fields: object, text: string): void }
  /** Called after each commit. */
  readonly onArrival?: () => void
  /** The largest mail that is taken; `limits.mailBytesMax` when absent. */
  readonly mailBytesMax?: number | undefined
}

export function startReception(options: ReceptionOptions): Reception {
  const { db, lists, log, onArrival = () => {}, mailBytesMax = limits.mailBytesMax } = options
  const commits = startGroupCommit(db, onArrival)
  const budget = { held: 0, mailBytesMax }
  const refusals = refusalsFor(mailBytesMax)

  async function listsAt(addresses: readonly string[]): Promise<List[]> {
    const wanted = new Set(addresses.map(plainAddress))
    return (await lists()).filter(list => wanted.has(list.address.toLowerCase()))
  }

  async function store(received: Buffer, session: SMTPServerSession): Promise<Reply> {
    const envelope = envelopeOf(session)
    const targets = await listsAt(envelope.to)
    if (targets.length === 0) return tryAgain
    const bytes = toLogLines(received)
    await commits.append(targets.map(list => ({ list: list.id, bytes, envelope })))
    return { code: 250, text: `OK: in the log of ${targets.map(list => list.name).join(', ')}` }
  }

  /** Whatever the database throws, the sender keeps the mail and comes again. */
  async function orTryAgain(reply: Promise<Reply>): Promise<Reply> {
    try {
      return await reply
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'Answered 451 to a mail')
      return tryAgain
    }
  }

  return {
    recipient: address =>
      orTryAgain(listsAt([address]).then(found => (found.length > 0 ? accepted : noSuchList(address)))),
    async mail(stream, session) {
      const received = await receiveMail(stream, budget)
      if (typeof received === 'string') return refusals[received]
      try {
        return await orTryAgain(store(received.bytes, session))
      } finally {
        received.release()
      }
    },
    idle: () => commits.idle(),
  }
}

const accepted: Reply = { code: 250, text: 'Accepted' }
const tryAgain: Reply = { code: 451, text: 'Could not store the mail now, try again later' }
const noSuchList = (address: string): Reply => ({
  code: 550,
  text: `<${address}> is not the address of a list here`,
})

function refusalsFor(mailBytesMax: number): Record<Refusal, Reply> {
  const text = `Mail is too large, the limit is ${mailBytesMax} bytes`
  return {
    oversized: { code: 552, text },
    endless: { code: 552, text, hangUp: true },
    'no-room': { code: 452, text: 'Too many large mails at once, try again later' },
    gone: { code: 451, text: 'Connection lost before the end of the mail' },
  }
}

/** The trace is the time the mail reached us: the newest Received of all, though it stands beside the bytes. */
function envelopeOf({ envelope }: SMTPServerSession): Envelope & { readonly to: readonly string[] } {
  return {
    road: 'smtp',
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(recipient => recipient.address),
    trace: new Date().toISOString(),
  }
}
