// SPF (RFC 7208), for information: it speaks of the server that handed the mail over and of the envelope, which mostly
// are a list's. It never changes a grade.
import { isIP } from 'node:net'
import { spf } from 'mailauth/lib/spf/index.js'
import { limits } from '../../base/limits.ts'
import type { Envelope } from '../../sql/tables.ts'
import { type Check, noteOf } from './check.ts'
import type { Resolve } from './resolver.ts'

/** Null where the mail did not come straight from another machine. */
export async function checkSpf({ client, helo, from }: Envelope, resolve: Resolve): Promise<Check | null> {
  if (client === undefined || isIP(client) === 0 || isOwn(client) || !from) return null
  const signer = from.slice(from.lastIndexOf('@') + 1).toLowerCase()
  try {
    const { status } = await spf({
      sender: from,
      ip: client,
      resolver: resolve,
      maxElapsedTime: limits.mailLookupMillisecondsMax,
      ...(helo !== undefined && { helo }),
    })
    return {
      method: 'SPF',
      result: results[status.result] ?? 'unused',
      signer,
      note: { code: 'said', of: status.result },
    }
  } catch (error) {
    return { method: 'SPF', result: 'unused', signer, note: noteOf(error) }
  }
}

const results: Partial<Record<string, Check['result']>> = {
  pass: 'pass',
  fail: 'fail',
  softfail: 'fail',
  temperror: 'unknown',
}

/** Our own mail server hands over what others sent. */
const isOwn = (client: string) =>
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cde])/i.test(client)
