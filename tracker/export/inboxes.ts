// Keeps the inboxes of all lists up to date in the data directory, beside the pages that serve them. Any number of processes may do
// it, on one machine or on many: what they write is the same.
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type ListId, listId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { allLists, type List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { inboxDirectory, writeInbox } from './inbox.ts'
import { reachOn } from './inbox-reach.ts'

interface InboxesOptions {
  readonly db: Kysely<Tables>
  readonly data: string
  readonly log: Log
}

/** Looks for new mail until closed. */
export function startInboxes(options: InboxesOptions): { close(): Promise<void> } {
  const stop = new AbortController()
  const { signal } = stop
  const inboxes = openInboxes({ ...options, signal })
  const run = async () => {
    while (!signal.aborted) {
      try {
        await inboxes.look()
      } catch (error) {
        if (!signal.aborted) options.log.warn({ error }, 'Inboxes were not written and will be tried again')
      }
      await sleep(limits.inboxLookMillisecondsMax, undefined, { signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    close: async () => {
      stop.abort()
      await running
    },
  }
}

/** `look` brings every list's inbox up to date. One that cannot be written keeps no other from it. */
function openInboxes({ db, data, log, signal }: InboxesOptions & { readonly signal?: AbortSignal }): {
  look(): Promise<void>
} {
  /** Of each list the version of its inbox that was written. */
  const done = new Map<ListId, string>()
  const write = async (list: List, version: string | undefined) => {
    const directory = inboxDirectory(data, list.name)
    const stands = existsSync(directory)
    if (!list.git) {
      done.delete(list.id)
      if (stands) await rm(directory, { recursive: true, force: true })
    } else if (version !== undefined && !(stands && done.get(list.id) === version)) {
      const commits = await writeInbox({ db, list, directory, signal })
      if (commits !== null && !signal?.aborted) done.set(list.id, version)
    }
  }
  return {
    async look() {
      const lists = await allLists(db)
      const kept = lists.filter(list => list.git).map(({ id }) => id)
      await reachOn(db, kept)
      const versions = await versionsOf(db)
      for (const list of lists) {
        if (signal?.aborted) return
        try {
          await write(list, versions.get(list.id))
        } catch (error) {
          if (!signal?.aborted)
            log.warn({ list: list.name, error }, 'An inbox was not written and will be tried again')
        }
      }
    },
  }
}

/** Another one when there is something to write: the log went on, or a mail was purged. */
async function versionsOf(db: Kysely<Tables>): Promise<Map<ListId, string>> {
  const { rows } = await sql<{ id: number; version: string }>`
    select list_id as id, concat_ws(' ', reached, (
      select max(place) from inbox_change c where c.list_id = inbox.list_id and c.kind = 'purged')) as version
    from inbox`.execute(db)
  return new Map(rows.map(row => [listId(row.id), row.version]))
}
