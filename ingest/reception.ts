// What stands behind the dialogue of SMTP and LMTP: whether an address is a list's, and one mail from the wire into the
// log. Each answer is a reply as a value; the dialogue around it is door.ts.
import type { Kysely } from 'kysely'
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { limits } from '../base/limits.ts'
import { toLogLines } from '../base/line-ends.ts'
import type { Metrics } from '../base/metrics.ts'
import { instanceAddress } from '../sql/instance.ts'
import type { List } from '../sql/lists.ts'
import { ownAddress } from '../sql/own-address.ts'
import type { Envelope, Tables } from '../sql/tables.ts'
import { messageIdOf } from '../tracker/decode/message-id.ts'
import { type Account, accountFor, type ReceptionLog, type Reply } from './account.ts'
import { confirm, isConfirmation, tokenIn } from './auth/token.ts'
import { startGroupCommit } from './group-commit.ts'
import { knownLists } from './known-lists.ts'
import { type Refusal, receiveMail } from './receive.ts'
import { takeReturned } from './return-mail.ts'

export interface Reception {
  /** 250 when the address is a list's, or one that a mail of ours named. */
  recipient(address: string, session: SMTPServerSession): Promise<Reply>
  /**
   * 250 when the mail is durable in the log of each list that it is for. One reply by SMTP; by LMTP one for each
   * recipient, but one alone when no mail was read.
   */
  mail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Reply[]>
  /** Resolves when no commit is under way. */
  idle(): Promise<void>
}

export interface ReceptionOptions {
  readonly road: 'smtp' | 'lmtp'
  readonly db: Kysely<Tables>
  /** Asked when a recipient is unknown, so that a list that was just made is heard. */
  readonly lists: () => Promise<readonly List[]> | readonly List[]
  readonly log: ReceptionLog
  readonly metrics?: Metrics | undefined
  /** Called after each commit. */
  readonly onArrival?: () => void
  /** The largest mail that is taken; `limits.mailBytesMax` when absent. */
  readonly mailBytesMax?: number | undefined
}

export function startReception(options: ReceptionOptions): Reception {
  const { road, db, lists, onArrival = () => {}, mailBytesMax = limits.mailBytesMax } = options
  const commits = startGroupCommit(db, onArrival)
  const desk: Desk = { road, db, lists, onArrival, commits, listsOf: knownLists(lists) }
  const budget = { held: 0, mailBytesMax }
  const refusals = refusalsFor(mailBytesMax)

  return {
    async recipient(address, session) {
      const account = accountFor(session, envelopeOf(session, road), options)
      try {
        if (await isRecipient(desk, address)) return accepted
        account.recipientRefused(address, noSuchList(address))
        return noSuchList(address)
      } catch (error) {
        account.recipientFailed(address, error)
        return tryAgain
      }
    },
    async mail(stream, session) {
      const envelope = envelopeOf(session, road)
      const account = accountFor(session, envelope, options)
      const received = await receiveMail(stream, budget)
      if ('refusal' in received) {
        const reply = refusals[received.refusal]
        account.refused(received.messageId, reply)
        return [reply]
      }
      try {
        return await storeAll(desk, received.bytes, envelope, account)
      } finally {
        received.release()
      }
    },
    idle: () => commits.idle(),
  }
}

interface Desk extends Pick<ReceptionOptions, 'road' | 'db' | 'lists'> {
  readonly onArrival: () => void
  readonly commits: ReturnType<typeof startGroupCommit>
  readonly listsOf: ReturnType<typeof knownLists>
}

/** One mail for some of its recipients. */
interface Delivery {
  readonly bytes: Buffer
  readonly envelope: LiveEnvelope
  readonly to: readonly string[]
}

async function isRecipient({ db, lists, listsOf }: Desk, address: string): Promise<boolean> {
  if ((await listsOf([address])).length > 0 || (await ownAddress(db, address)) !== null) return true
  if (tokenIn(address) === null) return false
  // At the host of a list, or of our own address.
  return isConfirmation(address, [...(await lists()), { address: await instanceAddress(db) }])
}

function storeAll(desk: Desk, received: Buffer, envelope: LiveEnvelope, account: Account): Promise<Reply[]> {
  const bytes = toLogLines(received)
  const deliveries = desk.road === 'lmtp' ? envelope.to.map(address => [address]) : [envelope.to]
  return Promise.all(deliveries.map(to => take(desk, { bytes, envelope, to }, account)))
}

/** A confirmation's token is a secret while it is good: it is used up first, and no log of a list holds its address. */
async function take(desk: Desk, { bytes, envelope, to }: Delivery, account: Account): Promise<Reply> {
  const isToken = (address: string) => tokenIn(address) !== null
  const reply = to.some(isToken) ? await confirmed(desk, { bytes, envelope }, account) : tryAgain
  const others = to.filter(address => !isToken(address))
  const kept = { ...envelope, to: envelope.to.filter(address => !isToken(address)) }
  if (others.length > 0) return store(desk, { bytes, envelope: kept, to: others }, account)
  return reply
}

async function confirmed(
  desk: Desk,
  { bytes, envelope }: Pick<Delivery, 'bytes' | 'envelope'>,
  account: Account,
): Promise<Reply> {
  const received = { messageId: messageIdOf(bytes).id, list: '', bytes: bytes.length }
  try {
    const { confirmed, text } = await confirm(desk.db, { bytes, from: envelope.from ?? '' })
    const reply = { code: confirmed ? 250 : 550, text }
    account.answered(received, reply)
    if (confirmed) desk.onArrival()
    return reply
  } catch (error) {
    account.failed(received, error)
    return tryAgain
  }
}

/** Whatever the database throws, the sender keeps the mail and comes again. */
async function store(desk: Desk, { bytes, envelope, to }: Delivery, account: Account): Promise<Reply> {
  const began = performance.now()
  const received = { messageId: messageIdOf(bytes).id, list: '', bytes: bytes.length }
  try {
    const returned = await takeReturned(desk.db, to, bytes)
    const targets = await desk.listsOf(to)
    if (returned && targets.length === 0) return returned
    if (targets.length === 0) throw new Error('Its lists are gone')
    received.list = targets.map(list => list.name).join(', ')
    const appended = await desk.commits.append(targets.map(list => ({ list: list.id, bytes, envelope })))
    const ms = Math.round(performance.now() - began)
    account.kept({ ...received, ms, fresh: appended.some(({ fresh }) => fresh) })
    return { code: 250, text: `OK: in the log of ${received.list}` }
  } catch (error) {
    account.failed(received, error)
    return tryAgain
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

type LiveEnvelope = Envelope & { readonly to: readonly string[] }

/** The trace is the time the mail reached us: the newest Received of all, though it stands beside the bytes. */
function envelopeOf(session: SMTPServerSession, road: string): LiveEnvelope {
  const { envelope, remoteAddress, hostNameAppearsAs } = session
  return {
    road,
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(recipient => recipient.address),
    trace: new Date().toISOString(),
    ...(road === 'smtp' && { client: remoteAddress, helo: hostNameAppearsAs || '' }),
  }
}
