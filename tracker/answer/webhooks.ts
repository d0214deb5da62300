// The worker behind webhooks: gives new events to those that want them, and makes the calls that are due. Any number of processes
// may run one. A receiver hears of each event at least once, each time under one id.

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { limits } from '../../base/limits.ts'
import type { ListConfig } from '../../base/list-settings.ts'
import type { Log } from '../../base/log.ts'
import { allLists } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { type CallEnd, callNext, type DueCall, giveEvents } from '../../sql/webhook-calls.ts'
import { webhookBody, webhookEventOf } from './webhook-body.ts'
import { type CallMeans, callWebhook } from './webhook-call.ts'

type Webhook = ListConfig['webhooks'][number]

export interface WebhookOptions extends CallMeans {
  readonly db: Kysely<Tables>
  readonly log: Log
  /** Where the world sees the pages, without a slash at its end; null where that is not known. */
  readonly url: string | null
}

export interface Webhooks {
  /** Lets the calls under way end. */
  close(): Promise<void>
}

export function startWebhooks(options: WebhookOptions): Webhooks {
  const stop = new AbortController()
  const run = async () => {
    while (!stop.signal.aborted) {
      const more = await callSome(options, stop.signal).catch((error: unknown) => {
        options.log.warn({ error }, 'Calling webhooks failed and will be tried again')
        return false
      })
      if (!more)
        await sleep(limits.webhookLookMillisecondsMax, undefined, { signal: stop.signal }).catch(() => {})
    }
  }
  // A receiver that answers late keeps one lane.
  const running = Promise.all([run(), run()])
  return {
    close: async () => {
      stop.abort()
      await running
    },
  }
}

/** Gives what is new, and calls what is due; answers whether there may be more at once. */
export async function callSome(options: WebhookOptions, signal?: AbortSignal): Promise<boolean> {
  const hooks = await hooksByList(options.db)
  const wanted = (list: number) => hooks.get(list) ?? []
  const more = await giveEvents(options.db, ({ list_id, what }) =>
    wanted(list_id)
      .filter(({ events }) => events.includes(webhookEventOf(what)))
      .map(({ url }) => url),
  )
  for (let called = 0; called < limits.webhookCallsMax && signal?.aborted !== true; called++) {
    const end = await callNext(options.db, call =>
      make(
        options,
        call,
        wanted(call.event.list_id).find(({ url }) => url === call.url),
      ),
    )
    if (end === null) return more
  }
  return true
}

async function hooksByList(db: Kysely<Tables>): Promise<ReadonlyMap<number, readonly Webhook[]>> {
  return new Map((await allLists(db)).map(({ id, webhooks }) => [id, webhooks]))
}

async function make(options: WebhookOptions, call: DueCall, hook: Webhook | undefined): Promise<CallEnd> {
  if (hook === undefined) return { result: 'dead', reply: 'it is not in the configuration any more' }
  const secret = secretOf(hook)
  if ('problem' in secret) return { result: 'later', reply: secret.problem }
  const body = await webhookBody(options.db, call.event, options.url)
  const { result, reply } = await callWebhook(
    { url: hook.url, secret: secret.word, id: `event-${call.event.id}`, body },
    options,
  )
  options.log.info(
    { webhook: hostOf(hook.url), event: call.event.id, result, said: reply },
    'Called a webhook',
  )
  return { result: result === 'gone' ? 'dead' : result, reply }
}

/** Read at each call, so that a new secret needs no restart. */
function secretOf({ secretFile }: Webhook): { word: string } | { problem: string } {
  try {
    const word = readFileSync(secretFile, 'utf8').trim()
    if (secretForm.test(word)) return { word }
    return {
      problem: `Cannot use the secret in "${secretFile}"; allowed: whsec_ and 24 to 64 bytes in base64`,
    }
  } catch (error) {
    return { problem: `Cannot read the secret in "${secretFile}": ${(error as Error).message}` }
  }
}

const secretForm = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/

/** Some receivers have their own secret in the path. */
const hostOf = (url: string) => new URL(url).host
