// Looks at the patchsets of the lists whose patches are built, again and again: new ones become builds, approvers' lines let
// them in, and when there is nothing else to do those that are open are tried on branches that moved. Any number of
// processes may do it; one does at a time.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { GitError } from '../../base/git.ts'
import type { IndexKey } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { PatchPolicy, Policy } from '../../ci/policy.ts'
import { openPublished } from '../../ci/published.ts'
import { findList, type List } from '../../sql/lists.ts'
import type { Tables } from '../../sql/tables.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { dropAgedRefs } from './aged-refs.ts'
import { applyAgain } from './applies.ts'
import { makeNightly } from './nightly.ts'
import { type BuildRules, buildPatchset, endWaiting } from './revisions.ts'

export interface ApplierOptions {
  readonly db: Kysely<Tables>
  /** The data directory, where patchsets are published. */
  readonly data: string
  /** The policy of now; null when nothing is built. */
  readonly policy: () => Policy | null
  readonly log: Log
  readonly tell: BuildRules['tell']
  /** What is done with stays published for so many days. */
  readonly keepDays: number
}

export class Applier {
  readonly #options: ApplierOptions
  /** Of each list the versions of its topics that were looked at. */
  readonly #seen = new Map<string, Map<IndexKey, string>>()

  /** When no open patchset of a list was left to try. */
  readonly #appliedAt = new Map<string, number>()

  /** Topics that are not done though nothing changes, and when they were looked at. */
  readonly #awaited = new Map<string, { version: string; at: number }>()
  #swept = false
  #agedAt = Number.NEGATIVE_INFINITY

  constructor(options: ApplierOptions) {
    this.#options = options
  }

  /** One look at every list; nothing while another process looks. Answers whether there may be more to do at once. */
  look(signal?: AbortSignal): Promise<boolean> {
    return this.#options.db.connection().execute(async held => {
      const { rows } = await sql<{
        got: boolean
      }>`select pg_try_advisory_lock(${applierLock}) as got`.execute(held)
      if (!rows[0]?.got) return false
      try {
        return await this.#lookAtAll(signal)
      } finally {
        await sql`select pg_advisory_unlock(${applierLock})`.execute(held)
      }
    })
  }

  async #lookAtAll(signal: AbortSignal | undefined): Promise<boolean> {
    const { db, policy } = this.#options
    const rules = policy()
    let more = false
    for (const patches of rules?.patches ?? []) {
      const list = await findList(db, patches.list)
      if (rules && list && !signal?.aborted) more = (await this.#lookAt(list, patches, rules, signal)) || more
    }
    if (rules && rules.patches.length > 0) {
      await endWaiting({ db })
      await this.#dropAged()
    }
    return more
  }

  async #lookAt(
    list: List,
    policy: PatchPolicy,
    all: Policy,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { db, data, log, tell } = this.#options
    const source = all.repositories.find(({ name }) => name === policy.repository)
    if (!source) return false
    const { repository: published, scratch } = await openPublished(data)
    this.#sweep(scratch)
    const { openPerSubmitterMax } = all
    const rules = { tell, db, list, policy, source, published, scratch, openPerSubmitterMax, now: new Date() }
    for (const { key, version } of await this.#changed(list)) {
      if (signal?.aborted) return false
      if (await this.#settle(rules, key)) this.#seen.get(list.name)?.set(key, version)
      else this.#awaited.set(`${list.name} ${key}`, { version, at: performance.now() })
    }
    const due = this.#appliedAt.get(list.name) ?? Number.NEGATIVE_INFINITY
    if (performance.now() - due < limits.branchLookSecondsMax * 1_000) return false
    try {
      const more = (await applyAgain(rules, limits.appliesAtOnceMax)) === limits.appliesAtOnceMax
      if (!more && policy.nightly) await makeNightly(rules, rules.now)
      if (!more) this.#appliedAt.set(list.name, performance.now())
      return more
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      log.warn(
        { list: list.name, repository: source.path, reason: error.message },
        'A repository was not read',
      )
      return false
    }
  }

  async #settle(rules: BuildRules, key: IndexKey): Promise<boolean> {
    const row = await rules.db
      .selectFrom('topic')
      .select(topicColumns)
      .where('list_id', '=', rules.list.id)
      .where('id_key', '=', key)
      .executeTakeFirst()
    if (!row) return true
    try {
      return await buildPatchset(rules, wholeTopic(row))
    } catch (error) {
      this.#options.log.warn(
        { list: rules.list.name, topic: key, error },
        'A patchset could not be prepared and will be tried again',
      )
      return false
    }
  }

  /** The newest first: what is posted now is waited for. */
  async #changed({ id, name }: List): Promise<{ key: IndexKey; version: string }[]> {
    const { db } = this.#options
    const seen = this.#seen.get(name) ?? new Map<IndexKey, string>()
    const { rows } = await sql<{ key: IndexKey; version: string }>`
      select id_key as key, version from topic where list_id = ${id} and kind = 'patchset'
        and last_said > now() - make_interval(days => ${limits.appliesDaysMax}::int)
      order by last_said desc limit ${limits.appliedTopicsMax}`.execute(db)
    const kept = rows.flatMap(({ key }): [IndexKey, string][] => {
      const version = seen.get(key)
      return version === undefined ? [] : [[key, version]]
    })
    this.#seen.set(name, new Map(kept))
    return rows.filter(
      ({ key, version }) => seen.get(key) !== version && !this.#isAwaited(`${name} ${key}`, version),
    )
  }

  #isAwaited(name: string, version: string): boolean {
    const last = this.#awaited.get(name)
    if (last?.version === version && performance.now() - last.at < limits.awaitedSecondsMax * 1_000)
      return true
    this.#awaited.delete(name)
    return false
  }

  async #dropAged(): Promise<void> {
    const { db, data, keepDays, log } = this.#options
    if (performance.now() < this.#agedAt) return
    this.#agedAt = performance.now() + limits.ageLookMinutesMax * 60_000
    const { repository } = await openPublished(data)
    const dropped = await dropAgedRefs(db, repository, keepDays)
    if (dropped > 0) log.info({ refs: dropped }, 'Old patchsets are published no more')
  }

  /** What a process that was killed left behind. */
  #sweep(scratch: string): void {
    if (!this.#swept)
      for (const name of readdirSync(scratch)) rmSync(join(scratch, name), { recursive: true, force: true })
    this.#swept = true
  }
}

const applierLock = 8_002

/** Looks every second, until closed. */
export function startApplier(options: ApplierOptions): { close(): Promise<void> } {
  const stop = new AbortController()
  const { signal } = stop
  const applier = new Applier(options)
  let told = ''
  const run = async () => {
    while (!signal.aborted) {
      const more = await applier.look(signal).catch(error => {
        // A policy with a mistake in it is read again each time.
        if (!signal.aborted && told !== String(error))
          options.log.warn({ error }, 'Looking at patchsets failed and will be tried again')
        told = String(error)
        return false
      })
      if (!more) await sleep(limits.applierLookMillisecondsMax, undefined, { signal }).catch(() => {})
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
