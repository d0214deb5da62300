// What is kept for a time only: gone when its age has come, and nothing else is.

import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { indexKey } from '../../base/key.ts'
import { limits } from '../../base/limits.ts'
import { makeLog } from '../../base/log.ts'
import { sendNext } from '../../sql/attempt.ts'
import { saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import { oweMail } from '../../sql/outbox.ts'
import { listOutbox, retryMail } from '../../sql/outbox-rows.ts'
import { ownAddress } from '../../sql/own-address.ts'
import { startSender } from '../../tracker/answer/sender.ts'
import { testDatabase } from '../database.ts'

const day = 86_400_000

async function office() {
  const { db } = await testDatabase()
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (list === undefined) throw new Error('No list')
  const mail = {
    list: list.id,
    to: 'ada@example.org',
    subject: 'Re: x',
    body: 'y\n',
    kind: 'digest',
  } as const
  const owe = (key: string) => oweMail(db, { ...mail, key })
  /** Runs the worker's sender until it has looked for what is too old. */
  const look = async (gone: () => Promise<boolean>) => {
    const sender = startSender({ db, relay: null, log: makeLog('error', false) })
    await expect.poll(gone, { timeout: 20_000 }).toBe(true)
    await sender.close()
  }
  return { db, list, owe, look }
}

test('the text of a mail goes a month after it left, what makes it known stays', async () => {
  const { db, owe, look } = await office()
  for (const key of ['old', 'refused', 'young', 'waits']) await owe(key)
  const attempt = (result: 'sent' | 'refused') => async () => ({ result, reply: 'so' })
  await sendNext(db, { now: new Date(Date.now() + day), attempt: attempt('sent') })
  await sendNext(db, { now: new Date(Date.now() + day), attempt: attempt('refused') })
  await sendNext(db, { now: new Date(Date.now() + day), attempt: attempt('sent') })
  const past = new Date(Date.now() - (limits.outboxTextDaysMax + 1) * day)
  await db
    .updateTable('outbox')
    .set({ ended_at: past })
    .where('key', 'in', ['old', 'refused'].map(indexKey))
    .execute()
  await db
    .updateTable('outbox')
    .set({ next_at: new Date(Date.now() + day) })
    .where('key', '=', indexKey('waits'))
    .execute()
  const texts = async () =>
    (await db.selectFrom('outbox').select(['key', 'bytes']).orderBy('id').execute()).flatMap(
      ({ key, bytes }) => (bytes === null ? [] : [key]),
    )

  await look(async () => (await texts()).length === 2)
  expect(await texts()).toEqual(['young', 'waits'])
  expect(await owe('old')).toBe('known')
  const rows = await db.selectFrom('outbox').selectAll().orderBy('id').execute()
  const [old, refused] = rows
  expect(await ownAddress(db, `bounce+${old?.hash}@${old?.message_id.split('@')[1]}`)).toEqual({
    what: 'bounce',
    id: old?.id,
  })
  expect(await listOutbox(db, { sent: true })).toHaveLength(4)
  expect(await retryMail(db, refused?.id ?? '')).toBe(false)
})

test('a used signature goes when it counts no more, but not while an older mail waits for its verdict', async () => {
  const { db, list, look } = await office()
  const kept = limits.signatureKeptDaysMax
  await sql`
    insert into signature_use (signature, used_with, at)
    select sha256(days::text::bytea), 'x', now() - make_interval(days => days)
    from unnest(${[1, kept - 1, kept + 1, kept + 20]}::integer[]) as days`.execute(db)
  const bytes = Buffer.from('Message-ID: <waits@example.org>\nFrom: ada@example.org\n\nx\n')
  await append(db, list.id, [{ bytes, envelope: { road: 'smtp', trace: new Date().toISOString() } }])
  await sql`update verdict_due set arrived_at = now() - interval '10 days'`.execute(db)
  const count = async () => (await db.selectFrom('signature_use').select('at').execute()).length
  await look(async () => (await count()) < 4)
  expect(await count()).toBe(3)

  await db.deleteFrom('verdict_due').execute()
  await look(async () => (await count()) < 3)
  expect(await count()).toBe(2)
})

test('a token mail goes some weeks after it ran out', async () => {
  const { db, list, look } = await office()
  await sql`
    insert into token_mail (token_hash, list_id, seq, address, headed, made_at, expires_at)
    select sha256(days::text::bytea), ${list.id}, days, 'ada@example.org', false,
      now() - make_interval(days => days), now()
    from unnest(${[limits.tokenKeptDaysMax - 1, limits.tokenKeptDaysMax + 1]}::integer[]) as days`.execute(db)
  const left = async () => (await db.selectFrom('token_mail').select('seq').execute()).map(({ seq }) => seq)
  await look(async () => (await left()).length === 1)
  expect(await left()).toEqual([String(limits.tokenKeptDaysMax - 1)])
})
