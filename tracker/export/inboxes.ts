// Keeps the inboxes of all lists up to date in the data directory, beside the pages that serve them. Any number of processes may do
// it, on one machine or on many: what they write is the same.
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type ListId, listId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import { findList } from '../../sql/lists.ts'
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
  const write = async ({ id, name, git }: Wish, version: string | undefined) => {
    const directory = inboxDirectory(data, name)
    const stands = existsSync(directory)
    if (!git) {
      done.delete(id)
      if (stands) await rm(directory, { recursive: true, force: true })
    } else if (version !== undefined && !(stands && done.get(id) === version)) {
      const list = await findList(db, name)
      const commits = list ? await writeInbox({ db, list, directory, signal }) : null
      if (commits !== null && !signal?.aborted) done.set(id, version)
    }
  }
  return {
    async look() {
      const wishes = await wishesOf(db)
      await reachOn(
        db,
        wishes.filter(({ git }) => git).map(({ id }) => id),
      )
      const versions = await versionsOf(db)
      for (const wish of wishes) {
        if (signal?.aborted) return
        try {
          await write(wish, versions.get(wish.id))
        } catch (error) {
          if (!signal?.aborted)
            log.warn({ list: wish.name, error }, 'An inbox was not written and will be tried again')
        }
      }
    },
  }
}

interface Wish {
  readonly id: ListId
  readonly name: string
  readonly git: boolean
}

/** Without the other settings of the lists: it is asked every two seconds. */
async function wishesOf(db: Kysely<Tables>): Promise<Wish[]> {
  const { rows } = await sql<{ id: number; name: string; git: boolean }>`
    select id, name, coalesce(settings->>'git' <> 'false', true) as git from list order by name`.execute(db)
  return rows.map(row => ({ ...row, id: listId(row.id) }))
}

/** Another one when there is something to write: the log went on, a mail was purged, or something is said of one. */
async function versionsOf(db: Kysely<Tables>): Promise<Map<ListId, string>> {
  const { rows } = await sql<{ id: number; version: string }>`
    select list_id as id, concat_ws(' ', reached, (
      select max(place) from inbox_change c where c.list_id = inbox.list_id and c.kind = 'purged'), (
      select concat_ws(' ', max(number), sum(version)) from signed_note s where s.list_id = inbox.list_id),
      exists (select from to_sign t where t.list_id = inbox.list_id)) as version
    from inbox`.execute(db)
  return new Map(rows.map(row => [listId(row.id), row.version]))
}
