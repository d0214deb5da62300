// A mail server that takes what leaves: real SMTP on a real socket, with the replies that a test wants.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { RelayConfig } from '../../base/config.ts'

export interface Delivered {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
  readonly messageId: string
  readonly secure: boolean
  readonly user: string | undefined
}

export interface MailServer {
  readonly port: number
  /** In the order of their 250. */
  readonly mails: readonly Delivered[]
  /** Of each attempt, refused ones too. */
  readonly attempts: number
  config(more?: Partial<RelayConfig>): RelayConfig
  close(): Promise<void>
}

export interface MailServerOptions {
  /** Reply to RCPT TO: nothing is 250. */
  readonly recipient?: (address: string) => string | undefined
  /** Reply to the end of DATA. */
  readonly data?: () => string | undefined
  /** Just before the 250 of a mail. */
  readonly beforeOk?: (mail: Delivered) => Promise<void>
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer }
  readonly password?: string
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { recipient, data, beforeOk, tls, password } = options
  const mails: Delivered[] = []
  let attempts = 0
  const server = new SMTPServer({
    ...(tls ?? { hideSTARTTLS: true }),
    disableReverseLookup: true,
    disabledCommands: password === undefined ? ['AUTH'] : [],
    logger: false,
    onAuth: ({ username, password: given }, _, answer) =>
      given === password && username !== undefined
        ? answer(null, { user: username })
        : answer(refusal('535 5.7.8 Wrong password')),
    onRcptTo: ({ address }, _, answer) => {
      attempts++
      answer(refusal(recipient?.(address)))
    },
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const refused = refusal(data?.())
        if (refused) return answer(refused)
        const text = Buffer.concat(chunks).toString()
        const { mailFrom, rcptTo } = session.envelope
        const mail = {
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          text,
          messageId: /^Message-ID: <([^>]*)>/m.exec(text)?.[1] ?? '',
          secure: session.secure,
          user: session.user,
        }
        mails.push(mail)
        await beforeOk?.(mail)
        answer(null)
      })
    },
  })
  // A client that was killed breaks its connection.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    mails,
    get attempts() {
      return attempts
    },
    config: more => ({
      url: `smtp://127.0.0.1:${port}`,
      user: null,
      passwordFile: null,
      ca: null,
      tls: 'none',
      ...more,
    }),
    close: () => new Promise(resolve => server.close(resolve)),
  }
}

/** `550 5.1.1 No such user` as the library takes it. */
function refusal(reply: string | undefined): Error | null {
  if (reply === undefined) return null
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) })
}
