// Programs that build, and what they last said of themselves.
import { type Kysely, sql } from 'kysely'
import { limits } from '../base/limits.ts'
import type { BuildRow } from './builds.ts'
import type { Tables } from './tables.ts'

export interface Runner {
  readonly id: number
  readonly name: string
  /** It is on this machine, and may be given paths of it. */
  readonly local: boolean
  readonly health: object
  readonly seenAt: Date | null
  /** Builds that it has now. */
  readonly running: number
}

/** The one of this token; null for a token of something else. */
export async function runnerOf(
  db: Kysely<Tables>,
  token: number,
): Promise<{ id: number; local: boolean } | null> {
  const row = await db
    .selectFrom('runner')
    .select(['id', 'local'])
    .where('token_id', '=', token)
    .executeTakeFirst()
  return row ?? null
}

/** What it says of itself, now. */
export async function noteHealth(db: Kysely<Tables>, runner: number, health: object): Promise<void> {
  await db
    .updateTable('runner')
    .set({ health: JSON.stringify(health), seen_at: sql`now()` })
    .where('id', '=', runner)
    .execute()
}

/** It is there; told once in some seconds. */
export async function noteRunner(db: Kysely<Tables>, runner: number): Promise<void> {
  await sql`
    update runner set seen_at = now() where id = ${runner} and seen_at < now() - interval '10 seconds'`.execute(
    db,
  )
}

/** Without those whose token was revoked or expired. */
export async function listRunners(db: Kysely<Tables>): Promise<Runner[]> {
  const { rows } = await sql<Runner>`
    select runner.id, token.name, local, health, seen_at as "seenAt", (
      select count(*)::int from build_attempt where runner_id = runner.id and ended_at is null) as running
    from runner join token on token.id = token_id
    where revoked_at is null and (expires_at is null or expires_at > now()) order by token.name`.execute(db)
  return rows
}

/** The names of those beside a server whose token somebody revoked. */
export async function revokedLocalRunners(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db
    .selectFrom('runner')
    .innerJoin('token', 'token.id', 'token_id')
    .select('name')
    .where('local', '=', true)
    .where('revoked_at', 'is not', null)
    .orderBy('name')
    .execute()
  return rows.map(({ name }) => name)
}

/** Those that said something within a lease. */
export async function countRunners(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from runner
    where seen_at > now() - make_interval(secs => ${limits.buildLeaseSecondsMax})`.execute(db)
  return rows[0]?.count ?? 0
}

/** The builds that it has. */
export async function buildsOfRunner(db: Kysely<Tables>, runner: number): Promise<BuildRow[]> {
  const { rows } = await sql<BuildRow>`
    select build.* from build join build_attempt attempt on attempt.build = build.number
    where runner_id = ${runner} and attempt.ended_at is null`.execute(db)
  return rows
}
