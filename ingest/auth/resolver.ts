// DNS for authentication: TXT records of keys through a resolver of the operator's choice, kept for some minutes, since
// the mails of a series ask for the same key. An answer that did not come is never kept, and never taken for "no key".
import { Resolver } from 'node:dns/promises'
import { limits } from '../../base/limits.ts'

/** As mailauth calls it: a domain and a record type. */
export type Resolve = (name: string, type: string) => Promise<string[][] | string[]>

/** `server` is HOST:PORT with an address; null takes the system's. */
export function makeResolver(server: string | null, options: { timeoutMs?: number } = {}): Resolve {
  const resolver = new Resolver({ timeout: options.timeoutMs ?? limits.dnsMillisecondsMax, tries: 2 })
  if (server !== null) resolver.setServers([server])
  const kept = new Map<string, { readonly until: number; readonly answer: ReturnType<Resolve> }>()

  return (name, type) => {
    const key = `${type} ${name.toLowerCase()}`
    const found = kept.get(key)
    if (found && found.until > Date.now()) return found.answer
    const answer = ask(resolver, name, type)
    kept.delete(key)
    kept.set(key, { until: Date.now() + limits.dnsKeptSecondsMax * 1000, answer })
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.dnsAnswersKeptMax) break
      kept.delete(oldest)
    }
    answer.catch(error => {
      if (isTemporary(error) && kept.get(key)?.answer === answer) kept.delete(key)
    })
    return answer
  }
}

async function ask(resolver: Resolver, name: string, type: string): ReturnType<Resolve> {
  if (!plainName.test(name)) throw notFound()
  try {
    return (await resolver.resolve(name, type)) as string[][] | string[]
  } catch (error) {
    // A name that DNS cannot hold has no key.
    if ((error as NodeJS.ErrnoException).code === 'EBADNAME') throw notFound()
    throw error
  }
}

/**
 * Senders choose the selectors in these names. The library behind Node's ends a name at the first zero, so that one with a zero
 * in it would be asked of whoever the text before names, and it takes a backslash for an escape.
 */
const plainName = /^[!-[\]-~\u0080-\u{10ffff}]+$/u

const notFound = () => Object.assign(new Error('No such name'), { code: 'ENOTFOUND' })

const noAnswer = () => Object.assign(new Error('No answer in time'), { code: 'ETIMEOUT' })

/** Everything but a clear "there is none" may be another answer in an hour. */
export const isTemporary = (error: unknown): boolean =>
  !['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')

export interface Lookups {
  readonly resolve: Resolve
  /** Names without an answer so far. */
  readonly failed: ReadonlySet<string>
}

/** The lookups of one mail: a sender whose name servers are slow, or who names a hundred of them, ends here. */
export function lookupsOfOneMail(resolve: Resolve, signal: AbortSignal): Lookups {
  const failed = new Set<string>()
  const end = performance.now() + limits.mailLookupMillisecondsMax
  let asked = 0
  return {
    failed,
    async resolve(name, type) {
      try {
        if (++asked > limits.mailLookupsMax) throw notFound()
        if (signal.aborted || performance.now() > end) throw noAnswer()
        return await untilStopped(resolve(name, type), signal)
      } catch (error) {
        if (isTemporary(error)) failed.add(name.toLowerCase())
        throw error
      }
    },
  }
}

function untilStopped<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(noAnswer())
    signal.addEventListener('abort', stop, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
