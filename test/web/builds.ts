// Builds of the archive's list in every state, as their rows and logs are, for tests and pictures of pages.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Kysely, sql } from 'kysely'
import type { BuildState } from '../../base/build-state.ts'
import { type ListId, listId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import type { Result, Step } from '../../ci/result.ts'
import { endBuild } from '../../sql/build-attempts.ts'
import { addBuild, type NewBuild } from '../../sql/builds.ts'
import type { Tables } from '../../sql/tables.ts'
import { addToken } from '../../sql/tokens.ts'
import { stepLogPath } from '../../tracker/build/logs.ts'

export const stepOf = (name: string, outcome: Step['outcome'], more: Partial<Step> = {}): Step => ({
  ...{ name, outcome, why: outcome === 'failure' ? 'It ended with exit code 2' : null },
  ...{ exitCode: outcome === 'failure' ? 2 : 0, startSeconds: 0.1, seconds: 41.2 },
  ...{ outputBytes: 10, leftOutBytes: 0, artefactBytes: 0 },
  ...more,
})

export const resultOf = (outcome: Result['outcome'], ...steps: Step[]): Result => ({
  ...{ outcome, why: null, tier: 'bwrap', seconds: 50, steps },
})

export interface BuiltOptions {
  readonly result?: Result | null
  readonly why?: string | null
  /** Of each step. */
  readonly logs?: Readonly<Record<string, string>>
  readonly build?: Partial<NewBuild>
}

export class BuildYard {
  readonly db: Kysely<Tables>
  readonly data: string
  readonly list: ListId
  private count = 0
  private runner: number | undefined

  constructor(db: Kysely<Tables>, data: string, list: number) {
    this.db = db
    this.data = data
    this.list = listId(list)
  }

  /** A build of a branch, or with `mails` of a patchset, that stands so. Answers its number. */
  async build(
    state: BuildState,
    { result = null, why = null, logs = {}, build = {} }: BuiltOptions = {},
  ): Promise<string> {
    const first = state === 'waiting' || state === 'refused' || state === 'conflict' ? state : 'queued'
    const { number } = await addBuild(this.db, {
      ...{ key: `built ${++this.count}`, repository: 'tarn', ref: 'refs/heads/main', list: this.list },
      ...{ commit: '4f0c19d2'.repeat(5), patchset: null, submitter: 'Ines Oduya', state: first, why },
      ...build,
    })
    if (first !== 'queued' || state === 'queued') return number
    await this.attempt(number, state === 'running' ? null : result)
    for (const [step, text] of Object.entries(logs)) this.log(number, step, text)
    await sql`update build set state = 'running', started_at = now() - interval '5 minutes' where number = ${number}`.execute(
      this.db,
    )
    if (state !== 'running') await endBuild(this.db, number, { state, why, result })
    return number
  }

  log(number: string, step: string, text: string): void {
    const path = stepLogPath(this.data, { build: number, attempt: 1 }, step)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { flag: 'a' })
  }

  patchset(id: string, mails: readonly string[], version: number): Partial<NewBuild> {
    return {
      ref: `refs/ci/tarn/abc/v${version}`,
      base: 'c08e51d3'.repeat(5),
      submitter: 'ines@example.org',
      patchset: {
        ...{ topicKey: indexKey(id), topicId: id, version, digest: '7c41e09b' },
        mails: mails.map(mail => ({ id: mail, hash: 'x' })),
      },
    }
  }

  private async attempt(number: string, result: Result | null): Promise<void> {
    this.runner ??= await this.addRunner('oak')
    await this.db
      .insertInto('build_attempt')
      .values({
        ...{
          build: number,
          number: 1,
          runner_id: this.runner,
          lease_until: sql<Date>`now() + interval '1 minute'`,
        },
        ...(result === null
          ? {}
          : { ended_at: sql<Date>`now()`, how: 'done' as const, result: JSON.stringify(result) }),
      })
      .execute()
  }

  async addRunner(name: string): Promise<number> {
    await addToken(this.db, { name, scopes: ['runner'], expiresAt: null })
    const health = {
      tiers: ['gvisor', 'bwrap'],
      atOnce: 2,
      cpus: 8,
      memoryFreeBytes: 6 * 1024 ** 3,
      version: '1',
      launcher: null,
    }
    const { rows } = await sql<{ id: number }>`
      insert into runner (token_id, local, health, seen_at) select id, false, ${JSON.stringify(health)}::jsonb, now()
      from token where name = ${name} on conflict (token_id) do update set health = excluded.health, seen_at = now()
      returning id`.execute(this.db)
    return rows[0]?.id ?? 0
  }
}
