import type { Kysely } from 'kysely'
import { runnerOf } from '../../sql/runners.ts'
import type { Tables } from '../../sql/tables.ts'
import { useToken } from '../../sql/tokens.ts'

/** By the field Authorization of a request; null when it lets nobody in. */
export async function runnerOfToken(
  db: Kysely<Tables>,
  authorization: string | undefined,
): Promise<{ id: number; local: boolean } | null> {
  const [, word] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '') ?? []
  const token = word === undefined ? null : await useToken(db, word, 'runner')
  return token === null ? null : runnerOf(db, token.id)
}
