// Five readers of the pages, each of one kind of page, who look five times a second at what came lately.
import { setTimeout as sleep } from 'node:timers/promises'

export interface Readers {
  /** Milliseconds to the last byte, by kind of page. */
  readonly times: ReadonlyMap<string, number[]>
  /** Answers other than 200 and connections that broke. */
  readonly errors: readonly string[]
  stop(): Promise<void>
}

const pauseMs = 200

/** `recent` holds ids of mails that were accepted. */
export function startReaders(list: string, recent: readonly string[]): Readers {
  const stopped = new AbortController()
  const errors: string[] = []
  const times = new Map<string, number[]>()
  // A little behind the newest, as a reader who follows a link from the list.
  const anId = () => recent[Math.max(0, recent.length - 100 - Math.floor(Math.random() * 200))]
  const mail = (id: string) => `${list}/${encodeURIComponent(id)}/`
  /** Undefined as long as there is nothing to read. */
  const pages: Record<string, () => string | undefined> = {
    list: () => `${list}/`,
    patchset: () =>
      withId(
        recent.findLast(id => /^[\d-]+-v\d-[01]@/.test(id)),
        mail,
      ),
    thread: () => withId(anId(), id => `${mail(id)}T/`),
    search: () => `${list}/?q=${searches[Math.floor(Math.random() * searches.length)]}`,
    message: () => withId(anId(), mail),
  }

  async function read(kind: string, page: () => string | undefined): Promise<void> {
    const mine: number[] = []
    times.set(kind, mine)
    while (!stopped.signal.aborted) {
      await sleep(pauseMs)
      const url = page()
      if (url === undefined) continue
      const began = performance.now()
      try {
        const answer = await fetch(url)
        await answer.arrayBuffer()
        mine.push(performance.now() - began)
        if (answer.status !== 200) errors.push(`${answer.status} ${url}`)
      } catch (error) {
        errors.push(`${(error as Error).message} ${url}`)
      }
    }
  }

  const running = Promise.all(Object.entries(pages).map(([kind, page]) => read(kind, page)))
  return {
    times,
    errors,
    async stop() {
      stopped.abort()
      await running
    },
  }
}

const searches = ['lock', 's:patch', 'buffer', 'f:ada', 'nothing-like-this']

const withId = (id: string | undefined, make: (id: string) => string) =>
  id === undefined ? undefined : make(id)
