// Words that let a program in over HTTP. The database knows each by its hash, so whoever reads it cannot use one.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { ListId } from '../base/ids.ts'
import { tokenHash } from '../base/token-hash.ts'
import type { Tables } from './tables.ts'

/** What a token lets its owner do through the API: post results, set states, write words of his own. */
export const writingScopes = ['check', 'state', 'note'] as const
/** The same, or take builds. */
export const tokenScopes = ['runner', ...writingScopes] as const
export type TokenScope = (typeof tokenScopes)[number]

export type TokenRow = Selectable<Tables['token']>

export interface NewToken {
  readonly name: string
  readonly scopes: readonly TokenScope[]
  /** Null for never. */
  readonly expiresAt: Date | null
  /** The one list it is good for; every list when absent. */
  readonly list?: ListId | undefined
  /** Who acts with it, in lower case: what he may is what this address may on the list. Absent for a runner. */
  readonly address?: string | undefined
}

/** The word, which nobody can read again; null when a token has this name already. */
export async function addToken(trx: Kysely<Tables>, token: NewToken): Promise<string | null> {
  const { word, hash } = newWord()
  const row = await trx
    .insertInto('token')
    .values({
      name: token.name,
      hash,
      scopes: [...token.scopes],
      expires_at: token.expiresAt,
      list_id: token.list ?? null,
      address: token.address ?? null,
    })
    .onConflict(conflict => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return null
  if (token.scopes.includes('runner')) await addRunner(trx, row.id, false)
  return word
}

/** Of the runner beside this server; whatever word it had before is worth nothing any more. */
export async function renewLocalRunner(db: Kysely<Tables>, name: string): Promise<string> {
  const { word, hash } = newWord()
  return db.transaction().execute(async trx => {
    const { id } = await trx
      .insertInto('token')
      .values({ name, hash, scopes: ['runner'] })
      .onConflict(conflict => conflict.column('name').doUpdateSet({ hash, revoked_at: null }))
      .returning('id')
      .executeTakeFirstOrThrow()
    await addRunner(trx, id, true)
    return word
  })
}

function newWord(): { word: string; hash: string } {
  const word = `threadwork-${randomBytes(32).toString('hex')}`
  return { word, hash: tokenHash(word).toString('hex') }
}

async function addRunner(trx: Kysely<Tables>, token: number, local: boolean): Promise<void> {
  await trx
    .insertInto('runner')
    .values({ token_id: token, local })
    .onConflict(conflict => conflict.column('token_id').doNothing())
    .execute()
}

/** The token of this word, when it has one of the scopes and neither expired nor was revoked; notes that it was used. */
export async function useToken(
  db: Kysely<Tables>,
  word: string,
  ...scopes: readonly TokenScope[]
): Promise<TokenRow | null> {
  const hash = tokenHash(word)
  const { rows } = await sql<TokenRow>`
    select * from token where scopes && ${scopes}::text[] and revoked_at is null
      and (expires_at is null or expires_at > now())`.execute(db)
  // All of them are compared, in the same time each: how long it takes says nothing of any.
  const found = rows.filter(row => timingSafeEqual(Buffer.from(row.hash, 'hex'), hash))[0] ?? null
  if (found !== null)
    await sql`
      update token set used_at = now() where id = ${found.id}
        and (used_at is null or used_at < now() - interval '1 minute')`.execute(db)
  return found
}

/** Whether it is good for anything still; until the transaction ends nobody revokes it. */
export async function holdToken(trx: Kysely<Tables>, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from token where id = ${id} and revoked_at is null and (expires_at is null or expires_at > now()) for share`.execute(
    trx,
  )
  return rows.length > 0
}

/** With the name of the list, null for every list. */
export const listTokens = (db: Kysely<Tables>): Promise<(TokenRow & { list: string | null })[]> =>
  db
    .selectFrom('token')
    .leftJoin('list', 'list.id', 'token.list_id')
    .selectAll('token')
    .select('list.name as list')
    .orderBy('token.name')
    .execute()

/** False when there is none of this name that could still be used. */
export async function revokeToken(db: Kysely<Tables>, name: string): Promise<boolean> {
  const row = await db
    .updateTable('token')
    .set({ revoked_at: sql`now()` })
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
