// What is to be built, before a runner has it: a row for each build, written in the transaction that found out that it is
// wanted, and the wishes to end one. Runners take from here (build-attempts.ts).
import { type Kysely, type Selectable, sql } from 'kysely'
import type { BuildState } from '../base/build-state.ts'
import type { IndexKey, ListId } from '../base/ids.ts'
import { indexKey } from '../base/key.ts'
import { toStorableJson, toStorableText } from '../base/storable.ts'
import type { BuiltMail, Tables } from './tables.ts'

export type BuildRow = Selectable<Tables['build']>

export interface NewBuild {
  /** What it is a build of, of any length: `push:REPOSITORY:REF:COMMIT`. */
  readonly key: string
  readonly repository: string
  readonly ref: string
  readonly commit: string | null
  readonly base?: string | null
  readonly list?: ListId | null
  /** Null for a push, and for what holds many. */
  readonly patchset: BuiltPatchset | null
  readonly nightly?: boolean
  readonly submitter: string
  readonly state: Extract<BuildState, 'waiting' | 'queued' | 'refused' | 'conflict'>
  readonly why?: string | null
  readonly evidence?: object
  readonly terms?: object
}

interface BuiltPatchset {
  readonly topicKey: IndexKey
  readonly topicId: string
  readonly version: number
  readonly mails: readonly BuiltMail[]
  readonly digest: string
}

/** The build of this key; `known` when it was there before, and then nothing of it is changed. */
export async function addBuild(
  trx: Kysely<Tables>,
  build: NewBuild,
): Promise<{ number: string; known: boolean }> {
  const key = indexKey(build.key)
  // Asked first: an insert that comes to nothing would leave a gap in the numbers.
  const known = await numberOf(trx, key)
  if (known !== null) return { number: known, known: true }
  const row = await trx
    .insertInto('build')
    .values({ ...valuesOf(build), key })
    .onConflict(conflict => conflict.column('key').doNothing())
    .returning('number')
    .executeTakeFirst()
  if (row !== undefined) return { number: row.number, known: false }
  const other = await numberOf(trx, key)
  if (other === null) throw new Error(`Cannot add the build ${key}: another transaction took it away`)
  return { number: other, known: true }
}

async function numberOf(trx: Kysely<Tables>, key: IndexKey): Promise<string | null> {
  const row = await trx.selectFrom('build').select('number').where('key', '=', key).executeTakeFirst()
  return row?.number ?? null
}

const kindOf = ({ patchset, nightly }: NewBuild): BuildRow['kind'] =>
  nightly ? 'nightly' : patchset === null ? 'push' : 'patchset'

const valuesOf = (build: NewBuild) => ({
  kind: kindOf(build),
  repository: build.repository,
  list_id: build.list ?? null,
  ref: toStorableText(build.ref),
  commit: build.commit,
  base: build.base ?? null,
  topic_key: build.patchset?.topicKey ?? null,
  topic_id: build.patchset?.topicId ?? null,
  version: build.patchset?.version ?? null,
  mails: JSON.stringify(build.patchset?.mails ?? []),
  digest: build.patchset?.digest ?? null,
  submitter: toStorableText(build.submitter),
  state: build.state,
  why: build.why === undefined || build.why === null ? null : toStorableText(build.why),
  evidence: toStorableJson(build.evidence ?? {}),
  terms: toStorableJson(build.terms ?? {}),
  queued_at: build.state === 'queued' ? sql<Date>`now()` : null,
  ended_at: build.state === 'refused' || build.state === 'conflict' ? sql<Date>`now()` : null,
})

/** One that waits may be built now, because of `evidence`; false when it does not wait. */
export async function queueBuild(trx: Kysely<Tables>, number: string, evidence: object): Promise<boolean> {
  const row = await trx
    .updateTable('build')
    .set({ state: 'queued', queued_at: sql`now()`, evidence: toStorableJson(evidence), why: null })
    .where('number', '=', number)
    .where('state', '=', 'waiting')
    .returning('number')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Ends it before anybody builds it, or has whoever builds it stop, which ends it soon. False when it has ended, or is to
 * be ended already. `why` is one sentence: who asked, and in which mail.
 */
export const cancelBuild = (trx: Kysely<Tables>, number: string, why: string): Promise<boolean> =>
  endEarly(trx, number, 'cancelled', why, null)

/**
 * Ends all builds that are older than `number` and of the same ref of the same repository (of a patchset: of the same
 * topic; nightly ones: of the same list). The caller knows whether the newest one wins there. Answers which those are.
 */
export async function supersedeOlder(trx: Kysely<Tables>, number: string): Promise<string[]> {
  const { rows } = await sql<{ number: string }>`
    select older.number from build newer join build older on older.number < newer.number and older.ended_at is null
      and older.repository = newer.repository and older.kind = newer.kind and case newer.kind
        when 'push' then older.ref = newer.ref
        when 'nightly' then older.list_id = newer.list_id
        else older.list_id = newer.list_id and older.topic_key = newer.topic_key end
    where newer.number = ${number} order by older.number`.execute(trx)
  const ended: string[] = []
  for (const older of rows)
    if (await endEarly(trx, older.number, 'superseded', `Build ${number} is newer`, number))
      ended.push(older.number)
  return ended
}

async function endEarly(
  trx: Kysely<Tables>,
  number: string,
  state: 'cancelled' | 'superseded',
  why: string,
  supersededBy: string | null,
): Promise<boolean> {
  const { rows } = await sql`
    update build set cancel_at = now(), why = ${toStorableText(why)}, superseded_by = ${supersededBy},
      state = case state when 'running' then state else ${state} end,
      ended_at = case state when 'running' then null else now() end
    where number = ${number} and ended_at is null and cancel_at is null returning number`.execute(trx)
  return rows.length > 0
}

/** How many builds of this submitter have not ended: for a cap before another one is added. */
export async function openBuildsOf(db: Kysely<Tables>, submitter: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from build
    where ended_at is null and submitter = ${toStorableText(submitter)}`.execute(db)
  return rows[0]?.count ?? 0
}

/** What was refused before then says nothing any more that anybody asks. Answers how many. */
export async function dropRefused(db: Kysely<Tables>, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('build')
    .where('state', '=', 'refused')
    .where('ended_at', '<', before)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
