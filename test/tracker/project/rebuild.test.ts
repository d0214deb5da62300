// A rebuild beside a server that sorts, too: when it has ended, and what the pages say meanwhile.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeLog } from '../../../base/log.ts'
import { sortAll, startProjector } from '../../../tracker/project/projector.ts'
import { rebuild, rebuildLeft } from '../../../tracker/project/rebuild.ts'
import { requeue } from '../../../tracker/project/requeue.ts'
import { makeArchive, series } from '../../web/archive.ts'

const many = Array.from({ length: 40 }, (_, index) => ({
  id: `lamp-${index}@example.org`,
  subject: `[PATCH] lamp ${index}: glow`,
  minute: index,
}))
const words = 'being made again from its mails'

test('a rebuild ends when nothing of its list waits, whoever does the work', async () => {
  const { db, list } = await makeArchive(many)
  let ended = false
  const held = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  // Another process that takes a thread to fold it.
  const other = db.transaction().execute(async trx => {
    for (;;) {
      const { rows } = await sql`
        select id from cluster where list_id = ${list.id} and dirty limit 1 for update skip locked`.execute(
        trx,
      )
      if (rows.length > 0) break
    }
    held.resolve()
    await release.promise
  })
  await requeue(db, list.id)
  const rebuilding = rebuild(db, list.id).then(() => {
    ended = true
  })
  await held.promise
  while ((await rebuildLeft(db, list.id)).mails > 0 || (await rebuildLeft(db, list.id)).clusters > 1);
  for (let look = 0; look < 50; look++) await rebuildLeft(db, list.id)
  expect(ended).toBe(false)
  release.resolve()
  await Promise.all([other, rebuilding])
  expect(await rebuildLeft(db, list.id)).toEqual({ mails: 0, clusters: 0, stale: false })
})

test('pages say that a rebuild runs as long as it does, also to who has seen them before', async () => {
  const { db, list, app, page } = await makeArchive(series)
  const paths = [
    '/tarn/',
    '/tarn/bugs/',
    '/tarn/?q=lock',
    '/tarn/v2-0@example.org/',
    '/tarn/v2-0@example.org/T/',
  ]
  const seen = new Map<string, string>()
  for (const path of paths) {
    const answer = await app.request(path)
    expect(await answer.text(), path).not.toContain(words)
    seen.set(path, answer.headers.get('ETag') ?? '')
  }
  const again = (path: string) => app.request(path, { headers: { 'If-None-Match': seen.get(path) ?? '' } })

  await requeue(db, list.id)
  for (const path of paths) {
    const answer = await again(path)
    expect(answer.status, path).toBe(200)
    expect(await answer.text(), path).toContain(words)
  }
  await sortAll(db, list.id)
  for (const path of paths) expect(await page(path), path).not.toContain(words)
})

test('a server goes on with a rebuild that was broken off, to its end', async () => {
  const { db, list, page } = await makeArchive(series)
  await requeue(db, list.id)
  // A topic that the mails do not give any more, as after an upgrade.
  await sql`
    insert into topic select (jsonb_populate_record(topic, '{"id": "old@example.org", "id_key": "old@example.org"}')).*
    from topic where list_id = ${list.id} limit 1`.execute(db)
  const worker = startProjector(db, makeLog('error', false))
  const deadline = Date.now() + 15_000
  while ((await rebuildLeft(db, list.id)).stale)
    if (Date.now() > deadline) throw new Error('Topics still stand from before')
  await worker.close()
  expect(await page('/tarn/')).not.toContain(words)
})
