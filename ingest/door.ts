// What the SMTP and the LMTP door have in common: a listener, its dialogue, and an end in good order. A door leads in and
// is never a relay: only the addresses of our lists are recipients.
import { once } from 'node:events'
import type { AddressInfo, ListenOptions } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { limits } from '../base/limits.ts'
import type { ReceptionLog, Reply } from './account.ts'
import type { Certificate } from './certificate.ts'
import { startPatience } from './patience.ts'
import type { Reception } from './reception.ts'

export interface DoorOptions {
  /** The name in the greeting. */
  readonly hostname: string
  readonly mailBytesMax?: number | undefined
  /** A client that is silent longer is cut off; `limits.smtpIdleSecondsMax` when absent. */
  readonly idleSecondsMax?: number | undefined
  /** A client that needs longer for one mail, with all its commands, is cut off; `limits.smtpMailSecondsMax` when absent. */
  readonly mailSecondsMax?: number | undefined
  readonly log: ReceptionLog
  /** For STARTTLS, which is not offered without it. */
  readonly certificate?: Certificate | undefined
}

export interface Door {
  /** Null for a Unix socket. */
  readonly address: AddressInfo | null
  /** What TLS connections from now on see. */
  renew(certificate: Certificate): void
  /** Takes no new connection, ends the idle ones, answers the mails that are under way. */
  close(): Promise<void>
}

/** `own` is what one of the two doors has besides, `where` takes what a net.Server takes. Rejects when that is taken. */
export async function openDoor(
  options: DoorOptions,
  own: SMTPServerOptions,
  reception: Reception,
  where: ListenOptions,
): Promise<Door> {
  const busy = new Set<SMTPServerSession>()
  const patience = startPatience<SMTPServerSession>(
    options.mailSecondsMax ?? limits.smtpMailSecondsMax,
    session => {
      options.log.info({ client: session.remoteAddress }, 'Ended a client that was too slow')
      hangUp(server, session)
    },
  )
  let closing = false

  const server: SMTPServer = new SMTPServer({
    ...dialogue(options),
    ...own,
    onConnect(session, answer) {
      const welcome = (error?: Error | null) => {
        if (!error) patience.enter(session)
        answer(error)
      }
      own.onConnect ? own.onConnect(session, welcome) : welcome()
    },
    onClose(session, answer) {
      patience.leave(session)
      own.onClose?.(session, answer)
    },
    onRcptTo: (address, session, answer) => {
      reception.recipient(address.address, session).then(reply => answer(toError(reply)))
    },
    onData: (stream, session, answer) => {
      busy.add(session)
      stream.once('end', () => patience.pause(session))
      reception.mail(stream, session).then(replies => {
        busy.delete(session)
        patience.resume(session)
        answer(...toAnswer(replies))
        if (closing || replies.some(reply => reply.hangUp)) hangUp(server, session)
      })
    },
  })
  const name = own.lmtp ? 'LMTP' : 'SMTP'
  let open = false
  // A connection that breaks is the client's business; without a listener Node would end the process.
  server.on('error', error => {
    if (open) options.log.info({ error: error.message }, `${name} connection broke`)
  })
  await listen(server, where, name)
  open = true

  const address = server.server.address()
  return {
    address: typeof address === 'string' ? null : address,
    renew: certificate => server.updateSecureContext({ ...certificate }),
    async close() {
      closing = true
      await end(server, busy)
      await reception.idle()
    },
  }
}

/** Resolves when the mails of the sessions that are `busy` have their answer. */
async function end(server: SMTPServer, busy: ReadonlySet<SMTPServerSession>): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(resolve))
  for (const { session } of [...server.connections]) if (!busy.has(session)) hangUp(server, session)
  await closed
}

/** The library takes a refusal as an error with the reply's number. */
export const toError = ({ code, text }: Reply) =>
  code === 250 ? null : Object.assign(new Error(text), { responseCode: code })

/** One reply is for all recipients; several are for one each, which only LMTP has (RFC 2033 4.2). */
function toAnswer(replies: readonly Reply[]): [error: Error | null, message?: string | (string | Error)[]] {
  const [first] = replies
  if (first !== undefined && replies.length === 1) return [toError(first), first.text]
  return [null, replies.map(reply => toError(reply) ?? reply.text)]
}

const dialogue = ({
  hostname,
  certificate,
  mailBytesMax = limits.mailBytesMax,
  idleSecondsMax = limits.smtpIdleSecondsMax,
}: DoorOptions): SMTPServerOptions => ({
  name: hostname,
  banner: 'Threadwork',
  // The library's own certificate is public and expired, and nobody has a password here.
  disabledCommands: certificate ? ['AUTH'] : ['STARTTLS', 'AUTH'],
  ...certificate,
  disableReverseLookup: true,
  // Strict parsing refuses senders that exist, such as <user.@example.com>.
  lenientAddressParsing: true,
  hideENHANCEDSTATUSCODES: false,
  size: mailBytesMax,
  maxClients: limits.smtpClientsMax,
  maxRecipients: limits.smtpRecipientsMax,
  socketTimeout: idleSecondsMax * 1000,
  closeTimeout: limits.smtpCloseSecondsMax * 1000,
  logger: false,
})

async function listen(server: SMTPServer, where: ListenOptions, name: string): Promise<void> {
  // The library hands what it is given to net.Server.
  server.listen(where as unknown as number)
  try {
    await once(server.server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const place = where.path ?? `${where.host}:${where.port}`
    throw new Error(`Cannot listen for ${name} on "${place}": ${reason}`, { cause: error })
  }
}

function hangUp(server: SMTPServer, session: SMTPServerSession): void {
  const connection = [...server.connections].find(candidate => candidate.session === session)
  // 421 is the reply that closes (RFC 5321 3.8); the library ends the socket behind it.
  connection?.send(421, 'Closing the connection')
}
