// The key by which mirrors know what this instance says. It is made when it is first asked for, and stays.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** Of several who ask first, one makes it. */
export async function signingKey(db: Kysely<Tables>): Promise<KeyObject> {
  const standing = await db.selectFrom('instance').select('signing_key').executeTakeFirstOrThrow()
  const text = standing.signing_key ?? (await makeKey(db))
  return createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
}

async function makeKey(db: Kysely<Tables>): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const text = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const { rows } = await sql<{ signing_key: string }>`
    update instance set signing_key = coalesce(signing_key, ${text}) returning signing_key`.execute(db)
  return rows[0]?.signing_key ?? text
}
