// The way out: the operator's mail server. Threadwork speaks to this one server and never looks up an MX itself; TLS is
// verified, because a password and who said what to whom go through it.
import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import type { RelayConfig } from '../base/config.ts'
import { limits } from '../base/limits.ts'
import type { Attempt, DueMail } from './attempt.ts'

export interface Relay {
  send(mail: DueMail): Promise<Attempt>
  /** Null when it lets us in; else why not. */
  verify(): Promise<string | null>
  close(): void
}

/** How long it is waited for, in seconds: for the connection and its greeting, and for each answer. */
export interface Patience {
  readonly connect: number
  readonly answer: number
}

const usual: Patience = { connect: limits.relayConnectSecondsMax, answer: limits.relayAnswerSecondsMax }

export function makeRelay(config: RelayConfig, { connect, answer }: Patience = usual): Relay {
  const transport = createTransport({
    pool: true,
    maxConnections: 1,
    ...transportOptions(config),
    connectionTimeout: connect * 1000,
    greetingTimeout: connect * 1000,
    socketTimeout: answer * 1000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ id, returnPath, to, bytes }) {
      try {
        const { response } = await transport.sendMail({
          // Ours are ASCII; a patch is as its author wrote it (RFC 6152).
          envelope: { from: returnPath, to: [to], use8BitMime: bytes.some(byte => byte > 127) },
          raw: bytes,
          // Used where the relay knows DSN (RFC 3461): only failures are told, and with the headers alone.
          dsn: { id, return: 'headers', notify: 'failure', recipient: to },
        })
        return { result: 'sent', reply: response }
      } catch (error) {
        return attemptOf(error as RelayError)
      }
    },
    async verify() {
      try {
        await transport.verify()
        return null
      } catch (error) {
        return (error as Error).message
      }
    },
    close: () => transport.close(),
  }
}

function transportOptions({ url, user, passwordFile, ca, tls }: RelayConfig) {
  const { protocol, hostname, port, username, password } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'smtps:'
  const name = user ?? decodeURIComponent(username)
  const word =
    passwordFile === null ? decodeURIComponent(password) : readFileSync(passwordFile, 'utf8').trim()
  return {
    host,
    port: port === '' ? (secure ? 465 : 25) : Number(port),
    secure,
    requireTLS: !secure && tls === 'required',
    ignoreTLS: !secure && tls === 'none',
    tls: ca === null ? {} : { ca: readFileSync(ca, 'utf8') },
    ...(name === '' ? {} : { auth: { user: name, pass: word } }),
  }
}

interface RelayError extends Error {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

/** Of this mail speaks only what answers its own commands; a login, a certificate or a greeting is the relay's matter. */
function attemptOf({ message, command = '', response, responseCode = 0 }: RelayError): Attempt {
  const reply = response ?? message
  if (!/^(?:MAIL FROM|RCPT TO|DATA)/.test(command) || responseCode === 0)
    return { result: 'unreachable', reply }
  return { result: responseCode >= 500 ? 'refused' : 'later', reply }
}
