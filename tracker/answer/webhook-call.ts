// One event to one webhook, by Standard Webhooks (standardwebhooks.com): a POST of JSON, signed with the secret that both ends
// have. No redirect is followed, nothing of the answer but its status counts, and it ends in time.
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Webhook } from 'standardwebhooks'
import { limits } from '../../base/limits.ts'
import { version } from '../../base/version.ts'
import { type Resolve, webhookAddress } from './webhook-address.ts'

export interface WebhookCall {
  readonly url: string
  /** `whsec_` and base64. */
  readonly secret: string
  /** The same for each attempt. */
  readonly id: string
  readonly body: string
}

export interface CallMeans {
  /** Networks that are no public ones and may be called all the same. */
  readonly allowed: readonly string[]
  readonly resolve?: Resolve | undefined
  readonly millisecondsMax?: number | undefined
}

/** `gone`: the receiver wants no more of it (410). */
export interface Called {
  readonly result: 'sent' | 'later' | 'gone'
  readonly reply: string
}

/** Never throws. */
export async function callWebhook(call: WebhookCall, means: CallMeans): Promise<Called> {
  try {
    const status = await post(call, means)
    const result = status >= 200 && status < 300 ? 'sent' : status === 410 ? 'gone' : 'later'
    return { result, reply: `answered ${status}` }
  } catch (error) {
    return { result: 'later', reply: error instanceof Error ? error.message : String(error) }
  }
}

async function post({ url: given, secret, id, body }: WebhookCall, means: CallMeans): Promise<number> {
  const milliseconds = means.millisecondsMax ?? limits.webhookMillisecondsMax
  const signal = AbortSignal.timeout(milliseconds)
  const url = new URL(given)
  const address = await webhookAddress(url, means.allowed, means.resolve)
  const at = new Date()
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const sent = send(url, {
    method: 'POST',
    agent: false,
    signal,
    // The name was looked up, and is not looked up again.
    lookup: (_host, { all }, done) =>
      all ? done(null, [address]) : done(null, address.address, address.family),
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'User-Agent': `Threadwork/${version()}`,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
  })
  // What happens to the connection behind the answer is nobody's business.
  sent.on('error', () => {})
  sent.end(body)
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return response.statusCode ?? 0
  } catch (error) {
    if (signal.aborted) throw new Error(`no answer within ${milliseconds / 1000} s`)
    throw error
  } finally {
    // Whatever more it says is not read.
    sent.destroy()
  }
}
