// A rebuild beside a server that sorts, too: when it has ended, and what the pages say meanwhile.
import { expect, test } from 'vitest'
import { makeLog } from '../../../base/log.ts'
import { sortAll, startProjector } from '../../../tracker/project/projector.ts'
import { rebuild, rebuildLeft } from '../../../tracker/project/rebuild.ts'
import { requeue } from '../../../tracker/project/requeue.ts'
import { makeArchive, series } from '../../web/archive.ts'

const many = Array.from({ length: 400 }, (_, index) => ({
  id: `lamp-${index}@example.org`,
  subject: `[PATCH] lamp ${index}: glow`,
  minute: index,
}))
const words = 'being made again from its mails'

test('a rebuild ends when nothing of its list waits, whoever did the work', {
  timeout: 120_000,
}, async () => {
  const { db, list, page } = await makeArchive(many)
  const before = await page('/tarn/')
  const workers = [1, 2].map(() => startProjector(db, makeLog('error', false)))
  const nudge = setInterval(() => workers.forEach(worker => void worker.poke()), 1)
  for (let round = 0; round < 3; round++) {
    await rebuild(db, list.id)
    expect(await rebuildLeft(db, list.id)).toEqual({ mails: 0, clusters: 0, stale: false })
  }
  clearInterval(nudge)
  await Promise.all(workers.map(worker => worker.close()))
  expect(await page('/tarn/')).toBe(before)
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
  const worker = startProjector(db, makeLog('error', false))
  const deadline = Date.now() + 15_000
  while ((await rebuildLeft(db, list.id)).stale)
    if (Date.now() > deadline) throw new Error('Topics still stand from before')
  await worker.close()
  expect(await page('/tarn/')).not.toContain(words)
})
