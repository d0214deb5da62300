// Answers that hold large mails in memory until their reader has them: only so many bytes of them at once, few for one client, and
// none for one who takes nothing. Else somebody who asks for one mail of the largest a hundred times, and reads none of them, has all.
import type { Context } from 'hono'
import { limits } from '../base/limits.ts'
import { safeHeaders } from './answer.ts'
import { clientOf } from './client.ts'

/** What the answers of a server hold now. */
export interface Held {
  /** Null when it is too much already, for this client or for all; else lets go of it. */
  take(bytes: number, client: string | null): (() => void) | null
}

declare module 'hono' {
  interface ContextVariableMap {
    held: Held
  }
}

export function countHeld(): Held {
  const clients = new Map<string, number>()
  let all = 0
  return {
    take(bytes, client) {
      const own = client === null ? 0 : (clients.get(client) ?? 0)
      // One alone may be larger than all together.
      if ((all > 0 && all + bytes > limits.answerBytesHeldMax) || own >= limits.largeAnswersPerClientMax)
        return null
      all += bytes
      if (client !== null) clients.set(client, own + 1)
      return once(() => {
        all -= bytes
        if (client === null) return
        const left = (clients.get(client) ?? 1) - 1
        if (left === 0) clients.delete(client)
        else clients.set(client, left)
      })
    },
  }
}

/** `bytes`: of the mails that are in memory for it at once. */
export async function answerLarge(
  c: Context,
  bytes: number,
  make: () => Promise<Response> | Response,
): Promise<Response> {
  if (bytes < limits.largeAnswerBytesMin || c.req.method === 'HEAD') return make()
  const leave = c.get('held').take(bytes * timesHeld, clientOf(c))
  if (leave === null)
    return c.text('Too many large answers are under way; come again in a moment\n', 503, {
      ...safeHeaders,
      'Retry-After': String(limits.busyAgainSeconds),
    })
  try {
    const response = await make()
    if (response.body === null) leave()
    return response.body === null ? response : new Response(paced(response.body, leave), response)
  } catch (error) {
    leave()
    throw error
  }
}

/** The mail, and what is made of it. */
const timesHeld = 2

/** In small pieces, so that it is known whether the reader takes any; `leave` is called when he has it, went away, or takes nothing. */
export function paced(body: ReadableStream<Uint8Array>, leave: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let rest = new Uint8Array()
  let stalled: NodeJS.Timeout | undefined
  const end = () => {
    clearTimeout(stalled)
    rest = new Uint8Array()
    leave()
  }
  return new ReadableStream(
    {
      async pull(controller) {
        clearTimeout(stalled)
        while (rest.length === 0) {
          const { done, value } = await reader.read()
          if (done) {
            end()
            return controller.close()
          }
          rest = new Uint8Array(value)
        }
        controller.enqueue(rest.slice(0, pieceBytes))
        rest = rest.subarray(pieceBytes)
        stalled = setTimeout(() => {
          end()
          void reader.cancel().catch(() => {})
          controller.error(new Error('The reader takes nothing'))
        }, limits.largeAnswerStallSecondsMax * 1_000)
      },
      cancel: reason => {
        end()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

const pieceBytes = 64 * 1024

const once = (act: () => void) => {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}
