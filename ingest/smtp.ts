// The SMTP road: a mail that somebody sends to a list's address. It is a door in, never a relay: only the
// addresses of our lists are recipients. A mail is answered 250 when it is durable in the log; while the database
// is away it is answered 451, and the sender's server keeps it and tries again.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { limits } from '../base/limits.ts'
import { type ReceptionOptions, type Reply, startReception } from './reception.ts'

export interface SmtpOptions extends ReceptionOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The name in the greeting. */
  readonly hostname: string
  readonly log: ReceptionOptions['log'] & { info(fields: object, text: string): void }
}

export interface Smtp {
  readonly host: string
  readonly port: number
  /** Takes no new connection, ends the idle ones, answers the mails that are under way. */
  close(): Promise<void>
}

/** Resolves when it accepts connections; rejects when the address cannot be had. */
export async function startSmtp(options: SmtpOptions): Promise<Smtp> {
  const reception = startReception(options)
  const busy = new Set<SMTPServerSession>()
  let closing = false

  const server: SMTPServer = new SMTPServer({
    ...dialogue(options),
    onRcptTo: (address, _session, answer) => {
      reception.recipient(address.address).then(reply => answer(toError(reply)))
    },
    onData: (stream, session, answer) => {
      busy.add(session)
      reception.mail(stream, session).then(reply => {
        busy.delete(session)
        answer(toError(reply), reply.text)
        if (reply.hangUp || closing) hangUp(server, session)
      })
    },
  })
  // A connection that breaks is the client's business; without a listener Node would end the process.
  server.on('error', error => options.log.info({ error: error.message }, 'SMTP connection broke'))
  await listen(server, options)

  const { address, port } = server.server.address() as AddressInfo
  return {
    host: address,
    port,
    async close() {
      closing = true
      const closed = new Promise<void>(resolve => server.close(resolve))
      for (const { session } of [...server.connections]) if (!busy.has(session)) hangUp(server, session)
      await closed
      await reception.idle()
    },
  }
}

const dialogue = ({ hostname, mailBytesMax = limits.mailBytesMax }: SmtpOptions): SMTPServerOptions => ({
  name: hostname,
  banner: 'Threadwork',
  // The library's own certificate is public and expired, and nobody has a password here.
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  // Strict parsing refuses senders that exist, such as <user.@example.com>.
  lenientAddressParsing: true,
  hideENHANCEDSTATUSCODES: false,
  size: mailBytesMax,
  maxClients: limits.smtpClientsMax,
  maxRecipients: limits.smtpRecipientsMax,
  socketTimeout: limits.smtpIdleSecondsMax * 1000,
  closeTimeout: limits.smtpCloseSecondsMax * 1000,
  logger: false,
})

/** The library takes a refusal as an error with the reply's number. */
const toError = ({ code, text }: Reply) =>
  code === 250 ? null : Object.assign(new Error(text), { responseCode: code })

async function listen(server: SMTPServer, { host, port }: SmtpOptions): Promise<void> {
  server.listen(port, host)
  try {
    await once(server.server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`Cannot listen for SMTP on "${host}:${port}": ${reason}`, { cause: error })
  }
}

function hangUp(server: SMTPServer, session: SMTPServerSession): void {
  const connection = [...server.connections].find(candidate => candidate.session === session)
  // 421 is the reply that closes (RFC 5321 3.8); the library ends the socket behind it.
  connection?.send(421, 'Closing the connection')
}
