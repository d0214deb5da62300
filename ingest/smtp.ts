// The SMTP road: a mail that somebody sends to a list's address. A mail is answered 250 when it is durable in the log;
// while the database is away it is answered 451, and the sender's server keeps it and tries again.
import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { type ClientLimits, countClients, usualClientLimits } from './clients.ts'
import { type Door, type DoorOptions, openDoor, toError } from './door.ts'
import { type ReceptionOptions, startReception } from './reception.ts'

export interface SmtpOptions extends Omit<ReceptionOptions, 'road'>, DoorOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** `usualClientLimits` when absent. */
  readonly clientLimits?: ClientLimits | undefined
}

export interface Smtp extends Pick<Door, 'renew' | 'close'> {
  readonly host: string
  readonly port: number
}

/** Resolves when it accepts connections; rejects when the address cannot be had. */
export async function startSmtp(options: SmtpOptions): Promise<Smtp> {
  const { host, port } = options
  const reception = startReception({ ...options, road: 'smtp' })
  const door = await openDoor(options, clientLimits(options), reception, { host, port })
  return { ...door, host: door.address?.address ?? host, port: door.address?.port ?? port }
}

/** One client too often: 421 with the reason, and the library closes behind it. */
function clientLimits({
  log,
  metrics,
  clientLimits: allowed = usualClientLimits,
}: SmtpOptions): SMTPServerOptions {
  const clients = countClients(allowed)
  const inside = new Set<SMTPServerSession>()
  const refuse = (client: string, text: string) => {
    metrics?.errors.inc({ kind: 'connection' })
    log.info({ client, reason: text }, 'Refused a client')
    return toError({ code: 421, text })
  }
  return {
    onConnect(session, answer) {
      if (!clients.enter(session.remoteAddress)) {
        const text = `More than ${allowed.connectionsMax} connections from your network, try again later`
        return answer(refuse(session.remoteAddress, text))
      }
      inside.add(session)
      answer()
    },
    onClose(session) {
      if (inside.delete(session)) clients.leave(session.remoteAddress)
    },
    onMailFrom(_address, session, answer) {
      if (clients.mail(session.remoteAddress)) return answer()
      const text = `More than ${allowed.mailsPerMinuteMax} mails a minute from your network, try again later`
      answer(refuse(session.remoteAddress, text))
    },
  }
}
